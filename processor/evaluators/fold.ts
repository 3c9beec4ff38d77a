/** What a character is to a scan. Ordered: everything up to `DIGIT` is part of a word. */
export const LETTER = 0;
export const DIGIT = 1;
/** A word by itself: scripts without spaces, emoji. */
export const SINGLE = 2;
export const SPACE = 3;
export const NEWLINE = 4;
export const APOSTROPHE = 5;
export const STOP = 6;
export const SYMBOL = 7;
/** Invisible or a combining mark: as if it were not there. */
export const IGNORED = 8;

const CODE_BITS = 21;
const CODE_MASK = (1 << CODE_BITS) - 1;

/** The kind in a packed answer of `foldAscii` and `foldCodePoint`. */
export function kindOf(packed: number): number {
  return packed >>> CODE_BITS;
}

/** The folded code point in a packed answer of `foldAscii` and `foldCodePoint`. */
export function codeOf(packed: number): number {
  return packed & CODE_MASK;
}

function pack(kind: number, code: number): number {
  return (kind << CODE_BITS) | code;
}

function foldAsciiCode(code: number): number {
  if (code >= 0x61 && code <= 0x7a) return pack(LETTER, code);
  if (code >= 0x41 && code <= 0x5a) return pack(LETTER, code | 0x20);
  if (code >= 0x30 && code <= 0x39) return pack(DIGIT, code);
  if (code === 0x0a) return pack(NEWLINE, code);
  if (code === 0x20 || (code >= 0x09 && code <= 0x0d)) return pack(SPACE, code);
  if (code === 0x27) return pack(APOSTROPHE, code);
  if (code === 0x2e || code === 0x21 || code === 0x3f) return pack(STOP, code);
  return pack(code < 0x20 || code === 0x7f ? IGNORED : SYMBOL, code);
}

let ascii: Int32Array | undefined;

/** The packed kind and folded code of each ASCII character, as a table; made at the first use. */
export function asciiTable(): Int32Array {
  ascii ??= Int32Array.from({ length: 128 }, (_, code) => foldAsciiCode(code));
  return ascii;
}

let asciiWord: Uint8Array | undefined;

/** The folded code of each ASCII letter and digit, 0 for every other character, as a table; made at the first use. */
export function asciiWordTable(): Uint8Array {
  asciiWord ??= Uint8Array.from(asciiTable(), packed => (kindOf(packed) <= DIGIT ? codeOf(packed) : 0));
  return asciiWord;
}

/** Letters of other scripts that look like a Latin one. */
const LOOK_ALIKES = new Map(
  Object.entries({
    а: 'a',
    е: 'e',
    о: 'o',
    р: 'p',
    с: 'c',
    у: 'y',
    х: 'x',
    і: 'i',
    ѕ: 's',
    ј: 'j',
    ԁ: 'd',
    һ: 'h',
    ο: 'o',
    ν: 'v',
    α: 'a',
    ı: 'i',
    к: 'k',
    м: 'm',
    т: 't',
    н: 'h',
    в: 'b',
    ԛ: 'q',
    ԝ: 'w',
    ѵ: 'v',
    ӏ: 'l',
    ɡ: 'g',
    ε: 'e',
    ι: 'i',
    κ: 'k',
    τ: 't',
    υ: 'u',
    ρ: 'p',
    χ: 'x',
    ո: 'n',
    ø: 'o',
    ł: 'l',
    đ: 'd',
  }).map(([from, to]) => [from.codePointAt(0) as number, to.charCodeAt(0)]),
);

/** Kana, Han, Hangul, Thai, Lao, Myanmar, Khmer: no spaces between words, so each character stands for one. */
function isUnspaced(code: number): boolean {
  if (code < 0x0e00) return false;
  if (code >= 0x3040)
    return (
      code <= 0x30ff ||
      (code >= 0x3400 && code <= 0x9fff) ||
      (code >= 0xac00 && code <= 0xd7a3) ||
      (code >= 0xf900 && code <= 0xfaff) ||
      (code >= 0x20000 && code <= 0x3ffff)
    );
  return code <= 0x0eff || (code >= 0x1000 && code <= 0x109f) || (code >= 0x1780 && code <= 0x17ff);
}
const STOPS = new Set([0x3002, 0xff0e, 0xff01, 0xff1f, 0x2026, 0x0964, 0x061f, 0x06d4, 0xff61]);

function foldSlow(code: number): number {
  if (code === 0x2019 || code === 0x2018 || code === 0x02bc) return pack(APOSTROPHE, 0x27);
  if (STOPS.has(code)) return pack(STOP, code);
  const text = String.fromCodePoint(code);
  if (/[\p{Mn}\p{Me}\p{Cf}\p{Cs}\p{Co}\p{Cc}]/u.test(text)) return pack(code === 0x85 ? NEWLINE : IGNORED, code);
  if (code === 0x2028 || code === 0x2029) return pack(NEWLINE, code);
  if (/\p{Z}/u.test(text)) return pack(SPACE, code);
  const alike = LOOK_ALIKES.get(code);
  if (alike !== undefined) return pack(LETTER, alike);
  const base = text.normalize('NFKD').toLowerCase().codePointAt(0) as number;
  if (base < 128) return foldAsciiCode(base);
  const folded = LOOK_ALIKES.get(base) ?? base;
  const shown = String.fromCodePoint(folded);
  if (/[\p{L}\p{M}]/u.test(shown)) return pack(LETTER, folded);
  if (/\p{N}/u.test(shown)) return pack(DIGIT, folded);
  return pack(/\p{So}/u.test(shown) ? SINGLE : SYMBOL, folded);
}

/** Answers for the basic plane, filled as characters are met: looking one up costs a thousandth of working it out. */
let known: Int32Array | undefined;

/**
 * Kind and folded form of a code point beyond ASCII: compatibility form without marks, in lower case, look-alikes of Latin
 * letters as these. Only the first code point of a longer form is kept. A lone surrogate is ignored.
 * @returns packed; read it with `kindOf` and `codeOf`
 */
export function foldCodePoint(code: number): number {
  if (isUnspaced(code)) return pack(SINGLE, code);
  if (code > 0xffff) return foldAstral(code);
  known ??= new Int32Array(0x10000);
  const found = known[code] as number;
  if (found !== 0) return found;
  const folded = foldSlow(code);
  known[code] = folded;
  return folded;
}

function foldAstral(code: number): number {
  if (code >= 0xe0000) return pack(IGNORED, code);
  // Mathematical letters and digits are the only astral ones that text hides Latin words in.
  return code >= 0x1d400 && code <= 0x1d7ff ? foldSlow(code) : pack(SINGLE, code);
}
