import type { Json } from '../../../core/json.js';
import type { Claim, Claimed, StateStore, StoredCall } from '../../../processor/state/state-store.js';

/** Opens another client of one and the same state. */
export type OpenStore = (service: string) => StateStore;

export const T = 1_790_000_000_000;

export function storedCall(n: number, over: Partial<StoredCall> = {}): StoredCall {
  return {
    ids: { callId: `call-${n}`, responseId: `resp-${n}`, spanId: `span-${n}` },
    at: T + n,
    data: { model: 'm', n },
    ...over,
  };
}

export function claimOf(n: number, token: string, verdict: Json = token, task = 'default'): Claim {
  return { callId: `call-${n}`, task, token, verdict };
}

export const FIRST: Claimed = { kind: 'first' };
export const UNKNOWN: Claimed = { kind: 'unknown' };
export const replaced = (verdict: Json): Claimed => ({ kind: 'replaced', verdict });
export const range = (n: number): number[] => Array.from({ length: n }, (_, i) => i);

/** Texts that a store may have trouble with, as identifiers and in what it keeps. */
export const ODD = [
  '',
  ' ',
  'a:b{c}d',
  'quote " and \\ and \\u0000',
  'line\nbreak\r\n',
  'nul \0 inside',
  'lone \ud800 surrogate',
  'lone \ud801 surrogate',
  '你好 🙂',
  "'; DROP TABLE llm_monitor_v1_calls; --",
  '__proto__',
  `${'long'.repeat(3000)}1`,
  `${'long'.repeat(3000)}2`,
  '["c","call-1",',
  '%',
];

/** One demand of the contract. `again` opens the same state once more, as another process would. */
export type Case = readonly [name: string, run: (store: StateStore, again: () => StateStore) => Promise<void>];
