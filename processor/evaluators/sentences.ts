/** A sentence and where it begins; lower case, straight apostrophes, as long as what it was made from. */
export interface Sentence {
  readonly text: string;
  readonly start: number;
}

const END = /[.!?](?=["')\]]{0,2}\s)|\n/g;
/** A sentence longer than this is cut: what stands further apart says nothing of each other. */
const MAX_LENGTH = 400;

/** The sentences of a text with their marks at the end, each at most 400 units long; empty ones are left out. */
export function sentencesOf(text: string): readonly Sentence[] {
  const lower = text.toLowerCase();
  const plain = (lower.length === text.length ? lower : text).replaceAll('’', "'");
  const found: Sentence[] = [];
  const add = (from: number, to: number): void => {
    for (let start = from; start < to; start += MAX_LENGTH) {
      const piece = plain.slice(start, Math.min(to, start + MAX_LENGTH));
      if (piece.length > MIN_LENGTH) found.push({ text: piece, start });
    }
  };
  let start = 0;
  END.lastIndex = 0;
  for (let match = END.exec(plain); match !== null; match = END.exec(plain)) {
    add(start, match.index + 1);
    start = match.index + 1;
  }
  add(start, plain.length);
  return found;
}

/** The shortest that says something: `Buy gold`. */
const MIN_LENGTH = 6;
