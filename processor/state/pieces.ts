/** Cuts a list into pieces of at most `size`, in order. */
export function* inPieces<T>(list: readonly T[], size: number): Generator<readonly T[]> {
  for (let i = 0; i < list.length; i += size) yield list.slice(i, i + size);
}
