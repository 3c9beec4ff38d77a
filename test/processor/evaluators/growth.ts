/** How the cost of reading a text grows with its length. */

/** Milliseconds for the longer text that no super-linear search comes near: there is nothing to judge below. */
const CHEAP = 1;
const FLOOR = 0.02;
export const SHORTER = 5000;
export const LONGER = 20_000;
/** Times the cost for four times the text: 4 is linear, 16 quadratic. */
const MOST = 8;
const ATTEMPTS = 5;
/** What may be spent on measuring one text once more, in milliseconds. */
const PATIENCE = 100;

export interface Growth {
  readonly ratio: number;
  /** The least milliseconds for the longer text. */
  readonly cost: number;
}

/** A piece repeated up to a length. */
export function repeated(piece: string, length: number): string {
  return piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
}

/** Milliseconds of this process alone: what others do on the machine in the meantime does not count. */
function cost(run: () => unknown): number {
  const begin = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000;
}

/** The least cost of some runs: noise only ever adds. */
function least(run: () => unknown, rounds: number): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0, spent = 0; round < rounds && (round < 2 || spent < PATIENCE); round++) {
    const one = cost(run);
    spent += one;
    best = Math.min(best, one);
    if (best < FLOOR) break;
  }
  return best;
}

/**
 * The growth of a cost over four times the text, measured anew up to five times while it looks too steep, each time longer: the
 * least cost of each length counts.
 * @param prepare gives the run for a text of a length, and may do what is not to be measured
 */
export function growthOf(prepare: (length: number) => () => unknown): Growth {
  const long = prepare(LONGER);
  let longCost = cost(long);
  if (longCost < CHEAP) return { ratio: 1, cost: longCost };
  const short = prepare(SHORTER);
  let shortCost = Number.POSITIVE_INFINITY;
  for (let attempt = 1; ; attempt++) {
    shortCost = Math.min(shortCost, least(short, 2 * attempt));
    const ratio = (longCost + FLOOR) / (shortCost + FLOOR);
    // What takes as long as that is measured well enough by a few runs.
    if (ratio <= MOST || attempt === ATTEMPTS || (attempt > 1 && longCost > PATIENCE)) return { ratio, cost: longCost };
    longCost = Math.min(longCost, least(long, 3 * attempt));
  }
}

/** Whether four times the text took more than linear time allows. */
export function isSteep({ ratio }: Growth): boolean {
  return ratio > MOST;
}
