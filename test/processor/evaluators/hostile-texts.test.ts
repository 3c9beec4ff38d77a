import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { shippedExpressions } from '../../house/shipped-expressions.js';
import { growthOf, isSteep, LONGER, repeated } from './growth.js';
import { piecesOf } from './pieces.js';

// First: it notes the expressions that modules make when they are loaded.
const { shipped } = await shippedExpressions();
const { BUILT_IN_PHRASES } = await import('../../../processor/evaluators/phrases.js');
const { expandPattern } = await import('../../../processor/evaluators/phrase-compiler.js');
const { loadLanguageDetector } = await import('../../../processor/language-detector.js');
const { evaluatorSubject, given, SUBJECTS } = await import('./subjects.js');

/** What no table of ours says: letters of all kinds, marks, halves of characters, brackets, openings of formats. */
const FIXED = [
  ...[
    'a',
    'A',
    '1',
    ' ',
    '\n',
    '\t',
    '\r\n',
    '.',
    ',',
    '-',
    '_',
    '"',
    "'",
    '`',
    '\\',
    '\\"',
    '/',
    '*',
    '#',
    '|',
    ':',
    '@',
  ],
  ...['<', '</', '<a ', '{', '{"a":', '[', '[[', ']', '}', '(', ')', '```', '```json\n{', '/*', '//', "'a':", 'True,'],
  ...[
    'a ',
    '1 ',
    'a.',
    'a. ',
    '1. ',
    '- ',
    'a@',
    'a@a.',
    '1-',
    '1.1.1.',
    '+1 ',
    '12-',
    '4111 ',
    '4111 1111 ',
    '(1',
    '1:',
    'f:',
  ],
  ...[
    `sk${'-'}`,
    `ey${'J'}.`,
    `ey${'J'}-`,
    `xox${'b'}-1-`,
    `-----BEGIN `,
    `-----BEGIN ${'PRIVATE KEY'}-----`,
    '://a:',
    '://a:b1',
  ],
  ...[
    'password:',
    'password is a1 ',
    'Bearer a1.',
    'phone ',
    'phone no 1 ',
    'call me me ',
    'call me ',
    'born on 1 jan ',
    'AB12 ',
    'https://',
    'data:,',
  ],
  ...[
    'ignore ',
    'ignore all previous ',
    'system:\n',
    'you are now ',
    'you should ',
    'I cannot ',
    'I am sorry, but ',
    'take 5 mg ',
  ],
  ...[
    'é',
    'e\u0301',
    '\u0301',
    '\u0301\u0302',
    '\u200d',
    '\u200b',
    '\u200b1',
    '\ufeff',
    '\u00ad',
    'ａ',
    '１ ',
    'а',
    '漢',
    '。',
    'あ',
    '한',
    'ก',
  ],
  ...[
    '😀',
    '👩\u200d👧',
    '\u{e0041}',
    '\ud800',
    '\udc00',
    '\udc00\ud800',
    '\u2028',
    '\u0085',
    '\u0000',
    '\u202e',
    'ﷺ',
    'ẛ̣',
    'İ',
    'ß',
  ],
];
/** What may be opened once and never closed. */
const OPENINGS = [
  '{"',
  '["',
  '"',
  "'",
  '[',
  '/*',
  '<',
  '```\n',
  `-----BEGIN ${'PRIVATE KEY'}-----\n`,
  'data:image/png;base64,',
  'x="',
];
const FILLERS = ['a', '1', ' ', '\n', '\\', 'a ', 'a,', '漢'];

const phrases = Object.values(BUILT_IN_PHRASES).flat();
const words = phrases.map(pattern => `${(expandPattern(pattern)[0] as string).split(' ')[0]} `);
const unfinished = Object.values(BUILT_IN_PHRASES).map(group => {
  const longest = group.reduce((a, b) => (a.length > b.length ? a : b));
  return `${(expandPattern(longest)[0] as string).split(' ').slice(0, -1).join(' ')} `;
});
const matching = shipped
  .filter(({ file }) => /^(?:processor|core)\//.test(file))
  .flatMap(({ source }) => piecesOf(source));
const pieces = [...new Set([...FIXED, ...words, ...unfinished, ...matching])].filter(piece => piece !== '');
const texts: readonly (readonly [string, (length: number) => string])[] = [
  ...pieces.map(piece => [JSON.stringify(piece), (length: number) => repeated(piece, length)] as const),
  ...OPENINGS.flatMap(opening =>
    FILLERS.map(
      filler =>
        [
          `${JSON.stringify(opening)}, then ${JSON.stringify(filler)}`,
          (length: number) => (opening + repeated(filler, length)).slice(0, length),
        ] as const,
    ),
  ),
];

/** What one subject made of all texts. */
interface Report {
  readonly steep: string[];
  most: number;
  of: string;
}

describe('the cost of hostile texts', () => {
  const reports = new Map<string, Report>(SUBJECTS.map(([name]) => [name, { steep: [], most: 0, of: '' }]));

  before(async () => {
    await loadLanguageDetector().catch(() => undefined);
    for (const [of, text] of texts) {
      const lengths = new Map<number, ReturnType<typeof given>>();
      const at = (length: number) => {
        const known = lengths.get(length) ?? given(text(length));
        lengths.set(length, known);
        return known;
      };
      for (const [name, prepare] of SUBJECTS) {
        const growth = growthOf(length => prepare(at(length)));
        const report = reports.get(name) as Report;
        if (isSteep(growth)) report.steep.push(`${of}: ${growth.ratio.toFixed(1)} times for four times the text`);
        if (growth.cost <= report.most) continue;
        report.most = growth.cost;
        report.of = of;
      }
    }
  });

  it('is tried with what expressions and phrases begin with', t => {
    t.diagnostic(`${texts.length} texts, of them ${new Set(matching).size} made from expressions`);
    for (const piece of ['sk-', '-----BEGIN', 'sorry ', 'you should'])
      assert.ok(
        pieces.some(one => one.startsWith(piece)),
        piece,
      );
    assert.ok(pieces.length > 300);
  });

  for (const [name] of SUBJECTS) {
    it(`grows with the length: ${name}`, t => {
      const { steep, most, of } = reports.get(name) as Report;
      t.diagnostic(`at most ${most.toFixed(2)} ms for ${LONGER} characters, of ${of}`);
      assert.deepEqual(steep, []);
    });
  }
});

/** Pairs of characters in the wrong order, counted the slow way. */
function inversions(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++)
    for (let k = i + 1; k < text.length; k++) if (text.charCodeAt(k) < text.charCodeAt(i)) count++;
  return count;
}

describe('an evaluator that takes quadratic time', () => {
  const planted: readonly (readonly [string, string, (text: string) => unknown])[] = [
    ['an expression tried from every place', 'a', text => /a*b/.test(text)],
    ['an expression that begins in many places', '<b ', text => /<[^>]*>/.test(text)],
    ['a loop in a loop', 'ab', text => inversions(text)],
  ];
  for (const [name, piece, read] of planted) {
    it(`is found out: ${name}`, () => {
      const evaluate = ({ text }: { text: { output: readonly string[] } }) => ({
        score: read(text.output[0] as string) === true ? 1 : 0,
        flagged: false,
      });
      const [, prepare] = evaluatorSubject([name, { name: 'planted', bad: 'high', evaluate }]);
      assert.ok(isSteep(growthOf(length => prepare(given(repeated(piece, length))))));
    });
  }

  it('is told from one that is only slow', () => {
    let sink = 0;
    const slow = (text: string) => () => {
      for (let i = 0; i < text.length; i++) for (let k = 0; k < 100; k++) sink = (sink + text.charCodeAt(i) * k) | 0;
    };
    assert.ok(!isSteep(growthOf(length => slow(repeated('a', length)))));
  });
});
