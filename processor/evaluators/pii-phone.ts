import { type Finder, type Found, isWordUnit, search } from './finder.js';

/** With its country: `+44 20 7946 0000`. */
const INTERNATIONAL = /\+\(?\d(?:[ .\-()/]{0,2}\d){7,14}(?!\d)/g;
/** Of North America: `(415) 555-0100`, `415-555-0100`, `1-415-555-0100`. */
const NORTH_AMERICAN = /(?:\([2-9]\d{2}\)[ -]?|[2-9]\d{2}[.-])\d{3}[ .-]\d{4}(?!\d)/g;
/** Numbers of companies: the caller does not pay. */
const TOLL_FREE = /^1?8(?:00|33|44|55|66|77|88)/;
const ZEROS = /0{6}$/;
/** `(555) 555-5555`: how examples look. */
const ONE_DIGIT = /^(\d)\1+$/;

/** Telephone numbers whose form needs no word for it; others are found behind a label such as `phone`. */
export const findPhones: Finder = text => {
  const found = text.includes('+') ? search(text, INTERNATIONAL, match => readInternational(text, match)) : [];
  return [...found, ...search(text, NORTH_AMERICAN, match => readNorthAmerican(text, match))];
};

function readInternational(text: string, match: RegExpExecArray): Found | undefined {
  const start = match.index;
  const end = start + match[0].length;
  if (isWordUnit(text.charCodeAt(start - 1)) || isWordUnit(text.charCodeAt(end))) return undefined;
  const digits = match[0].replace(/\D/g, '');
  if (digits.startsWith('0') || ZEROS.test(digits)) return undefined;
  if (digits.startsWith('1') && (digits.length !== 11 || TOLL_FREE.test(digits))) return undefined;
  return { kind: 'phone', start, end, confidence: 0.95 };
}

function readNorthAmerican(text: string, match: RegExpExecArray): Found | undefined {
  let start = match.index;
  const end = start + match[0].length;
  const digits = match[0].replace(/\D/g, '');
  if (/(?<![\w.-])1[ .-]$/.test(text.slice(Math.max(0, start - 3), start))) start -= 2;
  const before = text.charAt(start - 1);
  if (isWordUnit(text.charCodeAt(start - 1)) || before === '-' || before === '.' || before === '/') return undefined;
  const after = text.charAt(end);
  if (isWordUnit(text.charCodeAt(end)) || ((after === '-' || after === '.') && /\d/.test(text.charAt(end + 1))))
    return undefined;
  if (TOLL_FREE.test(digits) || ZEROS.test(digits) || ONE_DIGIT.test(digits)) return undefined;
  return { kind: 'phone', start, end, confidence: 0.9 };
}

/** Whether digits and signs behind a word for a telephone are a number to call. */
export function isPhoneNumber(written: string): boolean {
  const digits = written.replace(/\D/g, '');
  if (digits.length < 7 || digits.length > 15) return false;
  if (TOLL_FREE.test(digits) && digits.length >= 10) return false;
  if (ZEROS.test(digits) || ONE_DIGIT.test(digits) || /^(?:19|20)\d{6}$/.test(written)) return false;
  // Dates, spans of years and addresses of machines.
  return !/^(?:(?:19|20)\d\d[-./](?:\d\d?[-./]\d\d?|(?:19|20)\d\d)|\d\d?[-./]\d\d?[-./](?:19|20)?\d\d|\d+\.\d+\.\d+\.\d+)(?![-./]?\d)/.test(
    written,
  );
}
