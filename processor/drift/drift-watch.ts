import type { Json } from '../../core/json.js';
import { readHead } from '../detectors/state.js';
import { Baselines, type BaseStates } from './baselines.js';
import { Budget } from './budget.js';
import { CallWeigher } from './call-weigher.js';
import { rateEvidence } from './evidence.js';
import { Incidents } from './incidents.js';
import { Load } from './load.js';
import { type CallPlace, type Place, Places, type Scope } from './places.js';
import { type Kept, RecentMap } from './recent-map.js';
import { type OnChange, ScopeTests } from './scope-tests.js';
import { Senders } from './senders.js';
import type { DriftFacts, DriftSignal } from './signals.js';
import { ACCURACY_TEST, TESTS } from './tests.js';

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

/** Does the slices of a work one after the other. */
function finish<T>(slices: Generator<void, T>): T {
  for (;;) {
    const { done, value } = slices.next();
    if (done === true) return value;
  }
}

/** What a call of a place touches, looked up once. */
interface Route {
  readonly states: BaseStates;
  readonly scopes: readonly Kept<ScopeTests>[];
}

const VERSION = 3;
/** Wrong answers: the change that matters. */
const WRONG_PLUS = 0.2;
const MAX_SCOPES = 500;
const MAX_ROUTES = 2000;
/** Calls of the service, and milliseconds, after which a change in a scope that has none any more is over. */
const GONE_CALLS = 1000;
const GONE_TIME = 3_600_000;
const TEST_NAMES = TESTS.map(({ signal, direction }) => `${signal} ${direction}`).join();

/**
 * Watches the calls of a service for a lasting change: of latency, errors and timeouts, cost, tokens, refusals, repetition,
 * personal data, how a model writes under its name, and accuracy, in all traffic and by model, provider, operation and attribute.
 * What is usual is learnt by model and template, so that a new one of either is no change. Pure: time comes with the calls.
 *
 * A budget of false pages a day is shared by all tests that run (`Budget`). One page an incident: what a page explains
 * (`EXPLAINED_BY`), further scopes of its signal, and what comes back soon are shown and page nobody (`Incidents`).
 */
export class DriftWatch {
  readonly #budget: Budget;
  readonly #places: Places;
  readonly #baselines = new Baselines();
  readonly #senders = new Senders();
  readonly #load = new Load();
  readonly #weigher = new CallWeigher();
  readonly #scopes = new RecentMap<ScopeTests>(MAX_SCOPES);
  readonly #incidents = new Incidents();
  readonly #routes = new Map<Place, Route>();
  readonly #onChange: OnChange = (tests, test, begun) => this.#change(tests, test, begun);
  /** That of the maps whose entries the routes hold. */
  #generation = 0;
  #events: DriftEvent[] = [];

  /** @throws MonitorError INVALID_ARGUMENT for a budget that is not above 0 */
  constructor(options: DriftWatchOptions = {}) {
    this.#budget = new Budget(options.falsePagesPerDay ?? 0.3);
    this.#places = new Places(prefix => this.#drop(({ key }) => key.startsWith(prefix)));
  }

  /**
   * Takes in a call that has ended.
   * @param now milliseconds since the epoch, of a clock that does not jump
   * @returns what began or ended with it, mostly nothing
   */
  observe(facts: DriftFacts, now: number): readonly DriftEvent[] {
    this.#events = [];
    this.#budget.tell(now);
    const place = this.#places.of(facts.call, this.#budget.calls);
    if (this.#budget.count(place.scopes.length)) this.#closeGone();
    const { states, scopes } = this.#route(place);
    this.#senders.see(place.sender);
    const surges = place.sender !== '' && this.#senders.surges(place.sender);
    const deviations = this.#baselines.step(facts, states, this.#load.see(this.#budget.now));
    const evidence = this.#weigher.weigh(deviations, place.sender, surges);
    const { threshold, calls } = this.#budget;
    for (const scope of scopes) {
      const tests = scope.value;
      tests.lastCall = calls;
      tests.lastAt = this.#budget.now;
      tests.step(evidence, threshold, this.#onChange);
    }
    return this.#events;
  }

  /** Where a call belongs: keep it until its label comes. */
  placeOf(call: CallPlace): Place {
    return this.#places.of(call, this.#budget.calls);
  }

  /**
   * Takes in what a label says of a call.
   * @param place of the call, as `placeOf` gave it
   * @param correct 0..1; one that is not is no label
   */
  observeLabel(place: Place, correct: number, now: number): readonly DriftEvent[] {
    this.#events = [];
    this.#budget.tell(now);
    if (!(correct >= 0 && correct <= 1)) return this.#events;
    const { states, scopes } = this.#route(place);
    const usual = this.#baselines.wrong(states, 1 - correct);
    const evidence = rateEvidence(1 - correct, usual, Math.min(0.95, usual + WRONG_PLUS));
    const { threshold } = this.#budget;
    if (threshold === Number.POSITIVE_INFINITY) return this.#events;
    for (const { value } of scopes) value.add(ACCURACY_TEST, evidence, threshold, this.#onChange);
    return this.#events;
  }

  /** True once it has seen calls enough to say something. */
  get warm(): boolean {
    return this.#budget.threshold < Number.POSITIVE_INFINITY;
  }

  /** What has changed and is not over yet. */
  *active(): Generator<{ readonly signal: DriftSignal; readonly direction: 'up' | 'down'; readonly scope: Scope }> {
    for (const { value: tests } of this.#scopes.values())
      for (let t = 0; t < TESTS.length; t++) if (tests.active[t] === 1) yield { ...TESTS[t]!, scope: tests.scope };
  }

  save(): Json {
    return finish(this.saving());
  }

  /**
   * Takes over what another one saved.
   * @throws MonitorError STATE_MISMATCH for a state of another version, or with other tests; then use a new one, as part of the
   * state may have been taken over
   */
  restore(state: Json): void {
    finish(this.restoring(state));
  }

  /** As `save`, one slice of work a `next()`: calls may come in between. */
  *saving(): Generator<void, Json> {
    const budget = this.#budget.save();
    const places = this.#places.save();
    yield;
    const baselines = this.#baselines.save();
    yield;
    const [senders, load, incidents] = [this.#senders.save(), this.#load.save(), this.#incidents.save()];
    yield;
    const scopes = this.#scopes.save(tests => tests.save());
    const head = { kind: 'drift_watch', version: VERSION, tests: TEST_NAMES };
    return { ...head, budget, places, baselines, senders, load, incidents, scopes };
  }

  /** As `restore`, one slice of work a `next()`; calls must wait meanwhile. */
  *restoring(state: Json): Generator<void, void> {
    const saved = readHead(state, { kind: 'drift_watch', version: VERSION, tests: TEST_NAMES });
    const part = (name: string): Json => saved[name] ?? null;
    this.#budget.restore(part('budget'));
    this.#places.restore(part('places'));
    yield;
    this.#baselines.restore(part('baselines'));
    yield;
    this.#senders.restore(part('senders'));
    this.#load.restore(part('load'));
    this.#incidents.restore(part('incidents'));
    yield;
    this.#scopes.restore(saved['scopes'], packed => {
      const { kind, name } = readHead(packed, {});
      const tests = new ScopeTests({ kind, name } as unknown as Scope);
      tests.restore(packed);
      return tests;
    });
  }

  #route(place: Place): Route {
    const generation = this.#scopes.generation + this.#baselines.generation;
    if (generation !== this.#generation || this.#routes.size >= MAX_ROUTES) {
      this.#routes.clear();
      this.#generation = generation;
    }
    const known = this.#routes.get(place);
    if (known !== undefined) {
      this.#baselines.touch(known.states);
      for (const scope of known.scopes) this.#scopes.touch(scope);
      return known;
    }
    const route = {
      states: this.#baselines.at(place),
      scopes: place.scopes.map(({ key, scope }) => this.#scopes.take(key, () => new ScopeTests(scope))),
    };
    this.#routes.set(place, route);
    return route;
  }

  #closeGone(): void {
    const { calls, now } = this.#budget;
    for (const { value } of this.#scopes.values())
      if (calls - value.lastCall > GONE_CALLS && now - value.lastAt > GONE_TIME) value.close(this.#onChange);
  }

  /** Ends scopes that are no more. */
  #drop(which: (scope: Kept<ScopeTests>) => boolean): void {
    for (const scope of [...this.#scopes.values()].filter(which)) {
      scope.value.close(this.#onChange);
      this.#scopes.delete(scope.key);
    }
  }

  #change(tests: ScopeTests, test: number, begun: boolean): void {
    const { signal, direction } = TESTS[test]!;
    const { calls, now } = this.#budget;
    this.#events.push({
      state: begun ? 'detected' : 'recovered',
      signal,
      direction,
      scope: tests.scope,
      pages: this.#incidents.hear(signal, tests.scope, begun, calls, now),
      at: now,
      calls: tests.calls - tests.since[test]!,
      evidence: tests.evidence[test]!,
    });
  }
}
