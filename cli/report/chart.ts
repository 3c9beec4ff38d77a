import type { Interval } from '../../processor/truth/interval.js';
import { moment } from './format.js';
import { type Content, type Html, html } from './html.js';

export interface Series {
  readonly name: string;
  readonly values: readonly (number | undefined)[];
  /** 95 % intervals, drawn as a band. */
  readonly bands?: readonly (Interval | undefined)[];
}

export interface Mark {
  readonly at: number;
  /** A short sign beside the line. */
  readonly sign: string;
}

export interface ChartOptions {
  readonly title: string;
  readonly unit: string;
  /** Milliseconds since the epoch, ascending and evenly apart. */
  readonly times: readonly number[];
  /** At most three: more would not be told apart without colour. */
  readonly series: readonly Series[];
  readonly write: (value: number) => string;
  readonly marks?: readonly Mark[];
  /** The top of the axis at most; shares end at 1. */
  readonly most?: number;
}

const WIDTH = 520;
const HEIGHT = 190;
const LEFT = 62;
const RIGHT = 10;
const TOP = 18;
const BOTTOM = 26;

/** Curves over time, with a key in words, drift marked, and a gap where nothing is known. Nothing where no value is known. */
export function lineChart(options: ChartOptions): Html | undefined {
  const { title, unit, times, series, write, marks = [], most = Number.POSITIVE_INFINITY } = options;
  const known = series.filter(({ values }) => values.some(value => value !== undefined));
  if (known.length === 0 || times.length === 0) return undefined;
  const tops = known.flatMap(({ values, bands }) => [...values, ...(bands ?? []).map(band => band?.[1])]);
  const top = Math.min(most, roundUp(tops.reduce<number>((high, value) => Math.max(high, value ?? 0), 0)));
  const first = times[0] as number;
  const length = (times.at(-1) as number) - first;
  const x = (at: number): number =>
    LEFT + (length === 0 ? 0.5 : Math.min(1, Math.max(0, (at - first) / length))) * (WIDTH - LEFT - RIGHT);
  const y = (value: number): number => HEIGHT - BOTTOM - Math.min(1, value / top) * (HEIGHT - TOP - BOTTOM);
  const point = (at: number, value: number): string => `${x(at).toFixed(1)},${y(value).toFixed(1)}`;
  const label = `${title} over time: ${known.map(one => `${one.name} ${summary(one.values, write)}`).join('; ')}`;
  return html`<figure><figcaption>${title} <span>(${unit})</span></figcaption>
<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
${[0, 0.5, 1].map(share => {
  const at = y(top * share).toFixed(1);
  return html`<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at}" y2="${at}"/><text x="${LEFT - 6}" y="${Number(at) + 4}" text-anchor="end">${write(top * share)}</text>`;
})}
<text x="${LEFT}" y="${HEIGHT - 6}">${moment(first).slice(0, 16)}</text>
${length === 0 ? '' : html`<text x="${WIDTH - RIGHT}" y="${HEIGHT - 6}" text-anchor="end">${moment(times.at(-1) as number).slice(0, 16)}</text>`}
${known.map((one, i) => curve(one, i, times, point))}
${marks.map(({ at, sign }) => html`<line class="drift" x1="${x(at).toFixed(1)}" x2="${x(at).toFixed(1)}" y1="${TOP - 4}" y2="${HEIGHT - BOTTOM}"/><text class="mark" x="${x(at).toFixed(1)}" y="${TOP - 7}" text-anchor="middle">${sign}</text>`)}
</svg>${known.length > 1 ? keyOf(known) : undefined}</figure>`;
}

function curve(
  { values, bands }: Series,
  index: number,
  times: readonly number[],
  point: (at: number, value: number) => string,
): Html {
  const runs = runsOf(values);
  const at = (i: number): number => times[i] as number;
  const area = (run: readonly number[]): Content => {
    const kept = run.flatMap(i => {
      const band = bands?.[i];
      return band === undefined ? [] : [{ i, band }];
    });
    if (kept.length < 2) return undefined;
    const upper = kept.map(({ i, band }) => point(at(i), band[1]));
    const lower = kept.map(({ i, band }) => point(at(i), band[0])).reverse();
    return html`<polygon class="band" points="${[...upper, ...lower].join(' ')}"/>`;
  };
  return html`${runs.map(area)}${runs.map(run => {
    const points = run.map(i => point(at(i), values[i] as number));
    if (points.length > 1) return html`<polyline class="series s${index}" points="${points.join(' ')}"/>`;
    const [cx, cy] = (points[0] as string).split(',');
    return html`<circle class="s${index}" cx="${cx}" cy="${cy}" r="2.5"/>`;
  })}`;
}

/** Points without a gap between them. */
function runsOf(values: readonly (number | undefined)[]): number[][] {
  const runs: number[][] = [];
  for (let i = 0; i < values.length; i++) {
    if (values[i] === undefined) continue;
    if (i > 0 && values[i - 1] !== undefined) runs.at(-1)?.push(i);
    else runs.push([i]);
  }
  return runs;
}

function keyOf(series: readonly Series[]): Html {
  return html`<p class="soft">${series.map(({ name }, i) => html`<svg class="key" viewBox="0 0 32 8" aria-hidden="true"><line class="series s${i}" x1="0" x2="32" y1="4" y2="4"/></svg>${name} `)}</p>`;
}

function summary(values: readonly (number | undefined)[], write: (value: number) => string): string {
  const known = values.filter(value => value !== undefined);
  const low = known.reduce((a, b) => Math.min(a, b));
  const high = known.reduce((a, b) => Math.max(a, b));
  return `from ${write(low)} to ${write(high)}`;
}

/** The next of 1, 2, 5 times a power of ten. */
function roundUp(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 2, 4, 5, 10].find(times => times * power >= value * (1 - 1e-9)) ?? 10) * power;
}

/** Ten bins as small bars, with their counts in words. */
export function spark(bins: readonly number[]): Html {
  const most = Math.max(1, ...bins);
  const words = bins.map((cases, i) => `${i / 10} to ${(i + 1) / 10}: ${cases}`).join(', ');
  const bars = bins.map((cases, i) => {
    const height = cases === 0 ? 0 : Math.max(1, (cases / most) * 24);
    return html`<rect class="bar" x="${i * 11}" y="${(24 - height).toFixed(1)}" width="9" height="${height.toFixed(1)}"/>`;
  });
  return html`<svg class="spark" viewBox="0 0 110 24" role="img" aria-label="calls by score: ${words}">${bars}</svg>`;
}
