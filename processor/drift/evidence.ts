const { log, max, min } = Math;

/** A value counts as at most so many spreads away: the tails of latencies and lengths are heavier than the normal law's. */
const FARTHEST = 3;
/** One call adds at most so much evidence: a few odd ones are no incident. */
export const MOST_EVIDENCE = 3;

/**
 * Log-likelihood ratio of "the level has moved by `shift` spreads" against "it has not", of one value under the normal law.
 * @param distance of the value to the usual level, in spreads
 * @param shift in spreads, above 0
 * @see Page 1954, Biometrika 41(1/2):100-115; Moustakides 1986, Ann. Statist. 14(4):1379-1387
 */
export function levelEvidence(distance: number, shift: number): number {
  // Where calls are so much alike that the shift itself is farther, it must still be within reach.
  const far = max(FARTHEST, shift);
  const z = max(-far, min(far, distance));
  return max(-MOST_EVIDENCE, min(MOST_EVIDENCE, shift * z - (shift * shift) / 2));
}

/**
 * Log-likelihood ratio of "it happens in a share `changed` of calls" against "in a share `usual`".
 * @param fact 1 where it happened, 0 where not, or a share between
 */
export function rateEvidence(fact: number, usual: number, changed: number): number {
  return fact * log(changed / usual) + (1 - fact) * log((1 - changed) / (1 - usual));
}
