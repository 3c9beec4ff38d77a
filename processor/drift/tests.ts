import { type DriftSignal, LEVEL_TESTS, LEVELS, type LevelName, RATES, STYLE } from './signals.js';

export interface DriftTest {
  readonly signal: DriftSignal;
  readonly direction: 'up' | 'down';
}

/** Every test that runs in a scope: one a rate, one a row of LEVEL_TESTS, one of how a model writes, one of late labels. */
export const TESTS: readonly DriftTest[] = [
  ...RATES.map(({ signal }) => ({ signal, direction: 'up' as const })),
  ...LEVEL_TESTS.map(({ signal, direction }) => ({ signal, direction })),
  { signal: 'behaviour', direction: 'up' },
  { signal: 'accuracy', direction: 'down' },
];
export const FIRST_LEVEL_TEST = RATES.length;
export const BEHAVIOUR_TEST = FIRST_LEVEL_TEST + LEVEL_TESTS.length;
export const ACCURACY_TEST = BEHAVIOUR_TEST + 1;

const indexOf = (name: LevelName): number => LEVELS.findIndex(level => level.name === name);

/** What a level test sums up. */
interface LevelTest {
  /** Indices into LEVELS. */
  readonly levels: readonly number[];
  readonly sign: 1 | -1;
  readonly shifts: number;
  readonly bySender: boolean;
}

export const LEVEL_TEST_PLANS: readonly LevelTest[] = LEVEL_TESTS.map(test => ({
  levels: test.levels.map(indexOf),
  sign: test.direction === 'up' ? 1 : -1,
  shifts: 'shifts' in test ? test.shifts : 1,
  bySender: test.levels.some(name => 'bySender' in LEVELS[indexOf(name)]!),
}));

/** The levels of a style, as indices into LEVELS; the first is of speed, the others of the text. */
export const STYLE_LEVELS: readonly number[] = STYLE.map(indexOf);
