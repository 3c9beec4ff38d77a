import { createRandom } from '../../core/random.js';
import { OUT_OF_DOMAIN, type Question } from '../questions.js';

/** A question with the time it is asked and the time its label takes. */
export interface PlannedQuestion {
  /** Milliseconds from the start. */
  readonly at: number;
  readonly question: Question;
  /** How the help desk is asked: `chat` streams the answer, `mail` takes it whole. */
  readonly channel: 'chat' | 'mail';
  /** Milliseconds from the answer to its label; undefined for the answers that nobody ever labels. */
  readonly labelDelay: number | undefined;
}

export interface PlanOptions {
  readonly seed: number;
  /** Questions a second on average. */
  readonly rate: number;
}

const BLOCK = 100;
/** Questions in a block of 100 that have nothing to do with a bank: the model answers them all the same, and wrongly. */
const OUT_OF_DOMAIN_A_BLOCK = 3;
const LABELLED_SHARE = 0.9;
const LABEL_DELAY = { shortest: 1000, longest: 5000 };
/** Longest gap, in mean gaps: without a bound one gap in e^5 makes a quiet demo look stuck. */
const LONGEST_GAP = 4;

function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    const item = out[i] as T;
    out[i] = out[j] as T;
    out[j] = item;
  }
  return out;
}

/** Items in shuffled rounds, for ever: none comes again before all have come. */
function* rounds<T>(items: readonly T[], random: () => number): Generator<T, never, void> {
  for (;;) yield* shuffled(items, random);
}

/**
 * The traffic of the demo, without end and the same for the same seed: Poisson arrivals, every question about a bank once a
 * round, 3 of each 100 about something else, half of them streamed, nine in ten labelled after 1 to 5 s.
 */
export function* planTraffic(
  questions: readonly Question[],
  { seed, rate }: PlanOptions,
): Generator<PlannedQuestion, never, void> {
  const random = createRandom(seed);
  const inside = rounds(
    questions.filter(question => question.intent !== OUT_OF_DOMAIN),
    random,
  );
  const outside = rounds(
    questions.filter(question => question.intent === OUT_OF_DOMAIN),
    random,
  );
  const gap = 1000 / rate;
  let at = 0;
  for (;;) {
    const places = shuffled([...Array(BLOCK).keys()], random);
    const strange = new Set(places.slice(0, OUT_OF_DOMAIN_A_BLOCK));
    for (let place = 0; place < BLOCK; place++) {
      at += gap * Math.min(LONGEST_GAP, -Math.log(1 - random()));
      const { shortest, longest } = LABEL_DELAY;
      yield {
        at,
        question: (strange.has(place) ? outside : inside).next().value,
        channel: random() < 0.5 ? 'chat' : 'mail',
        labelDelay: random() < LABELLED_SHARE ? shortest + (longest - shortest) * random() ** 2 : undefined,
      };
    }
  }
}
