import { cleanCall, type LlmCall, present, type RawCall } from '../../../core/call.js';
import type { Clock } from '../../../core/clock.js';
import { type LabelRecord, parseFeedback } from '../../../core/feedback.js';
import type { CallLabels } from '../../../core/store.js';
import { createWiring, type Wiring } from '../../../core/wiring.js';
import { GroundTruth, type GroundTruthOptions } from '../../../processor/truth/ground-truth.js';

const START = 1_760_000_000_000;

/** A ground truth on a clock that the test moves, and short ways to feed and read it. */
export interface Rig {
  readonly truth: GroundTruth;
  readonly wiring: Wiring;
  /** Sets the clock to so many milliseconds after the start. */
  at(ms: number): void;
  /** Sets the wall clock so much forward, or back: no time passes. */
  jump(ms: number): void;
  call(id: string, raw?: RawCall, text?: string): LlmCall;
  /** A record as it comes in over the wire. */
  send(record: Readonly<Record<string, unknown>>): void;
  label(id: string, label: LabelRecord['label'], more?: Readonly<Record<string, unknown>>): void;
  /** Series of a metric, by `label=value` of the labels that are not empty; histograms give their count. */
  read(metric: string): Record<string, number>;
}

/** @param options a clock of the test's own takes the place of `at` and `jump` */
export function createRig(
  options: Omit<GroundTruthOptions, 'wiring'> & {
    readonly seriesLimit?: number;
    readonly callLabels?: CallLabels;
    readonly clock?: Clock;
  } = {},
): Rig {
  let now = START;
  let jumped = 0;
  const clock: Clock = options.clock ?? {
    now: () => now + jumped,
    monotonic: () => now,
    setTimeout: () => () => {},
    defer: () => () => {},
  };
  const { seriesLimit, callLabels, clock: _, ...rest } = options;
  const wiring = createWiring({ clock, ...present({ seriesLimit, callLabels }) });
  const truth = new GroundTruth({ wiring, ...rest });
  const send: Rig['send'] = record => truth.accept(parseFeedback(record));
  return {
    truth,
    wiring,
    at(ms) {
      now = START + ms;
    },
    jump(ms) {
      jumped += ms;
    },
    call(id, raw = {}, text) {
      const given = {
        id,
        provider: 'openai',
        operation: 'chat',
        model: { requested: 'gpt' },
        startedAt: clock.now(),
        duration: 0,
        outcome: { kind: 'ok', finishReasons: ['stop'] },
        ...raw,
      };
      const { call } = cleanCall(given, clock.now());
      truth.observe(call, text);
      return call;
    },
    send,
    label: (id, label, more = {}) => send({ call_id: id, label, ...more }),
    read(metric) {
      const family = wiring.store.collect().find(one => one.def.name === `llm_monitor.${metric}`);
      const out: Record<string, number> = {};
      for (const series of family?.series.values() ?? []) {
        const labels = (family?.labels ?? []).map((name, i) => [name, series.labelValues[i]] as const);
        const key = labels.flatMap(([name, value]) => (value === '' ? [] : [`${name}=${value}`])).join(' ');
        out[key] = 'value' in series ? series.value : series.count;
      }
      return out;
    },
  };
}

/** The series whose key holds all of the words. */
export function pick(series: Readonly<Record<string, number>>, ...words: readonly string[]): Record<string, number> {
  return Object.fromEntries(
    Object.entries(series).filter(([key]) => words.every(word => ` ${key} `.includes(` ${word} `))),
  );
}

/** The series without those that are 0. */
export function nonZero(series: Readonly<Record<string, number>>): Record<string, number> {
  return Object.fromEntries(Object.entries(series).filter(([, value]) => value !== 0));
}
