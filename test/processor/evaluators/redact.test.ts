import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { findPii } from '../../../processor/evaluators/pii.js';
import { redactText } from '../../../processor/evaluators/redact.js';
import { findSecrets } from '../../../processor/evaluators/secrets.js';
import { PII, pick, placed, type Sample, SECRETS } from './samples.js';

const redacted = (text: string, spans: Parameters<typeof redactText>[1] = []) =>
  redactText(text, spans, 'redacted') ?? '';
const found = (text: string) => [...findPii(text), ...findSecrets(text)].map(({ kind }) => kind);
const samples = Object.entries({ ...PII, ...SECRETS });

describe('redaction', () => {
  it('lets out nothing with none and everything with full', () => {
    assert.equal(redactText('x', [], 'none'), undefined);
    const { text } = placed((PII['card'] as Sample)(createRandom(1)));
    assert.ok(redactText(text, [], 'full') === text);
  });

  for (const [kind, sample] of samples) {
    it(`puts a mark for ${kind} and keeps the rest`, () => {
      const { text, start, end } = placed(sample(createRandom(21)));
      const expected = `${text.slice(0, start)}[${kind.toUpperCase()}]${text.slice(end)}`;
      assert.ok(redacted(text) === expected, `${kind} has another text`);
    });
  }

  it('changes nothing where there is nothing', () => {
    for (const text of ['', 'Plain words.', 'é 漢 😂 \u200b']) assert.equal(redacted(text), text);
  });

  const spans: readonly (readonly [string, Parameters<typeof redactText>[1], string])[] = [
    ['a span of ours', [{ start: 0, end: 3, kind: 'phone' }], '[PHONE] defghi'],
    ['a span of another', [{ start: 4, end: 7, kind: 'name <x>' }], 'abc [REDACTED]ghi'],
    [
      'two that overlap, as the longest',
      [
        { start: 0, end: 2, kind: 'ip' },
        { start: 1, end: 7, kind: 'phone' },
      ],
      '[PHONE]ghi',
    ],
    [
      'one in another',
      [
        { start: 0, end: 7, kind: 'ip' },
        { start: 1, end: 3, kind: 'phone' },
      ],
      '[IP]ghi',
    ],
    ['out of the text', [{ start: 20, end: 30, kind: 'ip' }], 'abc defghi'],
    ['over its end', [{ start: 7, end: 99, kind: 'ip' }], 'abc def[IP]'],
    ['not a number', [{ start: Number.NaN, end: 3, kind: 'ip' }], 'abc defghi'],
    ['backwards', [{ start: 3, end: 1, kind: 'ip' }], 'abc defghi'],
  ];
  for (const [name, given, expected] of spans)
    it(`takes ${name}`, () => assert.equal(redacted('abc defghi', given), expected));

  it('cuts no character in two', () => {
    assert.equal(redacted('a😂b', [{ start: 2, end: 3, kind: 'ip' }]), 'a[IP]b');
  });

  it('reads again what masking has joined or freed', () => {
    const random = createRandom(4);
    const { text: card } = placed((PII['card'] as Sample)(random), '', '');
    // The word that hid the number goes with a span.
    const text = `abc${card}`;
    assert.deepEqual(found(text), []);
    assert.equal(redacted(text, [{ start: 0, end: 3, kind: 'email' }]), '[EMAIL][CARD]');
  });

  it('joins no two halves to a number: a mark stands between them', () => {
    const random = createRandom(9);
    const digits = (PII['card'] as Sample)(random).replace(/\D/g, '');
    const { text: email } = placed((PII['email'] as Sample)(random), '', '');
    const [first, second] = [digits.slice(0, 8), digits.slice(8)];
    assert.deepEqual(found(first + second), ['card']);
    assert.equal(redacted(`${first} ${email} ${second}`), `${first} [EMAIL] ${second}`);
    assert.equal(
      redacted(`${first} x ${second}`, [{ start: 8, end: 11, kind: 'name' }]),
      `${first}[REDACTED]${second}`,
    );
  });

  it('leaves nothing to find, whatever is mixed', () => {
    const random = createRandom(77);
    const glue = [
      ' ',
      '\n',
      ', ',
      '',
      ':',
      '-',
      ' is ',
      '"',
      ' phone ',
      '[',
      '\u200b',
      '4',
      'é',
      '@',
      '://',
      'password=',
    ];
    for (let i = 0; i < 1500; i++) {
      let text = '';
      for (let k = 0; k < 8; k++) {
        const [, sample] = samples[Math.floor(random() * samples.length)] as (typeof samples)[number];
        const whole = placed(sample(random), '', '').text;
        const cut = Math.floor(random() * whole.length);
        text +=
          (random() < 0.5 ? whole : random() < 0.5 ? whole.slice(cut) : whole.slice(0, cut)) +
          glue[Math.floor(random() * glue.length)];
      }
      const from = Math.floor(random() * text.length);
      const out = redacted(text, [{ start: from, end: from + 5, kind: 'ip' }]);
      assert.deepEqual(found(out), [], `mix ${i}`);
      assert.ok(redacted(out) === out, `mix ${i} is not stable`);
    }
  });

  it('never throws, on any text', () => {
    const random = createRandom(78);
    const characters = 'aZ09 .-@:/()[]+=\n"\\_\u0000\u200b\u00ad１ａ漢';
    for (let i = 0; i < 500; i++) {
      const text = pick(random, characters, 200) + String.fromCharCode(0xd800 + Math.floor(random() * 0x7ff));
      assert.deepEqual(found(redacted(text)), [], `text ${i}`);
    }
  });
});
