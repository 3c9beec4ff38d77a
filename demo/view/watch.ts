import type { Clock } from '../../core/clock.js';
import { type Figures, readFigures } from './figures.js';
import { Scrape } from './scrape.js';

/** Milliseconds that count as "lately". */
const LATELY = 15_000;
const EVERY = 1000;
const HISTORY = 60;

export interface Watch {
  /** The latest figures; undefined before the first scrape. */
  figures(): Figures | undefined;
  /** Accuracy at each of the last 60 scrapes that had one. */
  accuracyHistory(): readonly number[];
  /** Scrapes that failed. */
  failures(): number;
  /** Reads once more, now. */
  refresh(): Promise<void>;
  stop(): void;
}

/**
 * Reads a `/metrics` page once a second.
 * @param fetchText gives the page; rejects where it cannot be had, which is counted and tried again
 */
export function startWatch(fetchText: () => Promise<string>, clock: Clock, seen: () => void): Watch {
  const accuracies: number[] = [];
  let scrapes: Scrape[] = [];
  let failures = 0;
  let figures: Figures | undefined;
  let stopped = false;
  let cancel = (): void => undefined;

  const refresh = async (): Promise<void> => {
    try {
      const now = new Scrape(await fetchText(), clock.now());
      scrapes = [...scrapes.filter(scrape => scrape.at >= now.at - LATELY), now];
      figures = readFigures(scrapes[0] ?? now, now);
      if (figures.accuracy !== undefined) accuracies.push(figures.accuracy.value);
      if (accuracies.length > HISTORY) accuracies.shift();
    } catch {
      failures += 1;
    }
  };
  const again = (): void => {
    cancel = clock.setTimeout(async () => {
      await refresh();
      if (stopped) return;
      seen();
      again();
    }, EVERY);
  };
  again();
  return {
    figures: () => figures,
    accuracyHistory: () => accuracies,
    failures: () => failures,
    refresh,
    stop: () => {
      stopped = true;
      cancel();
    },
  };
}
