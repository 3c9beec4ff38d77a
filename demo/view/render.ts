import type { Thresholds } from '../../core/presets.js';
import type { Figures, Measure } from './figures.js';
import type { Style } from './style.js';

/** Where the demo stands, beside its figures. */
export interface Scene {
  /** Seconds since the start. */
  readonly elapsed: number;
  readonly incident?: { readonly name: string; readonly at: number };
  /** What a reader may open or curl, each with what it is. */
  readonly urls: readonly (readonly [string, string])[];
  /** Accuracy over the last minute, for the curve; the oldest first. */
  readonly accuracyHistory: readonly number[];
  readonly thresholds: Thresholds;
}

const NOT_YET = '–';
const BARS = '▁▂▃▄▅▆▇█';

export function clockTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

export function percent(share: number | undefined): string {
  if (share === undefined) return NOT_YET;
  const value = 100 * share;
  return `${value > 0 && value < 10 ? value.toFixed(1) : Math.round(value)} %`;
}

export function milliseconds(seconds: number | undefined): string {
  if (seconds === undefined) return NOT_YET;
  return seconds < 1 ? `${Math.round(1000 * seconds)} ms` : `${seconds.toFixed(2)} s`;
}

export function count(value: number): string {
  if (value < 10_000) return String(Math.round(value));
  return value < 10_000_000 ? `${(value / 1000).toFixed(1)} k` : `${(value / 1e6).toFixed(1)} M`;
}

function interval({ value, low, high }: Measure): string {
  const range = low === undefined || high === undefined ? '' : ` [${low.toFixed(2)} to ${high.toFixed(2)}]`;
  return `${value.toFixed(2)}${range}`;
}

/** A curve of shares from one half to one, one character each: below one half an accuracy is simply bad. */
export function curve(values: readonly number[]): string {
  return values.map(value => BARS[Math.min(7, Math.max(0, Math.floor((value - 0.5) * 16)))] ?? '').join('');
}

/** True when a measure is surely below its threshold: when even the upper end of its interval is. */
const surelyLow = (measure: Measure, threshold: number): boolean => (measure.high ?? measure.value) < threshold;

/** The view for a terminal: one line a subject. Pure; lines may be longer than the terminal is wide. */
export function renderView(figures: Figures, scene: Scene, style: Style): readonly string[] {
  const { thresholds } = scene;
  const judge = (text: string, isBad: boolean): string => (isBad ? style.bad(text) : text);
  const row = (name: string, ...parts: readonly string[]): string =>
    `  ${style.dim(name.padEnd(10))} ${parts.filter(part => part !== '').join('   ')}`;
  const { recent, latency, firstChunk, anomaly, monitor, accuracy, intentAccuracy, intentF1 } = figures;
  const flagged = figures.quality.filter(evaluator => evaluator.flagged > 0);
  const waiting = anomaly.detectors.filter(detector => !detector.ready).length;
  const worst = [...flagged].sort((a, b) => b.flagged - a.flagged).slice(0, 4);
  const errors = figures.errors.filter(([, n]) => n > 0).map(([type, n]) => `${type} ${count(n)}`);
  const { incident } = scene;
  return [
    `${style.bold('llm-monitor demo')}   ${clockTime(scene.elapsed)}${
      incident === undefined
        ? ''
        : `   ${style.bad(`incident ${incident.name}, ${clockTime(scene.elapsed - incident.at)}`)}`
    }`,
    row(
      'calls',
      `${count(figures.calls)}, ${figures.rate.toFixed(1)}/s`,
      `ok ${percent(recent?.ok)}`,
      judge(`error ${percent(recent?.error)}`, (recent?.error ?? 0) > thresholds.errorRatio),
      `aborted ${percent(recent?.aborted)}`,
      errors.length === 0 ? '' : style.dim(`(${errors.join(', ')})`),
    ),
    row(
      'latency',
      `p50 ${milliseconds(latency.p50)}`,
      judge(`p95 ${milliseconds(latency.p95)}`, (latency.p95 ?? 0) > thresholds.latencyP95),
      `first chunk p50 ${milliseconds(firstChunk.p50)}, p95 ${milliseconds(firstChunk.p95)}`,
    ),
    row(
      'tokens',
      `${count(figures.tokens.input)} in`,
      `${count(figures.tokens.output)} out`,
      `cost $${figures.cost.toFixed(4)}`,
    ),
    row(
      'accuracy',
      accuracy === undefined
        ? `${NOT_YET} no labels yet`
        : judge(`answer ${interval(accuracy)}`, surelyLow(accuracy, thresholds.accuracy)),
      intentAccuracy === undefined ? '' : `intent ${interval(intentAccuracy)}`,
      intentF1 === undefined ? '' : `F1 ${intentF1.toFixed(2)}`,
      figures.labels === 0 ? '' : style.dim(`${count(figures.labels)} labels`),
    ),
    ...(scene.accuracyHistory.length === 0 ? [] : [row('', `${curve(scene.accuracyHistory)} the last minute`)]),
    row(
      'quality',
      `${figures.quality.length} evaluators`,
      worst.length === 0
        ? 'nothing flagged'
        : worst.map(({ evaluator, flagged: n, evaluated }) => `${evaluator} ${n}/${evaluated}`).join(', '),
    ),
    row(
      'anomaly',
      judge(
        `${count(anomaly.flagged)} flagged, ${percent(anomaly.recentShare)} lately`,
        (anomaly.recentShare ?? 0) > thresholds.anomalyRatio,
      ),
      anomaly.topFeature === undefined ? '' : `most by ${anomaly.topFeature}`,
      waiting === 0 ? '' : style.dim(`${waiting} of ${anomaly.detectors.length} detectors still learn`),
    ),
    row(
      'model',
      figures.models.join(', ') || NOT_YET,
      figures.modelChanges === 0 ? 'no change of name' : style.bad(`${figures.modelChanges} changes`),
    ),
    row(
      'monitor',
      `queue ${monitor.queue}`,
      judge(`dropped ${count(monitor.dropped)}`, monitor.dropped > 0),
      judge(`errors ${count(monitor.errors)}`, monitor.errors > 0),
      monitor.overhead === undefined ? '' : `scores a call in ${(1000 * monitor.overhead).toFixed(2)} ms`,
    ),
    ...scene.urls.map(([name, url]) => row(name, url)),
  ];
}

/** The same in one line, for a log. */
export function renderLine(figures: Figures, scene: Scene): string {
  const { recent, latency, accuracy, anomaly } = figures;
  return [
    clockTime(scene.elapsed),
    `calls ${figures.calls} (${figures.rate.toFixed(1)}/s)`,
    `errors ${percent(recent?.error)}`,
    `p50 ${milliseconds(latency.p50)}`,
    `p95 ${milliseconds(latency.p95)}`,
    `accuracy ${accuracy === undefined ? NOT_YET : interval(accuracy)}`,
    `anomalies ${figures.anomaly.flagged} (${percent(anomaly.recentShare)} lately)`,
    ...(scene.incident === undefined ? [] : [`incident ${scene.incident.name}`]),
  ].join('  ');
}
