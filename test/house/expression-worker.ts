/** Judges regular expressions one by one for `expression-judge.ts`: a thread of its own, as a verdict takes up to minutes. */

import { parentPort } from 'node:worker_threads';
import { checkSync, type Diagnostics, type Parameters } from 'recheck';

/**
 * Bounded repeats are no reason to give up the proof by automaton for a search by chance. No limit of time inside that search:
 * on a busy machine it would end early and say `safe`. Texts as long as an evaluator reads.
 */
const PARAMETERS: Parameters = {
  maxRepeatCount: 20_000,
  maxPatternSize: 20_000,
  maxInitialGenerationSize: 200,
  maxAttackStringSize: 30_000,
  attackLimit: 100_000_000,
  incubationTimeout: null,
  attackTimeout: null,
  recallTimeout: -1,
};

export interface Verdict {
  readonly status: Diagnostics['status'];
  /** Why, in a line. */
  readonly detail: string;
  readonly checker: string;
  readonly milliseconds: number;
}

function judge(source: string, flags: string): Verdict {
  const begin = performance.now();
  let found = checkSync(source, flags, { ...PARAMETERS, timeout: 10_000 });
  // Where the automaton grows too large to be looked through, the search still may.
  if (found.status === 'unknown') found = checkSync(source, flags, { ...PARAMETERS, checker: 'fuzz', timeout: 90_000 });
  const detail =
    found.status === 'vulnerable'
      ? `${found.complexity.summary}, as with ${found.attack.pattern}`
      : found.status === 'unknown'
        ? `not decided: ${found.error.kind}`
        : found.complexity.summary;
  return { status: found.status, detail, checker: found.checker ?? '', milliseconds: performance.now() - begin };
}

parentPort?.on('message', ({ source, flags }: { source: string; flags: string }) => {
  parentPort?.postMessage(judge(source, flags));
});
