/** Scripts that are told apart; `other` is every other letter. Han is Chinese, and with kana Japanese. */
export const SCRIPTS = [
  'latin',
  'cyrillic',
  'greek',
  'arabic',
  'hebrew',
  'devanagari',
  'bengali',
  'indic',
  'thai',
  'georgian',
  'armenian',
  'hangul',
  'kana',
  'han',
  'other',
] as const;
export type Script = (typeof SCRIPTS)[number];

const OTHER = SCRIPTS.indexOf('other');

/** Blocks of letters in ascending order: [first, last, script]. @see Unicode 16, Blocks.txt */
const BLOCKS: readonly (readonly [number, number, Script])[] = [
  [0x41, 0x5a, 'latin'],
  [0x61, 0x7a, 'latin'],
  [0xc0, 0x24f, 'latin'],
  [0x370, 0x3ff, 'greek'],
  [0x400, 0x52f, 'cyrillic'],
  [0x531, 0x58f, 'armenian'],
  [0x591, 0x5f4, 'hebrew'],
  [0x600, 0x77f, 'arabic'],
  [0x8a0, 0x8ff, 'arabic'],
  [0x900, 0x97f, 'devanagari'],
  [0x980, 0x9ff, 'bengali'],
  [0xa00, 0xdff, 'indic'],
  [0xe00, 0xe7f, 'thai'],
  [0x10a0, 0x10ff, 'georgian'],
  [0x1100, 0x11ff, 'hangul'],
  [0x1e00, 0x1eff, 'latin'],
  [0x1f00, 0x1fff, 'greek'],
  [0x3040, 0x30ff, 'kana'],
  [0x3400, 0x9fff, 'han'],
  [0xac00, 0xd7a3, 'hangul'],
  [0xf900, 0xfaff, 'han'],
  [0xfb50, 0xfdff, 'arabic'],
  [0xfe70, 0xfefc, 'arabic'],
  [0xff21, 0xff5a, 'latin'],
];

/** The only letters beyond the basic plane that are told apart. */
const ASTRAL_HAN = { first: 0x20000, last: 0x323af };
const HAN = SCRIPTS.indexOf('han');

/** The script of a code point as an index into `SCRIPTS`; -1 for what is not a letter of a known block or beyond. */
export function scriptOf(code: number): number {
  if (code < 0x80) return (code | 0x20) >= 0x61 && (code | 0x20) <= 0x7a ? 0 : -1;
  table ??= scriptTable();
  if (code < table.length) return table[code] as number;
  return code >= ASTRAL_HAN.first && code <= ASTRAL_HAN.last ? HAN : -1;
}

let table: Int8Array | undefined;

function scriptTable(): Int8Array {
  const out = new Int8Array(0x10000).fill(-1);
  for (const [first, last, script] of BLOCKS) if (last < out.length) out.fill(SCRIPTS.indexOf(script), first, last + 1);
  // Letters of scripts that have no name here; signs, private use and surrogates are none.
  for (const [first, last] of [
    [0x700, 0x8ff],
    [0xe80, 0x109f],
    [0x1200, 0x1dff],
    [0xa4d0, 0xabff],
  ] as const)
    for (let code = first; code <= last; code++) if (out[code] === -1) out[code] = OTHER;
  out[0xd7] = -1;
  out[0xf7] = -1;
  return out;
}

/** How much of a text is looked at, in UTF-16 units. */
const SAMPLE = 4096;

/** The share of each script among the letters at the start of a text, 0..1; all 0 without a letter. */
export function scriptShares(text: string): Readonly<Record<Script, number>> {
  const counts = new Float64Array(SCRIPTS.length);
  let letters = 0;
  const end = Math.min(text.length, SAMPLE);
  for (let at = 0; at < end; at++) {
    const code = text.codePointAt(at) as number;
    if (code > 0xffff) at++;
    const script = scriptOf(code);
    if (script < 0) continue;
    counts[script] = (counts[script] as number) + 1;
    letters++;
  }
  const shares = SCRIPTS.map((script, index) => [script, letters === 0 ? 0 : (counts[index] as number) / letters]);
  return Object.fromEntries(shares) as Record<Script, number>;
}
