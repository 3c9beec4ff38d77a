import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readHead, readNumber } from '../detectors/state.js';
import type { Deviations } from './baselines.js';
import { levelEvidence, rateEvidence } from './evidence.js';
import type { Scope } from './scopes.js';
import { LEVEL_TESTS, RATES } from './signals.js';
import { BEHAVIOUR_TEST, FIRST_LEVEL_TEST, LEVEL_TEST_PLANS, STYLE_LEVELS, TESTS } from './tests.js';

const { max, min } = Math;
/** Calls of a scope before anything is tested in it. */
const FEW = 30;
/** How much more evidence a level needs than a rate, whose law is known: its own is not quite the normal one. */
const LEVEL_FACTOR = 2.2;
/** Evidence piles up to so many times the threshold, so that it can fall again soon. */
const CEILING = 1.5;
/** Of each level of a style, what chance alone piles up. */
const CHANCE = 3;
/** Evidence from the text that another model writes: a provider that is slower is no other model. */
const TEXT = 4;
/** Senders told apart; those after them are one. */
const MAX_SENDERS = 64;
/** Calls after which a sender is one of several. */
const SENDER_KNOWN = 20;

/** The evidence of one sender, one number a level test. */
interface SenderEvidence {
  readonly evidence: Float64Array;
  calls: number;
}

/** What a step needs beside the call's deviations. */
export interface StepFacts {
  readonly deviations: Deviations;
  /** Evidence of the call for each level test; NaN where it says nothing. */
  readonly levels: Float64Array;
  readonly sender: string;
  /** True for a sender whose traffic surges. */
  readonly surges: (sender: string) => boolean;
  /** Evidence from which a rate has changed. */
  readonly threshold: number;
}

/** Hears that a test says a change has begun, or is over. */
export type OnChange = (tests: ScopeTests, test: number, begun: boolean) => void;

/**
 * The tests of one scope: cumulative sums of log-likelihood ratios, none below 0 (Page 1954), that speak when they pass a
 * threshold; after that they must fall back to nothing, or by more than half the threshold, until it is over. How a model writes
 * is one sum over what each of its levels has beyond chance (Liu, Zhang, Mei 2019, Technometrics 61(2):153-164), so that it need
 * not be known beforehand which of them another model changes, or which way.
 */
export class ScopeTests {
  readonly scope: Scope;
  calls = 0;
  readonly evidence = new Float64Array(TESTS.length);
  readonly active = new Uint8Array(TESTS.length);
  /** `calls` when the evidence was last nothing. */
  readonly since = new Float64Array(TESTS.length);
  /** Evidence that it is over. */
  readonly #over = new Float64Array(TESTS.length);
  /** Of the levels of a style, up and down. */
  readonly #style = new Float64Array(2 * STYLE_LEVELS.length);
  #senders: Map<string, SenderEvidence> | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  step(facts: StepFacts, onChange: OnChange): void {
    if (++this.calls <= FEW) return;
    const { deviations, levels, sender, threshold } = facts;
    for (let r = 0; r < RATES.length; r++) {
      const fact = deviations.fact[r]!;
      if (Number.isNaN(fact)) continue;
      const usual = deviations.usual[r]!;
      const { times, plus } = RATES[r]!;
      this.add(r, rateEvidence(fact, usual, min(0.95, max(usual * times, usual + plus))), threshold, onChange);
    }
    const high = threshold * LEVEL_FACTOR;
    for (let t = 0; t < levels.length; t++) {
      const evidence = levels[t]!;
      if (Number.isNaN(evidence)) continue;
      if (LEVEL_TEST_PLANS[t]!.bySender && sender !== '') this.#addBySender(t, evidence, facts, high, onChange);
      else this.add(FIRST_LEVEL_TEST + t, evidence, high, onChange);
    }
    if (this.scope.kind === 'model') this.#writes(deviations, high, onChange);
  }

  /** Adds a call's evidence to that of a test. */
  add(test: number, evidence: number, threshold: number, onChange: OnChange): void {
    this.#set(test, max(0, min(this.evidence[test]! + evidence, threshold * CEILING)), threshold, onChange);
  }

  #writes({ distance, shift }: Deviations, threshold: number, onChange: OnChange): void {
    const style = this.#style;
    let total = 0;
    let speed = 0;
    for (let s = 0; s < STYLE_LEVELS.length; s++) {
      const level = STYLE_LEVELS[s]!;
      const z = distance[level]!;
      if (!Number.isNaN(z)) {
        style[2 * s] = max(0, min(threshold, style[2 * s]! + levelEvidence(z, shift[level]!)));
        style[2 * s + 1] = max(0, min(threshold, style[2 * s + 1]! + levelEvidence(-z, shift[level]!)));
      }
      total += max(0, max(style[2 * s]!, style[2 * s + 1]!) - CHANCE);
      if (s === 0) speed = total;
    }
    // A provider in trouble is slower, hardly ever faster.
    const faster = style[1]! > style[0]!;
    const isText = total - speed > (faster ? TEXT : 2 * TEXT);
    this.#set(BEHAVIOUR_TEST, isText ? total : min(total, threshold), threshold, onChange);
  }

  /**
   * Adds evidence for how much is asked to that of its sender. Where several are known, a surge of one of them alone never is
   * enough: it runs a job of its own.
   */
  #addBySender(t: number, evidence: number, facts: StepFacts, threshold: number, onChange: OnChange): void {
    this.#senders ??= new Map();
    const senders = this.#senders;
    const name = senders.has(facts.sender) || senders.size < MAX_SENDERS ? facts.sender : '';
    let mine = senders.get(name);
    if (mine === undefined) {
      mine = { evidence: new Float64Array(LEVEL_TESTS.length), calls: 0 };
      senders.set(name, mine);
    }
    mine.calls++;
    mine.evidence[t] = max(0, min(threshold, mine.evidence[t]! + evidence));
    let total = 0;
    let most = 0;
    let loudest = '';
    let known = 0;
    for (const [sender, each] of senders) {
      const own = each.evidence[t]!;
      total += own;
      if (own > most) {
        most = own;
        loudest = sender;
      }
      if (each.calls > SENDER_KNOWN) known++;
    }
    if (known > 1 && total > threshold && facts.surges(loudest)) total = min(total, threshold / 2 + total - most);
    this.#set(FIRST_LEVEL_TEST + t, total, threshold, onChange);
  }

  #set(test: number, value: number, threshold: number, onChange: OnChange): void {
    const before = this.evidence[test]!;
    this.evidence[test] = value;
    if (value === 0) this.since[test] = this.calls;
    if (this.active[test] === 1) {
      this.#over[test] = max(0, this.#over[test]! + before - value);
      if (value > 0 && this.#over[test]! <= threshold) return;
      this.active[test] = 0;
      this.evidence[test] = 0;
      onChange(this, test, false);
      this.since[test] = this.calls;
    } else if (value > threshold) {
      this.active[test] = 1;
      this.#over[test] = 0;
      onChange(this, test, true);
    }
  }

  save(): Json {
    return {
      kind: this.scope.kind,
      name: this.scope.name,
      calls: this.calls,
      evidence: packBytes(this.evidence),
      active: [...this.active],
      since: packBytes(this.since),
      over: packBytes(this.#over),
      style: packBytes(this.#style),
      senders: [...(this.#senders ?? [])].map(([sender, { evidence, calls }]) => [sender, calls, packBytes(evidence)]),
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, { kind: this.scope.kind, name: this.scope.name });
    this.calls = readNumber(saved, 'calls', 0);
    this.evidence.set(readDoubles(saved, 'evidence', TESTS.length));
    this.since.set(readDoubles(saved, 'since', TESTS.length));
    this.#over.set(readDoubles(saved, 'over', TESTS.length));
    this.#style.set(readDoubles(saved, 'style', this.#style.length));
    const active = Array.isArray(saved['active']) ? (saved['active'] as readonly Json[]) : [];
    for (let t = 0; t < TESTS.length; t++) this.active[t] = active[t] === 1 ? 1 : 0;
    const senders = Array.isArray(saved['senders']) ? (saved['senders'] as readonly Json[]) : [];
    this.#senders = undefined;
    for (const entry of senders) {
      const [sender, calls, evidence] = Array.isArray(entry) ? (entry as readonly Json[]) : [];
      const head = { evidence: evidence ?? null, calls: calls ?? null };
      this.#senders ??= new Map();
      this.#senders.set(String(sender), {
        evidence: readDoubles(head, 'evidence', LEVEL_TESTS.length),
        calls: readNumber(head, 'calls', 0),
      });
    }
  }
}
