const END = /[.!?]["')\]]{0,2}\s|\n/g;
/** A sentence longer than this is cut: what stands further away says nothing of a match. */
const REACH = 240;

/** The sentence that holds [start, end) of a text, at most 240 units before and behind it, in lower case. */
export function sentenceAround(text: string, start: number, end: number): string {
  const from = Math.max(0, start - REACH);
  const before = text.slice(from, start);
  let opening = 0;
  END.lastIndex = 0;
  for (let match = END.exec(before); match !== null; match = END.exec(before)) opening = match.index + match[0].length;
  const behind = text.slice(end, end + REACH);
  const closing = behind.search(/[.!?](?:["')\]]{0,2}\s|$)|\n/);
  return text.slice(from + opening, closing < 0 ? end + REACH : end + closing + 1).toLowerCase();
}

/** The part of a sentence that stands before a match, at most `reach` units, cut where the sentence begins; in lower case. */
export function leadUp(text: string, start: number, reach: number): string {
  const before = text.slice(Math.max(0, start - reach), start).toLowerCase();
  const cut = Math.max(
    before.lastIndexOf('. '),
    before.lastIndexOf('\n'),
    before.lastIndexOf('! '),
    before.lastIndexOf('? '),
  );
  return before.slice(cut + 1);
}
