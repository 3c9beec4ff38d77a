import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Verdict } from './expression-worker.js';

/**
 * Whether each expression's time grows with more than the length of the text, by `recheck`, in two threads where there are two
 * cores. Its backend in plain JavaScript runs everywhere.
 * @returns the verdicts, in order
 */
export async function judgeExpressions(
  expressions: readonly { readonly source: string; readonly flags: string }[],
): Promise<readonly Verdict[]> {
  const verdicts = new Array<Verdict>(expressions.length);
  let next = 0;
  const work = async (): Promise<void> => {
    const worker = new Worker(new URL('./expression-worker.js', import.meta.url), {
      // In this thread itself: by default it asks a thread of its own, and gives up on a busy machine.
      env: { ...process.env, RECHECK_BACKEND: 'pure', RECHECK_SYNC_BACKEND: 'pure' },
    });
    try {
      while (next < expressions.length) {
        const at = next++;
        worker.postMessage({ source: expressions[at]?.source, flags: expressions[at]?.flags });
        const [verdict] = (await once(worker, 'message')) as [Verdict];
        verdicts[at] = verdict;
      }
    } finally {
      await worker.terminate();
    }
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, work));
  return verdicts;
}
