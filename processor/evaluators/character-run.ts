/** A run of one character that is not white space. `rule`: a sign that people draw lines or fill places with (`---`, `...`, `xxx`). */
export interface CharacterRun {
  readonly length: number;
  readonly start: number;
  readonly rule: boolean;
}

export const NO_RUN: CharacterRun = { length: 0, start: 0, rule: false };

/** Shorter runs of a character are ordinary (`!!!`, `......`). */
const MIN_RUN = 8;
/** Signs that people draw lines with, fill places with, or write numbers with. */
const RULE = new Set([...'-=_*~#.+|─━═·•/<>xX0123456789'].map(sign => sign.charCodeAt(0)));
const SPACE_UNIT = 0x20;
/** A rule counts less: it must not hide a run of something else. */
const RULE_SHARE = 5;

/**
 * The longest run of one UTF-16 unit in [from, to) of a text, if it is longer than `kept`. Every run that counts covers a place
 * that is looked at, so that most of the text is not. Of characters of two units a loop of words tells more.
 */
export function longestRun(text: string, from: number, to: number, kept: CharacterRun): CharacterRun {
  let best = kept;
  for (let at = from; at + 1 < to; at += MIN_RUN - 1) {
    const unit = text.charCodeAt(at);
    if (unit !== text.charCodeAt(at + 1)) continue;
    let start = at;
    while (start > from && text.charCodeAt(start - 1) === unit) start--;
    let end = at + 2;
    while (end < to && text.charCodeAt(end) === unit) end++;
    // The next place is the first that the run leaves open.
    at = end - (MIN_RUN - 1);
    if (end - start < MIN_RUN || unit === SPACE_UNIT || (unit >= 0x09 && unit <= 0x0d)) continue;
    const rule = RULE.has(unit);
    const share = best.rule ? best.length / RULE_SHARE : best.length;
    if ((end - start) / (rule ? RULE_SHARE : 1) > share) best = { length: end - start, start, rule };
  }
  return best;
}
