import type { Json } from '../../core/json.js';
import { packBytes, readDoubles, readHead, readNumber } from '../detectors/state.js';
import type { Scope } from './places.js';
import { SenderSums } from './sender-sums.js';
import { RATES } from './signals.js';
import { BEHAVIOUR_TEST, FIRST_LEVEL_TEST, LEVEL_TEST_PLANS, STYLE_LEVELS, TESTS } from './tests.js';

const { max, min } = Math;
/** Calls of a scope before anything is tested in it. */
const FEW = 30;
/** How much more evidence a level needs than a rate, whose law is known: its own is not quite the normal one. */
const LEVEL_FACTOR = 2.2;
/** Evidence piles up to so many times the threshold, so that it can fall again soon. */
const CEILING = 1.5;
/** A rate that changes massively is rarer than one that changes as much as matters: so much more evidence, as a logarithm. */
const RARE = 2;
/** Of each level of a style, what chance alone piles up. */
const CHANCE = 3;
/** Evidence from the text that another model writes: a provider that is slower is no other model. */
const TEXT = 4;

/** The evidence of a call, the same for all scopes; NaN where it says nothing. */
export interface CallEvidence {
  /** One number a rate of RATES, for the change that matters, and for one that is massive. */
  readonly rates: Float64Array;
  readonly massive: Float64Array;
  /** One number a level test. */
  readonly levels: Float64Array;
  /** Two numbers a level of a style: up, down. */
  readonly style: Float64Array;
  readonly sender: string;
  /** True where the sender's traffic surges. */
  readonly surges: boolean;
}

/** Hears that a test says a change has begun, or is over. */
export type OnChange = (tests: ScopeTests, test: number, begun: boolean) => void;

/**
 * The tests of one scope: cumulative sums of log-likelihood ratios, none below 0 (Page 1954), that speak when they pass a
 * threshold; after that they must fall back to nothing, or by more than the threshold in all, until it is over. How a model writes
 * is one sum over what each of its levels has beyond chance (Liu, Zhang, Mei 2019, Technometrics 61(2):153-164), so that it need
 * not be known beforehand which of them another model changes, or which way.
 */
export class ScopeTests {
  readonly scope: Scope;
  calls = 0;
  /** Calls of the service when this scope last had one, and when that was, in milliseconds since the epoch. */
  lastCall = 0;
  lastAt = 0;
  readonly evidence = new Float64Array(TESTS.length);
  readonly active = new Uint8Array(TESTS.length);
  /** `calls` when the evidence was last nothing. */
  readonly since = new Float64Array(TESTS.length);
  /** Evidence that it is over. */
  readonly #over = new Float64Array(TESTS.length);
  /** Of the levels of a style, up and down. */
  readonly #style = new Float64Array(2 * STYLE_LEVELS.length);
  /** Of each rate, that it has changed as much as matters, and massively. */
  readonly #slight = new Float64Array(RATES.length);
  readonly #massive = new Float64Array(RATES.length);
  #senders: SenderSums | undefined;

  constructor(scope: Scope) {
    this.scope = scope;
  }

  /** @param threshold evidence from which a rate has changed; infinite where nothing is to be said yet */
  step(call: CallEvidence, threshold: number, onChange: OnChange): void {
    if (++this.calls <= FEW || threshold === Number.POSITIVE_INFINITY) return;
    for (let r = 0; r < RATES.length; r++) {
      if (!Number.isNaN(call.rates[r]!)) this.#rate(r, call.rates[r]!, call.massive[r]!, threshold, onChange);
    }
    const high = threshold * LEVEL_FACTOR;
    const { levels, sender } = call;
    for (let t = 0; t < levels.length; t++) {
      const evidence = levels[t]!;
      if (Number.isNaN(evidence)) continue;
      const test = FIRST_LEVEL_TEST + t;
      if (!LEVEL_TEST_PLANS[t]!.bySender || sender === '') this.add(test, evidence, high, onChange);
      else {
        this.#senders ??= new SenderSums();
        this.#set(test, this.#senders.add(sender, t, evidence, high, call.surges), high, onChange);
      }
    }
    if (this.scope.kind === 'model') this.#writes(call.style, high, onChange);
  }

  /** Adds a call's evidence to that of a test. */
  add(test: number, evidence: number, threshold: number, onChange: OnChange): void {
    this.#set(test, max(0, min(this.evidence[test]! + evidence, threshold * CEILING)), threshold, onChange);
  }

  #rate(r: number, slight: number, massive: number, threshold: number, onChange: OnChange): void {
    const most = threshold * CEILING;
    this.#slight[r] = max(0, min(most, this.#slight[r]! + slight));
    this.#massive[r] = max(0, min(most + RARE, this.#massive[r]! + massive));
    this.#set(r, max(this.#slight[r]!, this.#massive[r]! - RARE), threshold, onChange);
  }

  /** Ends whatever is active: no more is heard of this scope. */
  close(onChange: OnChange): void {
    for (let t = 0; t < TESTS.length; t++) if (this.active[t] === 1) this.#end(t, onChange);
  }

  #writes(evidence: Float64Array, threshold: number, onChange: OnChange): void {
    const style = this.#style;
    let total = 0;
    let speed = 0;
    for (let s = 0; s < style.length; s += 2) {
      if (!Number.isNaN(evidence[s]!)) {
        style[s] = max(0, min(threshold, style[s]! + evidence[s]!));
        style[s + 1] = max(0, min(threshold, style[s + 1]! + evidence[s + 1]!));
      }
      total += max(0, max(style[s]!, style[s + 1]!) - CHANCE);
      if (s === 0) speed = total;
    }
    // A provider in trouble is slower, hardly ever faster.
    const faster = style[1]! > style[0]!;
    const isText = total - speed > (faster ? TEXT : 2 * TEXT);
    this.#set(BEHAVIOUR_TEST, isText ? total : min(total, threshold), threshold, onChange);
  }

  #set(test: number, value: number, threshold: number, onChange: OnChange): void {
    const before = this.evidence[test]!;
    this.evidence[test] = value;
    if (value === 0) this.since[test] = this.calls;
    if (this.active[test] === 1) {
      this.#over[test] = max(0, this.#over[test]! + before - value);
      if (value === 0 || this.#over[test]! > threshold) this.#end(test, onChange);
    } else if (value > threshold) {
      this.active[test] = 1;
      this.#over[test] = 0;
      onChange(this, test, true);
    }
  }

  #end(test: number, onChange: OnChange): void {
    this.active[test] = 0;
    this.evidence[test] = 0;
    if (test < RATES.length) {
      this.#slight[test] = 0;
      this.#massive[test] = 0;
    } else if (test === BEHAVIOUR_TEST) this.#style.fill(0);
    else if (test >= FIRST_LEVEL_TEST) this.#senders?.reset(test - FIRST_LEVEL_TEST);
    onChange(this, test, false);
    this.since[test] = this.calls;
  }

  save(): Json {
    return {
      kind: this.scope.kind,
      name: this.scope.name,
      calls: this.calls,
      lastCall: this.lastCall,
      lastAt: this.lastAt,
      evidence: packBytes(this.evidence),
      active: [...this.active],
      since: packBytes(this.since),
      over: packBytes(this.#over),
      slight: packBytes(this.#slight),
      massive: packBytes(this.#massive),
      style: packBytes(this.#style),
      senders: this.#senders?.save() ?? null,
    };
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    const saved = readHead(state, { kind: this.scope.kind, name: this.scope.name });
    this.calls = readNumber(saved, 'calls', 0);
    this.lastCall = readNumber(saved, 'lastCall', 0);
    this.lastAt = readNumber(saved, 'lastAt', 0);
    this.evidence.set(readDoubles(saved, 'evidence', TESTS.length));
    this.since.set(readDoubles(saved, 'since', TESTS.length));
    this.#over.set(readDoubles(saved, 'over', TESTS.length));
    this.#slight.set(readDoubles(saved, 'slight', RATES.length));
    this.#massive.set(readDoubles(saved, 'massive', RATES.length));
    this.#style.set(readDoubles(saved, 'style', this.#style.length));
    const active = Array.isArray(saved['active']) ? (saved['active'] as readonly Json[]) : [];
    for (let t = 0; t < TESTS.length; t++) this.active[t] = active[t] === 1 ? 1 : 0;
    const senders = saved['senders'] ?? null;
    this.#senders = senders === null ? undefined : new SenderSums();
    this.#senders?.restore(senders);
  }
}
