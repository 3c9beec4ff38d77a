import { MonitorError, showValue } from '../../core/errors.js';
import type { Json } from '../../core/json.js';
import { LruMap } from '../detectors/lru-map.js';
import { readHead, readNumber } from '../detectors/state.js';
import { Baselines } from './baselines.js';
import { levelEvidence, MOST_EVIDENCE, rateEvidence } from './evidence.js';
import { type OnChange, ScopeTests } from './scope-tests.js';
import { type Scope, scopesOf, senderOf } from './scopes.js';
import { Senders } from './senders.js';
import { type DriftFacts, type DriftSignal, EXPLAINED_BY, LEVEL_TESTS } from './signals.js';
import { ACCURACY_TEST, LEVEL_TEST_PLANS, TESTS } from './tests.js';

/** A change has begun, or is over. */
export interface DriftEvent {
  readonly state: 'detected' | 'recovered';
  readonly signal: DriftSignal;
  readonly direction: 'up' | 'down';
  readonly scope: Scope;
  /** True where somebody is to be told: the first scope of an incident, and no consequence of another one. */
  readonly pages: boolean;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Calls of the scope since the change began, as far as can be told. */
  readonly calls: number;
  /** Log-likelihood ratio of changed against unchanged. */
  readonly evidence: number;
}

export interface DriftWatchOptions {
  /** False pages a quiet day that all tests together may give; 0.3 if absent. */
  readonly falsePagesPerDay?: number;
}

const VERSION = 1;
/** Calls before anything is said at all. */
const WARM = 300;
/** Wrong answers: the change that matters. */
const WRONG_PLUS = 0.2;
/** Calls after a signal was last heard of in which it still is the same incident. */
const HOLD = 200;
const MAX_SCOPES = 500;
const DAY = 86_400_000;
const LEAST_DAYS = 1 / 24;
const LEAST_CALLS_A_DAY = 100;
const LEAST_THRESHOLD = 6;
/**
 * A false alarm a call and test is rarer than exp(-threshold), by how far a sum overshoots and by how much smaller than the
 * change that is looked for chance is: measured on quiet streams, as a logarithm.
 */
const SLACK = 5;
/** The threshold follows the traffic: every so many calls. */
const REVIEW = 64;

/**
 * Watches the calls of a service for a lasting change: of latency, errors and timeouts, cost, tokens, refusals, repetition,
 * personal data, how a model writes under its name, and accuracy, in all traffic and by model, provider, operation and attribute.
 * What is usual is learnt by model and template, so that a new one of either is no change. Pure: time comes with the calls.
 *
 * A budget of false pages a day is shared by all tests that run: each speaks at evidence log(tests x calls a day / budget), less
 * a constant. One page an incident: what a page explains (`EXPLAINED_BY`), further scopes of its signal, and what comes back
 * within 200 calls are shown and page nobody.
 */
export class DriftWatch {
  readonly #budget: number;
  readonly #baselines = new Baselines();
  readonly #senders = new Senders();
  readonly #scopes = new LruMap<ScopeTests>(MAX_SCOPES);
  /** `calls` when a signal was last heard of. */
  readonly #heard = new Map<DriftSignal, number>();
  readonly #levels = new Float64Array(LEVEL_TESTS.length);
  readonly #surges = (sender: string): boolean => this.#senders.surges(sender);
  readonly #onChange: OnChange = (tests, test, begun) => this.#change(tests, test, begun);
  #events: DriftEvent[] = [];
  #calls = 0;
  #firstAt = Number.NaN;
  #now = 0;
  #threshold = LEAST_THRESHOLD;

  /** @throws MonitorError INVALID_ARGUMENT for a budget that is not above 0 */
  constructor(options: DriftWatchOptions = {}) {
    this.#budget = options.falsePagesPerDay ?? 0.3;
    if (!(this.#budget > 0))
      throw new MonitorError('INVALID_ARGUMENT', `falsePagesPerDay is ${showValue(this.#budget)}; expected above 0`);
  }

  /**
   * Takes in a call that has ended.
   * @param now milliseconds since the epoch, of a clock that does not jump
   * @returns what began or ended with it, mostly nothing
   */
  observe(facts: DriftFacts, now: number): readonly DriftEvent[] {
    this.#begin(now);
    if (this.#calls++ % REVIEW === 0) this.#review();
    const sender = senderOf(facts.call);
    this.#senders.see(sender);
    const deviations = this.#baselines.step(facts, sender);
    for (let t = 0; t < LEVEL_TEST_PLANS.length; t++) {
      const { levels, sign, shifts } = LEVEL_TEST_PLANS[t]!;
      let sum = Number.NaN;
      for (const l of levels) {
        const z = deviations.distance[l]!;
        if (Number.isNaN(z)) continue;
        sum = (Number.isNaN(sum) ? 0 : sum) + levelEvidence(sign * z, deviations.shift[l]! * shifts);
      }
      this.#levels[t] = Math.min(MOST_EVIDENCE, sum);
    }
    const step = { deviations, levels: this.#levels, sender, surges: this.#surges, threshold: this.#threshold };
    for (const [key, scope] of scopesOf(facts.call)) this.#testsOf(key, scope).step(step, this.#onChange);
    return this.#events;
  }

  /**
   * Takes in what a label says of a call.
   * @param correct 0..1
   */
  observeLabel(facts: DriftFacts, correct: number, now: number): readonly DriftEvent[] {
    this.#begin(now);
    const usual = this.#baselines.wrong(facts, 1 - correct);
    const evidence = rateEvidence(1 - correct, usual, Math.min(0.95, usual + WRONG_PLUS));
    for (const [key, scope] of scopesOf(facts.call))
      this.#testsOf(key, scope).add(ACCURACY_TEST, evidence, this.#threshold, this.#onChange);
    return this.#events;
  }

  /** What has changed and is not over yet. */
  *active(): Generator<{ readonly signal: DriftSignal; readonly direction: 'up' | 'down'; readonly scope: Scope }> {
    for (const [, tests] of this.#scopes.entries())
      for (let t = 0; t < TESTS.length; t++) if (tests.active[t] === 1) yield { ...TESTS[t]!, scope: tests.scope };
  }

  save(): Json {
    return {
      kind: 'drift_watch',
      version: VERSION,
      tests: TESTS.map(test => `${test.signal} ${test.direction}`).join(),
      calls: this.#calls,
      firstAt: Number.isNaN(this.#firstAt) ? null : this.#firstAt,
      now: this.#now,
      threshold: this.#threshold,
      heard: [...this.#heard],
      baselines: this.#baselines.save(),
      senders: this.#senders.save(),
      scopes: this.#scopes.entries().map(([key, tests]) => [key, tests.save()]),
    };
  }

  /**
   * Takes over what another one saved.
   * @throws MonitorError STATE_MISMATCH for a state of another version, or with other tests; then use a new one
   */
  restore(state: Json): void {
    const tests = TESTS.map(test => `${test.signal} ${test.direction}`).join();
    const saved = readHead(state, { kind: 'drift_watch', version: VERSION, tests });
    this.#baselines.restore(saved['baselines'] ?? null);
    this.#senders.restore(saved['senders'] ?? null);
    this.#scopes.clear();
    for (const entry of Array.isArray(saved['scopes']) ? (saved['scopes'] as readonly Json[]) : []) {
      const [key, part] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      const { kind, name } = readHead(part ?? null, {});
      const restored = new ScopeTests({ kind, name } as unknown as Scope);
      restored.restore(part ?? null);
      this.#scopes.set(String(key), restored);
    }
    this.#heard.clear();
    for (const [signal, calls] of (saved['heard'] ?? []) as readonly [DriftSignal, number][])
      this.#heard.set(signal, calls);
    this.#calls = readNumber(saved, 'calls', 0);
    this.#firstAt = saved['firstAt'] === null ? Number.NaN : readNumber(saved, 'firstAt', 0);
    this.#now = readNumber(saved, 'now', 0);
    this.#threshold = readNumber(saved, 'threshold', LEAST_THRESHOLD);
  }

  #begin(now: number): void {
    this.#events = [];
    this.#now = now;
    if (Number.isNaN(this.#firstAt)) this.#firstAt = now;
  }

  #review(): void {
    const days = Math.max(LEAST_DAYS, (this.#now - this.#firstAt) / DAY);
    const perDay = Math.max(LEAST_CALLS_A_DAY, this.#calls / days);
    const tests = Math.max(1, this.#scopes.size) * TESTS.length;
    this.#threshold = Math.max(LEAST_THRESHOLD, Math.log((tests * perDay) / this.#budget) - SLACK);
  }

  #change(tests: ScopeTests, test: number, begun: boolean): void {
    const { signal, direction } = TESTS[test]!;
    const { scope } = tests;
    const fresh = (one: DriftSignal): boolean =>
      this.#calls - (this.#heard.get(one) ?? Number.NEGATIVE_INFINITY) < HOLD;
    const warm = this.#calls >= WARM;
    const pages = begun && warm && !fresh(signal) && EXPLAINED_BY[signal]?.some(fresh) !== true;
    this.#heard.set(signal, this.#calls);
    if (!warm) return;
    this.#events.push({
      state: begun ? 'detected' : 'recovered',
      signal,
      direction,
      scope,
      pages,
      at: this.#now,
      calls: tests.calls - tests.since[test]!,
      evidence: tests.evidence[test]!,
    });
  }

  #testsOf(key: string, scope: Scope): ScopeTests {
    let tests = this.#scopes.get(key);
    if (tests === undefined) {
      tests = new ScopeTests(scope);
      this.#scopes.set(key, tests);
    }
    return tests;
  }
}
