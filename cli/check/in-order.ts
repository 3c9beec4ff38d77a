/** Finished results that may wait for a slower one before them, for each that is worked on. */
const AHEAD = 8;

/**
 * Results of `work` in the order of its items, at most `limit` of them worked on at a time, and a bounded number held.
 * @param work never rejects
 */
export async function* inOrder<T, R>(
  items: AsyncIterable<T>,
  limit: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const results: Promise<R>[] = [];
  const waiting: (() => void)[] = [];
  let active = 0;
  const run = async (item: T): Promise<R> => {
    if (active >= limit) await new Promise<void>(resolve => waiting.push(resolve));
    active++;
    try {
      return await work(item);
    } finally {
      active--;
      waiting.shift()?.();
    }
  };
  for await (const item of items) {
    results.push(run(item));
    if (results.length >= limit * AHEAD) yield await (results.shift() as Promise<R>);
  }
  while (results.length > 0) yield await (results.shift() as Promise<R>);
}
