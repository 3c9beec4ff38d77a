import type { Json } from '../../core/json.js';
import { readHead, readNumber } from '../detectors/state.js';
import type { Scope } from './places.js';
import { type DriftSignal, EXPLAINED_BY } from './signals.js';

/** Calls, and milliseconds, after a change was last heard of in which it still is the same incident. */
const HOLD_CALLS = 200;
const HOLD_TIME = 1_800_000;

/** Seen later than what they follow from, by so many calls: labels are late, lengths vary. */
const LAG_CALLS = 700;
const LAGGING: ReadonlySet<DriftSignal> = new Set(['accuracy', 'output_tokens', 'input_tokens', 'cost']);

interface Change {
  readonly signal: DriftSignal;
  readonly scope: Scope;
  /** When it began, and when it was last heard of: calls of the service, milliseconds since the epoch. */
  begunCalls: number;
  begunAt: number;
  heardCalls: number;
  heardAt: number;
  open: boolean;
}

/** False for two models, two providers, two values: no call is of both. */
function mayMeet(a: Scope, b: Scope): boolean {
  return (
    a.kind !== b.kind ||
    a.kind === 'all' ||
    a.name === b.name ||
    (a.kind === 'attribute' && attributeOf(a) !== attributeOf(b))
  );
}

function attributeOf({ name }: Scope): string {
  return name.slice(0, name.indexOf('='));
}

/**
 * Which changes are one incident: what comes back soon, or is seen in a further part of the traffic, tells nobody anew, and
 * neither does what an incident of another signal explains.
 */
export class Incidents {
  #changes: Change[] = [];

  /**
   * Hears of a change that begins or ends.
   * @returns whether somebody is to be told that it begins
   */
  hear(signal: DriftSignal, scope: Scope, begun: boolean, calls: number, at: number): boolean {
    const recent = (thenCalls: number, thenAt: number): boolean =>
      calls - thenCalls < HOLD_CALLS || at - thenAt < HOLD_TIME;
    this.#changes = this.#changes.filter(one => one.open || recent(one.heardCalls, one.heardAt));
    const sameScope = ({ scope: { kind, name } }: Change): boolean => kind === scope.kind && name === scope.name;
    // What is over is the same incident where it was, or in all traffic, only: elsewhere another one may begin.
    const same = (one: Change): boolean =>
      one.signal === signal &&
      (recent(one.begunCalls, one.begunAt) ||
        ((sameScope(one) || one.scope.kind === 'all') && recent(one.heardCalls, one.heardAt)) ||
        // Labels come in too slowly to tell two drops in the same calls apart.
        (signal === 'accuracy' && one.open && mayMeet(one.scope, scope)));
    const explains = (one: Change): boolean =>
      EXPLAINED_BY[signal]?.includes(one.signal) === true &&
      mayMeet(one.scope, scope) &&
      (recent(one.begunCalls, one.begunAt) || (one.open && LAGGING.has(signal) && calls - one.begunCalls < LAG_CALLS));
    const told = begun && !this.#changes.some(one => same(one) || explains(one));
    const known = this.#changes.find(
      one => one.signal === signal && one.scope.kind === scope.kind && one.scope.name === scope.name,
    );
    const change = known ?? {
      signal,
      scope,
      begunCalls: calls,
      begunAt: at,
      heardCalls: calls,
      heardAt: at,
      open: begun,
    };
    if (known === undefined) this.#changes.push(change);
    if (begun) {
      change.begunCalls = calls;
      change.begunAt = at;
    }
    change.heardCalls = calls;
    change.heardAt = at;
    change.open = begun;
    return told;
  }

  save(): Json {
    return this.#changes.map(change => ({ ...change, scope: { ...change.scope } }));
  }

  /** @throws MonitorError STATE_MISMATCH */
  restore(state: Json): void {
    this.#changes = (Array.isArray(state) ? (state as readonly Json[]) : []).map(entry => {
      const saved = readHead(entry, {});
      return {
        signal: saved['signal'] as DriftSignal,
        scope: readHead(saved['scope'] ?? null, {}) as unknown as Scope,
        begunCalls: readNumber(saved, 'begunCalls', 0),
        begunAt: readNumber(saved, 'begunAt', 0),
        heardCalls: readNumber(saved, 'heardCalls', 0),
        heardAt: readNumber(saved, 'heardAt', 0),
        open: saved['open'] === true,
      };
    });
  }
}
