import { best, isSpace } from './text-match.js';

const ORDERS = 6;
/** Recall counts for so much more than precision. */
const BETA = 2;
/** Characters of a text that are compared, white space aside: of a longer one the first ones. */
export const MAX_CHARACTERS = 4096;
/** So many references may be that long; of more, each is compared by less, so that no label costs more. */
const LONG_REFERENCES = 8;

/**
 * chrF, 0..1, the best over the references: F2 of the mean precision and the mean recall of character n-grams, 1 to 6, over the
 * orders that both texts have. Characters are code points; white space is left out, case kept. Both empty 1, one empty 0.
 * Time and memory grow with the characters, of which the first `limit` of each text are compared, and fewer with more than eight
 * references.
 * @see Popović 2015, WMT 392-395, with the defaults of sacreBLEU
 */
export function chrf(prediction: string, references: readonly string[], limit = MAX_CHARACTERS): number {
  const compared = Math.min(limit, Math.ceil((LONG_REFERENCES * limit) / Math.max(1, references.length)));
  const said = characters(prediction, compared);
  return best(references, reference => overlap(said, characters(reference, compared)));
}

function characters(text: string, limit: number): string[] {
  const out: string[] = [];
  for (const character of text) {
    if (isSpace(character)) continue;
    if (out.length === limit) break;
    out.push(character);
  }
  return out;
}

function overlap(said: readonly string[], other: readonly string[]): number {
  const shortest = Math.min(said.length, other.length);
  if (shortest === 0) return said.length === other.length ? 1 : 0;
  const letters = numbered([...said, ...other]);
  // Number of the n-gram that begins at each place, both texts one after the other.
  let grams = letters;
  let precision = 0;
  let recall = 0;
  const orders = Math.min(ORDERS, shortest);
  for (let n = 1; n <= orders; n++) {
    const ours = said.length - n + 1;
    const theirs = other.length - n + 1;
    if (n > 1) grams = lengthened(grams, letters, n, said.length);
    const common = commonOf(grams, ours, said.length, theirs);
    precision += common / ours;
    recall += common / theirs;
  }
  const [p, r] = [precision / orders, recall / orders];
  return p + r === 0 ? 0 : ((1 + BETA ** 2) * p * r) / (BETA ** 2 * p + r);
}

function numbered(all: readonly string[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(all, character => {
    const known = numbers.get(character) ?? numbers.size;
    if (known === numbers.size) numbers.set(character, known);
    return known;
  });
}

/**
 * Numbers the n-grams by those of one character less: two are the same where their beginnings and their last characters are. A
 * table of whole numbers costs a fraction of one by texts.
 */
function lengthened(shorter: Int32Array, letters: Int32Array, n: number, border: number): Int32Array {
  const total = letters.length;
  const mask = 2 ** Math.ceil(Math.log2(total * 2)) - 1;
  const places = new Int32Array(mask + 1).fill(-1);
  const firsts = new Int32Array(total);
  const out = new Int32Array(total).fill(-1);
  let count = 0;
  for (let i = 0; i + n <= total; i++) {
    if (i < border && i + n > border) continue;
    const start = shorter[i] as number;
    const last = letters[i + n - 1] as number;
    let slot = (Math.imul(start, 0x9e3779b1) + Math.imul(last, 0x85ebca6b)) & mask;
    for (;;) {
      const known = places[slot] as number;
      if (known < 0) {
        places[slot] = count;
        firsts[count] = i;
        out[i] = count++;
        break;
      }
      const first = firsts[known] as number;
      if (shorter[first] === start && letters[first + n - 1] === last) {
        out[i] = known;
        break;
      }
      slot = (slot + 1) & mask;
    }
  }
  return out;
}

/** n-grams that both have, each as often as both do. */
function commonOf(grams: Int32Array, ours: number, border: number, theirs: number): number {
  const left = new Int32Array(grams.length);
  for (let i = 0; i < ours; i++) left[grams[i] as number]!++;
  let common = 0;
  for (let i = border; i < border + theirs; i++) {
    const gram = grams[i] as number;
    if ((left[gram] as number) === 0) continue;
    left[gram]!--;
    common++;
  }
  return common;
}
