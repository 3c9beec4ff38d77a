import type { Json } from '../../core/json.js';
import type { Claimed } from './state-store.js';

/** One label of a call and task: its token, its verdict as JSON text, and which one it was, from 1. */
export interface ChainLink {
  readonly t: string;
  readonly v: string;
  readonly n: number;
}

/** Labels of a call and task, oldest first. The latest alone counts; the ones before it are kept for claims that are sent again. */
export type LabelChain = readonly ChainLink[];

/** Links kept of a chain: a claim that is sent again after this many later ones counts as new. */
export const CHAIN_LENGTH = 32;

/**
 * What the claim of a token was answered, and is answered again.
 * @returns undefined if the chain does not hold it, or no longer what it took the place of
 */
export function answerOf(chain: LabelChain, token: string): Claimed | undefined {
  const at = chain.findIndex(link => link.t === token);
  const link = chain[at];
  if (link === undefined) return undefined;
  if (link.n === 1) return { kind: 'first' };
  const before = chain[at - 1];
  return before && { kind: 'replaced', verdict: JSON.parse(before.v) as Json };
}

/** The chain with one more label at its end; of a long chain the oldest link goes. */
export function chainWith(chain: LabelChain, token: string, verdict: Json): LabelChain {
  const link: ChainLink = { t: token, v: JSON.stringify(verdict), n: (chain.at(-1)?.n ?? 0) + 1 };
  return [...chain.slice(-(CHAIN_LENGTH - 1)), link];
}
