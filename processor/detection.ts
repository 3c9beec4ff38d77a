import { inputTokens, type LlmCall, outputTokens } from '../core/call.js';
import { MonitorError, showValue } from '../core/errors.js';
import type { Json } from '../core/json.js';
import { PRESET_TABLE } from '../core/presets.js';
import type { MetricSink } from '../core/sink.js';
import { Calibrator, type CalibratorOptions } from './detectors/calibrate.js';
import { ContextNormaliser } from './detectors/context-normaliser.js';
import { CostLine } from './detectors/cost-line.js';
import type { Detector } from './detectors/detector.js';
import { FeatureTails } from './detectors/feature-tails.js';
import { Nearby } from './detectors/nearby.js';
import { createDetectors, DEFAULT_DETECTORS, type DetectorChoice } from './detectors/registry.js';
import { readHead, readNumber } from './detectors/state.js';
import type { Evaluations } from './evaluators/evaluator.js';
import {
  type CallExtras,
  contextsOf,
  FEATURE_NAMES,
  FEATURE_SCALES,
  type FeatureName,
  scopesOf,
  toFeatures,
} from './features.js';

export { createDetectors, DEFAULT_DETECTORS };

export interface DetectionOptions {
  /** A selection as `createDetectors` reads it; detectors made elsewhere are for `FEATURE_NAMES.length` features. */
  readonly detectors?: string | readonly DetectorChoice[];
  /** Calibrated score from which a call is flagged; the `online` preset's if absent. */
  readonly threshold?: number;
  /** 1 if absent. The same seed and calls give the same findings. */
  readonly seed?: number;
  /** One reference for all models if absent: the scores are of deviations from what is usual in each call's own context. */
  readonly calibration?: CalibratorOptions;
}

/** What one detector says of a call. */
export interface Finding {
  readonly detector: string;
  /** 0..1, a calibrated tail probability: 0.99 means that 1 in 100 calls of this model and operation looks this odd. */
  readonly score: number;
  readonly flagged: boolean;
  /** Of a flagged call, the feature that contributed most; absent where none stands out. */
  readonly feature?: FeatureName;
  /** Of a flagged call, a share a feature of FEATURE_NAMES, adding up to 1. */
  readonly contributions?: Float64Array;
}

export interface DetectorStatus {
  readonly detector: string;
  /** True once it gives findings. */
  readonly ready: boolean;
  /** Calls learnt from. */
  readonly learnt: number;
  /** Seconds since it was last fitted; undefined before. */
  readonly age: number | undefined;
}

/** One finding a detector that is ready. */
export interface Findings {
  readonly found: readonly Finding[];
}

interface Watch {
  readonly detector: Detector;
  readonly calibrator: Calibrator;
  /** When it was last fitted, in milliseconds since the epoch. */
  fittedAt: number | undefined;
}

const VERSION = 2;
/** Calls that the widest context must know before deviations from it mean anything. */
const WARM = 30;
/** Calls up to which the narrowest context learns whatever comes: it has nothing yet to call odd. */
const YOUNG = 30;

/**
 * Says of each call how odd it is: features, their deviations from what is usual in the call's context, a raw score of each
 * detector, and its tail probability among the scores of the same model and operation. A call is scored before anything learns
 * from it, and what a calibrator keeps out of its reference (see `Calibrator`: above the guard only a trickle comes in) is learnt
 * neither by its detector nor by its context, so that an incident does not become the standard it is judged by, while a lasting
 * change does after some hundred calls. Pure: time comes with the calls or from the owner, and refits are run by the owner (`stale`, `refit`).
 */
export class Detection {
  readonly threshold: number;
  readonly #normaliser = new ContextNormaliser(FEATURE_SCALES);
  readonly #nearby = new Nearby(FEATURE_SCALES);
  readonly #guard = new FeatureTails(FEATURE_NAMES.length);
  readonly #costs = new CostLine();
  readonly #watches: readonly Watch[];
  #now = 0;

  /** @throws MonitorError CONFIG_INVALID for an unknown detector, INVALID_ARGUMENT for a threshold outside 0..1 */
  constructor(options: DetectionOptions = {}) {
    this.threshold = options.threshold ?? PRESET_TABLE.online.thresholds.anomalyScore;
    if (!(this.threshold >= 0 && this.threshold <= 1))
      throw new MonitorError('INVALID_ARGUMENT', `threshold is ${showValue(this.threshold)}; expected 0 to 1`);
    const make = { width: FEATURE_NAMES.length, seed: options.seed ?? 1 };
    this.#watches = createDetectors(options.detectors, make).map(detector => ({
      detector,
      calibrator: new Calibrator({ contextMinimum: Number.POSITIVE_INFINITY, ...options.calibration }),
      fittedAt: undefined,
    }));
  }

  /** True when a detector wants to be fitted again. */
  get stale(): boolean {
    return this.#watches.some(({ detector }) => detector.stale === true && detector.refit !== undefined);
  }

  /**
   * Scores a call, then learns from it unless it looks broken.
   * @param now milliseconds since the epoch, of a clock that does not jump; the end of the call if absent
   */
  observe(
    call: LlmCall,
    evaluations: Evaluations,
    extras: CallExtras = {},
    now = call.startedAt + call.duration * 1000,
  ): Findings {
    // Not the latest ever: one call that a clock put into next year would stop this time until then.
    if (Number.isFinite(now)) this.#now = now;
    const contexts = contextsOf(call);
    const features = toFeatures(call, evaluations, { ...extras, expectedCost: this.#expectedCost(call, extras.cost) });
    const deviations = this.#normaliser.deviations(contexts, features);
    const [operation, model] = contexts.model as readonly [string, string];
    const scopes = scopesOf(call);
    const evidence = this.#nearby.evidence(scopes, deviations);
    const sample = harmful(deviations);
    const warm = this.#normaliser.known(operation) >= WARM;
    const found: Finding[] = [];
    for (const watch of this.#watches) {
      const { detector, calibrator } = watch;
      if (!warm) break;
      if (detector.ready) {
        const raw = detector.scoreOne(sample, evidence);
        const tail = calibrator.tail(model, raw.value, raw.tail);
        if (tail !== undefined) found.push(this.#finding(detector.name, tail, raw));
        if (!calibrator.learn(model, raw.value, raw.tail) && detector.selective !== true) continue;
      }
      detector.learnOne(sample);
      if (detector.refit === undefined) watch.fittedAt = this.#now;
    }
    this.#nearby.learn(scopes, deviations);
    const young = this.#normaliser.known(contexts.model.at(-1) as string) < YOUNG;
    this.#guard.learn(sample, undefined, feature => {
      if (!young && FEATURE_SCALES[feature]?.kind === 'measure') features[feature] = Number.NaN;
    });
    this.#normaliser.learn(contexts, features);
    return { found };
  }

  /**
   * Fits what is stale again, one slice of a few milliseconds at most a `next()`. A second one may be started only after the
   * first has ended.
   */
  *refit(): Generator<void> {
    for (const watch of this.#watches) {
      if (watch.detector.stale !== true || watch.detector.refit === undefined) continue;
      const slices = watch.detector.refit();
      while (slices.next().done !== true) yield;
      watch.fittedAt = this.#now;
    }
  }

  /** @param now as for `observe`; that of the latest call if absent */
  status(now = this.#now): readonly DetectorStatus[] {
    return this.#watches.map(({ detector, calibrator, fittedAt }) => ({
      detector: detector.name,
      ready: detector.ready && (calibrator.ready || (detector.analytic === true && calibrator.helped)),
      learnt: detector.learnt,
      age: fittedAt === undefined ? undefined : Math.max(0, now - fittedAt) / 1000,
    }));
  }

  save(): Json {
    return {
      kind: 'detection',
      version: VERSION,
      features: FEATURE_NAMES.join(','),
      now: this.#now,
      normaliser: this.#normaliser.save(),
      nearby: this.#nearby.save(),
      guard: this.#guard.save(),
      costs: this.#costs.save(),
      detectors: this.#watches.map(({ detector, calibrator, fittedAt }) => ({
        name: detector.name,
        fittedAt: fittedAt ?? null,
        detector: detector.save(),
        calibrator: calibrator.save(),
      })),
    };
  }

  /**
   * Takes over what another one saved. A detector that the state does not hold starts from nothing.
   * @throws MonitorError STATE_MISMATCH for a state of another version, or with other features; then use a new one, as part of
   * the state may have been taken over
   */
  restore(state: Json): void {
    const saved = readHead(state, { kind: 'detection', version: VERSION, features: FEATURE_NAMES.join(',') });
    const entries = Array.isArray(saved['detectors']) ? (saved['detectors'] as readonly Json[]) : [];
    const now = readNumber(saved, 'now', 0);
    this.#normaliser.restore(saved['normaliser'] ?? null);
    this.#nearby.restore(saved['nearby'] ?? null);
    this.#guard.restore(saved['guard'] ?? null);
    this.#costs.restore(saved['costs'] ?? null);
    for (const entry of entries) {
      const { name, fittedAt, detector, calibrator } = readHead(entry, {});
      const watch = this.#watches.find(each => each.detector.name === name);
      if (watch === undefined) continue;
      watch.detector.restore(detector ?? null);
      watch.calibrator.restore(calibrator ?? null);
      watch.fittedAt = typeof fittedAt === 'number' ? fittedAt : undefined;
    }
    this.#now = now;
  }

  /** What such a call of its model usually costs; the call itself is learnt afterwards. */
  #expectedCost(call: LlmCall, cost = Number.NaN): number {
    const model = `${call.provider}\0${call.model.requested}`;
    const input = inputTokens(call.usage) ?? Number.NaN;
    const output = outputTokens(call.usage) ?? Number.NaN;
    const expected = this.#costs.expected(model, input, output);
    this.#costs.learn(model, input, output, cost);
    return expected;
  }

  #finding(detector: string, score: number, raw: { readonly contributions: Float64Array }): Finding {
    if (score < this.threshold) return { detector, score, flagged: false };
    const { contributions } = raw;
    let top = 0;
    for (let f = 1; f < contributions.length; f++) if (contributions[f]! > contributions[top]!) top = f;
    const feature = contributions[top]! > 0 ? FEATURE_NAMES[top] : undefined;
    return { detector, score, flagged: true, contributions, ...(feature === undefined ? {} : { feature }) };
  }
}

/** Deviations to the side on which they are worth a look; 0 on the other. */
function harmful(deviations: Float64Array): Float64Array {
  const out = deviations.slice();
  for (let f = 0; f < out.length; f++) {
    const { harm } = FEATURE_SCALES[f]!;
    if ((harm === 'high' && out[f]! < 0) || (harm === 'low' && out[f]! > 0)) out[f] = 0;
  }
  return out;
}

/** Writes how far each detector is. */
export function recordStatus(sink: MetricSink, status: readonly DetectorStatus[]): void {
  for (const { detector, ready, learnt, age } of status) {
    sink.set('detectorReady', ready ? 1 : 0, { detector });
    sink.set('detectorTrainedCalls', learnt, { detector });
    sink.set('detectorAge', age, { detector });
  }
}
