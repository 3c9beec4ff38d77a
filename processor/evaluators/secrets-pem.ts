import { type Finder, search } from './finder.js';

const BEGIN = /-----BEGIN (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/g;
const END = /-----END (?:[A-Z0-9]{2,12} ){0,3}PRIVATE KEY(?: BLOCK)?-----/y;
const MAX_BODY = 16_384;
/** Base 64 in one row: prose behind a header has no such word. */
const MIN_ROW = 36;

/** Private keys in PEM: the header with a body behind it, to the footer or as far as the body goes. */
export const findPrivateKeys: Finder = text =>
  search(text, BEGIN, match => {
    const end = bodyEnd(text, match.index + match[0].length);
    if (end === undefined) return undefined;
    END.lastIndex = end;
    const footer = END.exec(text)?.[0] ?? '';
    return { kind: 'private_key', start: match.index, end: end + footer.length, confidence: 0.99 };
  });

/** Walks over base 64, white space, written line ends (`\n`) and headers of encrypted keys, until the next `-----`. */
function bodyEnd(text: string, from: number): number | undefined {
  let row = 0;
  let longest = 0;
  let at = from;
  for (; at < text.length && at - from < MAX_BODY; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x2d && text.startsWith('-----', at)) break;
    if (isBase64(unit)) {
      row++;
      continue;
    }
    longest = Math.max(longest, row);
    row = 0;
    if (!/[\s\\"',:>-]/.test(text.charAt(at))) break;
  }
  return Math.max(longest, row) < MIN_ROW || /x{8}|X{8}/.test(text.slice(from, at)) ? undefined : at;
}

function isBase64(unit: number): boolean {
  return (
    (unit >= 0x61 && unit <= 0x7a) ||
    (unit >= 0x41 && unit <= 0x5a) ||
    (unit >= 0x2f && unit <= 0x39) ||
    unit === 0x2b ||
    unit === 0x3d
  );
}
