import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { Cleaner, CUT, type Room, type Steps } from '../../../instrumentation/content/cleaner.js';
import { MARGIN } from '../../../instrumentation/readers/content.js';
import { maskText } from '../../../processor/index.js';
import { PII, placed, SECRETS } from '../../processor/evaluators/samples.js';

const random = createRandom(31);
const sample = (kind: string): string => (({ ...PII, ...SECRETS })[kind]?.(random) ?? '').replaceAll('|', '');
const value = (kind: string): string => {
  const { text, start, end } = placed({ ...PII, ...SECRETS }[kind]?.(random) ?? '');
  return text.slice(start, end);
};

function run<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value as T;
  }
}
const masking = new Cleaner(maskText);
const plain = new Cleaner('off');
const room = (left = 10_000): Room => ({ left });
const text = (raw: string, left?: number, cleaner = masking): string => run(cleaner.text(raw, room(left)));
const json = (raw: unknown, left?: number): unknown => run(masking.json(raw, room(left)));

describe('a text', () => {
  const card = value('card');
  const email = value('email');
  for (const [name, raw, expected] of [
    ['without anything', 'Plain words.', 'Plain words.'],
    ['with a card', `It is ${card}.`, 'It is [CARD].'],
    ['that is empty', '', ''],
    ['that is JSON, unchanged to the blank', '{ "a" : [1, 2] }', '{ "a" : [1, 2] }'],
    ['that is JSON with a mail behind an escape', `{"a":"${email.replace('@', '\\u0040')}"}`, '{"a":"[EMAIL]"}'],
    ['that is JSON with a card behind a line feed', `{"a":"x\\n${card}"}`, '{"a":"x\\n[CARD]"}'],
    [
      'with JSON in JSON',
      JSON.stringify({ a: JSON.stringify({ b: `x\n${card}` }) }),
      JSON.stringify({ a: '{"b":"x\\n[CARD]"}' }),
    ],
    ['with a fence of JSON', `\`\`\`json\n{"a":"x\\n${card}"}\n\`\`\``, '```json\n{"a":"x\n[CARD]"}\n```'],
    ['that was cut within its JSON', `{"to":"x\\n${card}", "an`, '{"to":"x\n[CARD]", "an'],
    ['with escapes that hide nothing', 'C:\\new\\table', 'C:\\new\\table'],
  ] as const)
    it(name, () => assert.equal(text(raw), expected));

  it('holds no address with a password, whole or in words', () => {
    const url = sample('url_password');
    const password = url.slice('https://bot:'.length, url.indexOf('@'));
    assert.ok(!text(`see ${url} now`).includes(password));
    assert.ok(!JSON.stringify(json({ url })).includes(password));
  });

  for (const kind of Object.keys({ ...PII, ...SECRETS }))
    it(`holds no ${kind}, wherever it is cut`, () => {
      const hidden = value(kind);
      const { text: said } = placed(
        { ...PII, ...SECRETS }[kind]?.(createRandom(8)) ?? '',
        'w '.repeat(60),
        ' w'.repeat(9000),
      );
      const whole = placed({ ...PII, ...SECRETS }[kind]?.(createRandom(8)) ?? '', 'w '.repeat(60));
      const secret = said.slice(whole.start, whole.end);
      assert.notEqual(secret, hidden);
      for (let left = whole.start - 3; left < whole.end + 12; left++) {
        const cut = text(said, left);
        assert.ok(cut.endsWith(CUT) && cut.length <= left + CUT.length, 'is cut');
        // A number of which four characters stand there is no number; a mark may be cut, too.
        for (let at = 0; at + 6 <= secret.length; at++) {
          const piece = secret.slice(at, at + 6);
          assert.ok(`[${kind.toUpperCase()}]`.includes(piece) || !cut.includes(piece), `at ${left}`);
        }
      }
    });

  it('keeps its beginning and says that it is cut', () => {
    assert.equal(text('abcdefgh', 4), `abcd${CUT}`);
    assert.equal(text('a😂bcdefgh', 2), `a${CUT}`);
    assert.equal(text('abc', 0), CUT);
    const long = 'abc '.repeat(MARGIN);
    assert.equal(text(long, 8), `abc abc ${CUT}`);
    assert.equal(text('x '.repeat(2_000_000), 5), `x x x${CUT}`);
  });

  it('holds no bytes', () => {
    const bytes = 'iVBORw0KGgoAAAANSUhEUgAA'.repeat(200);
    assert.equal(text(`see data:image/png;base64,${bytes} there`), 'see [image/png, 3600 bytes] there');
    assert.equal(text(`see ${bytes} there`), 'see [base64, 3600 bytes] there');
    const lines = bytes.match(/.{76}/g)?.join('\r\n') ?? '';
    assert.match(text(`see\n${lines}\n`), /^see\n\[base64, \d+ bytes\]/);
    assert.equal(text(`see ${bytes} there`, undefined, plain), 'see [base64, 3600 bytes] there');
    assert.deepEqual(json({ image: `data:image/png;base64,${bytes}` }), { image: '[image/png, 3600 bytes]' });
  });

  it('takes its room', () => {
    const given = room(100);
    run(masking.text('four', given));
    assert.equal(given.left, 96);
  });

  it('is as it was where nothing is masked', () => {
    const raw = JSON.stringify({ mail: value('email'), card });
    assert.equal(text(raw, undefined, plain), raw);
  });
});

describe('texts that stand one after the other', () => {
  const card = value('card').replace(/\D/g, '');
  it('show no number together that none shows alone', () => {
    const half = card.length / 2;
    const parts = [`my card ${card.slice(0, half)}`, `${card.slice(half)} is new`];
    for (const part of parts) assert.equal(text(part), part);
    const joined = masking.together(parts).join('|');
    assert.ok(maskText(card) === '[CARD]' && joined === 'my card [CARD] is new', 'is masked');
  });
  it('stay as they are where there is nothing', () => {
    assert.deepEqual(masking.together(['a b', 'c d']), ['a b', 'c d']);
    assert.deepEqual(plain.together([card.slice(0, 8), card.slice(8)]), [card.slice(0, 8), card.slice(8)]);
  });
});

describe('JSON', () => {
  const mail = value('email');
  const secret = value('password');
  const card = value('card').replace(/\D/g, '');
  for (const [name, raw, expected] of [
    ['as a text', '{"a":[1,true,null,"x"]}', { a: [1, true, null, 'x'] }],
    ['that is none', 'ls orders', 'ls orders'],
    [
      'of a value that its name gives away',
      { db_password: secret, plain: secret },
      { db_password: '[PASSWORD]', plain: secret },
    ],
    ['of a name in one word', { dateOfBirth: '1980-02-03' }, { dateOfBirth: '[DOB]' }],
    ['of values under a name', { passwords: [], password: [secret] }, { passwords: [], password: ['[PASSWORD]'] }],
    ['of a number', { card: Number(card), n: 12345 }, { card: '[CARD]', n: 12345 }],
    ['of a number too long for one', `{"iin":${card}}`, { iin: '[CARD]' }],
    ['of names', { [mail]: 1, [value('email')]: 2 }, { '[EMAIL]': 1, '[EMAIL] 2': 2 }],
    ['of a name that is odd', JSON.parse('{"__proto__":{"a":1}}'), JSON.parse('{"__proto__":{"a":1}}')],
    ['of what JSON has no word for', { a: undefined, b: () => 1, c: 12n }, { a: null, b: null, c: '12' }],
  ] as const)
    it(name, () => assert.deepEqual(json(raw), expected));

  it('ends, however deep, wide or round', () => {
    const round: Record<string, unknown> = {};
    round['self'] = round;
    round['again'] = [round, round];
    assert.ok(JSON.stringify(json(round)).length < 30_000);
    assert.ok(JSON.stringify(json('['.repeat(5000) + ']'.repeat(5000))).length < 12_000);
    const wide = json(
      Array.from({ length: 100_000 }, () => 0),
      1000,
    ) as unknown[];
    assert.ok(wide.length < 130 && wide.at(-1) === CUT);
  });
});

describe('what comes with every call', () => {
  it('is masked once, and again when it has changed', () => {
    let reads = 0;
    const counting = new Cleaner(raw => {
      reads++;
      return maskText(raw);
    });
    const system = `You are ${value('email')}.`;
    const tool = { name: 'find', parameters: { owner: value('email') } };
    const both = (): unknown => [
      run(counting.recurringText(system, room())),
      run(counting.recurringJson(tool, room())),
    ];
    const first = both();
    assert.deepEqual(first, ['You are [EMAIL].', { name: 'find', parameters: { owner: '[EMAIL]' } }]);
    const before = reads;
    assert.deepEqual(both(), first);
    assert.equal(reads, before);
    tool.name = value('email');
    assert.equal((both() as [string, { name: string }])[1].name, '[EMAIL]');
    assert.ok(reads > before);
  });

  it('takes its room each time, and is cut where there is less', () => {
    const counting = new Cleaner(maskText);
    for (let i = 0; i < 2; i++) {
      const given = room(100);
      run(counting.recurringText('four', given));
      assert.equal(given.left, 96);
    }
    assert.equal(run(counting.recurringText('four', room(2))), `fo${CUT}`);
    assert.equal(run(counting.recurringText('four', room(100))), 'four');
  });

  it('is forgotten when much else has come', () => {
    const reads: string[] = [];
    const counting = new Cleaner(raw => {
      reads.push(raw.slice(0, 3));
      return raw;
    });
    for (let i = 0; i < 60; i++) run(counting.recurringText(`${i} ${'word '.repeat(2000)}`, room(20_000)));
    const before = reads.length;
    run(counting.recurringText(`59 ${'word '.repeat(2000)}`, room(20_000)));
    assert.equal(reads.length, before);
    run(counting.recurringText(`0 ${'word '.repeat(2000)}`, room(20_000)));
    assert.equal(reads.length, before + 1);
  });
});

describe('an address', () => {
  it('opens no door', () => {
    for (const [raw, expected] of [
      ['https://bot:word@files.example.org/a/b.png?sig=abc#part', 'https://files.example.org/a/b.png'],
      ['not an address', ''],
    ] as const)
      assert.equal(masking.address(raw, room()), expected);
    assert.equal(plain.address('https://a.example/b?c=d', room()), 'https://a.example/b?c=d');
  });
});

it('a redaction that gives no text is a fault, and lets nothing out', () => {
  const broken = new Cleaner((() => undefined) as unknown as (text: string) => string);
  assert.throws(() => run(broken.text('words', room())), /gave no text/);
});
