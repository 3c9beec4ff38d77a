import { type Finder, type Found, isWordUnit, search } from './finder.js';
import { passesLuhn } from './pii-checksums.js';

/** The usual groups, or all digits in a row. */
const CARD = /\d{4}(?:([ .-])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?|([ -])\d{6}\2\d{4,5}|\d{10,15})(?!\d)/g;

/** Prefixes of issuers by the length of the number, where length and prefix together are rare enough to need no word for it. */
const ISSUERS: ReadonlyMap<number, RegExp> = new Map([
  [14, /^3(?:0[0-5]|[689])/],
  [15, /^(?:3[47]|1800|2131)/],
  [
    16,
    /^(?:4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|6011|64[4-9]|65|62[0-9]|35(?:2[89]|[3-8]\d)|3(?:0[0-5]|[689]))/,
  ],
]);

/** A card number whatever its issuer, for use behind a word such as `card`. */
export function isCardNumber(digits: string): boolean {
  return digits.length >= 12 && digits.length <= 19 && !/^(?:0|(\d)\1*$)/.test(digits) && passesLuhn(digits);
}

/** Payment cards: an issuer's prefix with its length, and the check digit. */
export const findCards: Finder = text => search(text, CARD, match => readCard(text, match));

function readCard(text: string, match: RegExpExecArray): Found | undefined {
  const start = match.index;
  const end = start + match[0].length;
  if (isPartOfMore(text, start, end)) return undefined;
  const digits = match[0].replace(/\D/g, '');
  if (ISSUERS.get(digits.length)?.test(digits) !== true || !isCardNumber(digits)) return undefined;
  // Fourteen digits in a row are more often a time stamp.
  if (digits.length === 14 && digits.length === match[0].length) return undefined;
  return { kind: 'card', start, end, confidence: 0.95 };
}

/** A decimal fraction, a longer group of numbers, or a word. */
export function isPartOfMore(text: string, start: number, end: number): boolean {
  if (isWordUnit(text.charCodeAt(start - 1)) || isWordUnit(text.charCodeAt(end))) return true;
  const before = text.charAt(start - 1);
  if ((before === '.' || before === '-' || before === ',') && isWordUnit(text.charCodeAt(start - 2))) return true;
  const after = text.charAt(end);
  return (after === '.' || after === '-' || after === ',') && /\d/.test(text.charAt(end + 1));
}
