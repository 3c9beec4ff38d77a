import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanCall, type LlmCall } from '../../core/call.js';
import type { Json } from '../../core/json.js';
import { createRandom } from '../../core/random.js';
import { MetricStore } from '../../core/store.js';
import {
  Detection,
  type DetectionOptions,
  type Finding,
  type Findings,
  recordStatus,
} from '../../processor/detection.js';
import type { Detector } from '../../processor/detectors/detector.js';
import type { Evaluations } from '../../processor/evaluators/evaluator.js';
import { FEATURE_NAMES } from '../../processor/features.js';
import { FindingMetrics } from '../../processor/finding-metrics.js';

const START = 1_772_409_628_773;
const EVALUATIONS: Evaluations = new Map([['refusal', { score: 0, flagged: false }]]);
const DETECTOR = 'combined';

/** A factor around 1: log-normal with a spread of about 20 %. */
const jitter = (random: () => number): number => Math.exp(0.4 * (random() + random() + random() - 1.5));

interface Shape {
  readonly slow?: number;
  readonly model?: string;
}

/** A stream of seeded calls, one a second. */
class Traffic {
  readonly #random: ReturnType<typeof createRandom>;
  #count = 0;

  constructor(seed = 21) {
    this.#random = createRandom(seed);
  }

  next({ slow = 1, model = 'gpt-x' }: Shape = {}): { call: LlmCall; extras: { cost: number; characters: number } } {
    const random = this.#random;
    const output = Math.round(200 * jitter(random));
    const startedAt = START + 1000 * this.#count++;
    const { call } = cleanCall(
      {
        id: `c${this.#count}`,
        provider: 'openai',
        operation: 'chat',
        model: { requested: model },
        startedAt,
        duration: slow * 0.01 * output * jitter(random),
        usage: { input_uncached: Math.round(500 * jitter(random)), output },
        template: 'v1',
        outcome: { kind: 'ok', finishReasons: ['stop'] },
      },
      startedAt,
    );
    return { call, extras: { cost: output * 1e-5, characters: Math.round(output * 4 * jitter(random)) } };
  }
}

function settle(detection: Detection): void {
  if (detection.stale) for (const _ of detection.refit());
}

/** Observes `count` calls; refits as its owner would. @returns the default detector's finding of each, undefined while not ready */
function run(detection: Detection, traffic: Traffic, count: number, shape: Shape = {}): (Finding | undefined)[] {
  return Array.from({ length: count }, () => {
    const { call, extras } = traffic.next(shape);
    const findings = detection.observe(call, EVALUATIONS, extras);
    settle(detection);
    return findings.found.find(({ detector }) => detector === DETECTOR);
  });
}

const flagged = (findings: (Finding | undefined)[]): number => findings.filter(finding => finding?.flagged).length;

describe('Detection', () => {
  it('finds nothing until it is ready, and says so', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    const findings = run(detection, traffic, 600);
    const first = findings.findIndex(finding => finding !== undefined);
    // 30 calls for the contexts, 10 for the detector, 30 for the calibration beside its analytic tail.
    assert.equal(first, 70);
    assert.ok(findings.slice(first).every(finding => finding !== undefined));
    assert.equal(detection.status()[0]?.ready, true);
    assert.equal(new Detection().status()[0]?.ready, false);
    assert.equal(new Detection().status()[0]?.age, undefined);
  });

  it('is not ready where nobody runs the refits that a detector needs', () => {
    const detection = new Detection({ detectors: 'isolation_forest' });
    const traffic = new Traffic();
    for (let i = 0; i < 500; i++) detection.observe(traffic.next().call, EVALUATIONS);
    assert.equal(detection.stale, true);
    assert.equal(detection.status()[0]?.ready, false);
  });

  it('flags about 1 in 100 quiet calls', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    run(detection, traffic, 1000);
    const share = flagged(run(detection, traffic, 6000)) / 6000;
    assert.ok(share > 0.005 && share < 0.016, `${share}`);
  });

  it('flags about 1 in 100 from the start on: neither the first forest nor a later one makes all scores jump', () => {
    const streams = 10;
    const stretch = 500;
    const shares = new Float64Array(6);
    for (let seed = 1; seed <= streams; seed++) {
      const detection = new Detection({ seed });
      const traffic = new Traffic(7919 * seed);
      run(detection, traffic, 260);
      for (let i = 0; i < shares.length; i++)
        shares[i]! += flagged(run(detection, traffic, stretch)) / stretch / streams;
    }
    // Three binomial errors of a mean of so many calls are 0.4 points; what is rare is still being learnt in the first stretches.
    for (const [i, share] of shares.entries())
      assert.ok(share > 0.006 && share < (i < 2 ? 0.02 : 0.016), `calls ${260 + stretch * i} on: ${share}`);
  });

  for (const sliced of [false, true])
    it(`flags none of many calls that are all alike${sliced ? ', also while a refit is under way' : ''}`, () => {
      const detection = new Detection();
      let refit: Generator<void> | undefined;
      let flags = 0;
      for (let i = 0; i < 3000; i++) {
        const { call } = cleanCall(
          {
            id: `c${i}`,
            provider: 'openai',
            operation: 'chat',
            model: { requested: 'gpt-x' },
            startedAt: START + 1000 * i,
            duration: Number.NaN,
            outcome: { kind: 'ok', finishReasons: ['stop'] },
          },
          START + 1000 * i,
        );
        flags += detection.observe(call, EVALUATIONS).found.filter(finding => finding.flagged).length;
        if (!sliced) settle(detection);
        else if (refit === undefined && detection.stale) refit = detection.refit();
        else if (refit?.next().done === true) refit = undefined;
      }
      assert.equal(flags, 0);
    });

  it('flags a call that is off and names what is off', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    run(detection, traffic, 1500);
    const [finding] = run(detection, traffic, 1, { slow: 20 });
    assert.equal(finding?.flagged, true);
    assert.ok(finding.score >= 0.99 && finding.score < 1);
    assert.ok(['latency', 'tokens_per_second'].includes(finding.feature ?? ''), finding.feature);
    assert.equal(finding.contributions?.length, FEATURE_NAMES.length);
  });

  it('gives a finding that is not flagged no feature', () => {
    const detection = new Detection({ threshold: 1 });
    const traffic = new Traffic();
    const findings = run(detection, traffic, 600);
    assert.equal(flagged(findings), 0);
    assert.ok(findings.every(finding => finding?.feature === undefined));
  });

  it('keeps flagging through an incident, and is quiet again after it', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    run(detection, traffic, 1500);
    assert.ok(flagged(run(detection, traffic, 200, { slow: 20 })) > 180);
    assert.ok(flagged(run(detection, traffic, 300)) <= 9);
  });

  it('takes a lasting change as usual in the end', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    run(detection, traffic, 1500);
    assert.ok(flagged(run(detection, traffic, 50, { slow: 20 })) > 45);
    run(detection, traffic, 3000, { slow: 20 });
    assert.ok(flagged(run(detection, traffic, 1000, { slow: 20 })) < 25);
  });

  it('takes a new model as usual soon, although it is far from the others', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    run(detection, traffic, 1500);
    run(detection, traffic, 100, { model: 'slow-but-good', slow: 20 });
    assert.ok(flagged(run(detection, traffic, 300, { model: 'slow-but-good', slow: 20 })) < 15);
    assert.ok(flagged(run(detection, traffic, 300)) < 15);
  });

  it('scores a call before it learns from it', () => {
    const detector = recorder();
    const detection = new Detection({ detectors: [detector, 'none', detector] });
    const traffic = new Traffic();
    run(detection, traffic, 50);
    assert.deepEqual(detector.log.slice(0, 4), ['score', 'learn', 'score', 'learn']);
  });

  it('gives the same findings for the same seed and calls', () => {
    const scores = (options: DetectionOptions): (number | undefined)[] =>
      run(new Detection(options), new Traffic(), 700).map(finding => finding?.score);
    assert.deepEqual(scores({}), scores({ seed: 1 }));
    assert.notDeepEqual(scores({}), scores({ seed: 2 }));
  });

  it('goes on after restore(save()) as it would have', () => {
    const original = new Detection();
    const traffic = new Traffic();
    run(original, traffic, 800);
    const copy = new Detection();
    copy.restore(JSON.parse(JSON.stringify(original.save())) as Json);
    assert.deepEqual(copy.status(), original.status());
    for (let i = 0; i < 600; i++) {
      const { call, extras } = traffic.next(i % 100 === 0 ? { slow: 10 } : {});
      assert.deepEqual(copy.observe(call, EVALUATIONS, extras), original.observe(call, EVALUATIONS, extras));
      for (const detection of [copy, original]) settle(detection);
    }
  });

  it('refuses a state of another version or with other features', () => {
    const good = new Detection().save() as Record<string, Json>;
    for (const state of [
      null,
      { ...good, version: 7 },
      { ...good, features: 'latency' },
      { ...good, now: 'x' },
    ] as Json[])
      assert.throws(() => new Detection().restore(state), { code: 'STATE_MISMATCH' });
  });

  it('leaves a detector that a state does not know at its start', () => {
    const state = new Detection({ detectors: 'none' }).save();
    const detection = new Detection();
    detection.restore(state);
    assert.equal(detection.status()[0]?.learnt, 0);
  });

  it('refuses unknown detectors and thresholds that are no probability', () => {
    assert.throws(() => new Detection({ detectors: ['crystal_ball'] }), {
      code: 'CONFIG_INVALID',
      message: /isolation_forest/,
    });
    assert.throws(() => new Detection({ threshold: 99 }), { code: 'INVALID_ARGUMENT' });
  });

  it('counts the age of a fit in seconds of the calls', () => {
    const detection = new Detection();
    const traffic = new Traffic();
    run(detection, traffic, 231);
    const fitted = detection.status()[0]?.age ?? Number.NaN;
    run(detection, traffic, 60);
    const later = detection.status()[0]?.age ?? Number.NaN;
    assert.ok(Math.abs(later - fitted - 60) < 10, `${fitted} ${later}`);
    assert.ok(detection.status(START + 3_600_000)[0]!.age! > 3000);
    const { call } = traffic.next();
    detection.observe({ ...call, startedAt: call.startedAt + 365 * 86_400_000 }, EVALUATIONS);
    run(detection, traffic, 1);
    assert.ok(detection.status()[0]!.age! < 3000, 'one call of next year does not move its time there');
  });
});

/** A detector of a user's own that writes down what is asked of it. */
function recorder(): Detector & { readonly log: string[] } {
  const log: string[] = [];
  return {
    log,
    name: 'recorder',
    ready: true,
    learnt: 0,
    scoreOne: () => {
      log.push('score');
      return { value: 0.5, contributions: new Float64Array(FEATURE_NAMES.length) };
    },
    learnOne: () => {
      log.push('learn');
    },
    save: () => null,
    restore: () => {},
  };
}

describe('FindingMetrics', () => {
  const finding = { detector: DETECTOR, score: 0.995, flagged: true, feature: 'latency' } as const;
  const labels = { detector: DETECTOR, model: 'gpt-x', operation: 'chat' } as const;
  const write = (store: MetricStore, findings: Findings): void =>
    new FindingMetrics(store).record(findings, 'gpt-x', 'chat');

  it('writes the score, the flag with its feature, and how far the detector is', () => {
    const store = new MetricStore();
    write(store, { found: [finding] });
    recordStatus(store, [{ detector: DETECTOR, ready: true, learnt: 300, age: 12 }]);
    assert.equal(store.value('anomalyFlagged', { ...labels, feature: 'latency' }), 1);
    assert.equal(store.value('detectorReady', { detector: DETECTOR }), 1);
    assert.equal(store.value('detectorTrainedCalls', { detector: DETECTOR }), 300);
    assert.equal(store.value('detectorAge', { detector: DETECTOR }), 12);
    assert.ok(store.collect().some(({ key }) => key === 'anomalyScore'));
  });

  it('counts no flag for a score below the threshold, and none without a feature as a feature', () => {
    const store = new MetricStore();
    write(store, { found: [{ detector: DETECTOR, score: 0.4, flagged: false }] });
    assert.equal(store.value('anomalyFlagged', { ...labels, feature: 'none' }), 0);
    write(store, { found: [{ detector: DETECTOR, score: 0.995, flagged: true }] });
    assert.equal(store.value('anomalyFlagged', { ...labels, feature: 'none' }), 1);
  });

  it('writes no score and no age for a detector that is not ready: absent is not 0', () => {
    const store = new MetricStore();
    write(store, { found: [] });
    recordStatus(store, [{ detector: DETECTOR, ready: false, learnt: 3, age: undefined }]);
    assert.equal(store.value('detectorReady', { detector: DETECTOR }), 0);
    assert.equal(store.value('detectorAge', { detector: DETECTOR }), undefined);
    assert.equal(
      store.collect().some(({ key }) => key === 'anomalyScore'),
      false,
    );
  });
});
