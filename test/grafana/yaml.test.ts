import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parse } from 'yaml';
import { createRandom } from '../../core/random.js';
import { type Plain, toYaml } from '../../grafana/yaml.js';

const STRINGS = [
  '',
  ' ',
  'a',
  'a b',
  'a ',
  ' a',
  'yes',
  'No',
  'on',
  'null',
  '~',
  'true',
  '1',
  '1.5',
  '-1',
  '1e3',
  '0x1f',
  '0o7',
  '.5',
  '.inf',
  '1:30',
  '1_000',
  '2026-01-02',
  '-',
  '- a',
  '?',
  ': a',
  'a: b',
  'a:b',
  'a:',
  'a #b',
  '#a',
  '&a',
  '*a',
  '!a',
  '%a',
  '@a',
  '`a`',
  '[a',
  '{a',
  'a, b',
  'a"b',
  "a'b",
  `a'b"c`,
  '\\',
  'a\nb',
  'a\n',
  'a\n\n',
  '\na',
  ' a\nb',
  'a\n  b\nc',
  'a \nb',
  'a\tb',
  'a\r\nb',
  '\u2028',
  '\u00a0',
  '\ufeff',
  'é',
  '→',
  '{{ $labels.x }}',
  'up{job="a"} == 0',
  'https://example.com/a?b=c#d',
  `${'long '.repeat(40)}end`,
  `${'long '.repeat(40)}`,
  '---',
  '...',
  '<<',
  '=',
];

describe('YAML writer', () => {
  for (const version of ['1.1', '1.2'] as const) {
    it(`is read back alike by YAML ${version}`, () => {
      for (const text of STRINGS) {
        for (const value of [
          text,
          [text],
          { key: text },
          [{ [text === '<<' ? 'key' : text]: [text, text] }],
          [[text]],
        ] as Plain[]) {
          assert.deepEqual(parse(toYaml(value), { version }), value, JSON.stringify(value));
        }
      }
      const nested: Plain = {
        a: { b: [], c: {}, d: [[1, [2]], { e: null, f: false }], g: -0.5 },
        h: [{ i: [{ j: 'k' }] }],
      };
      assert.deepEqual(parse(toYaml(nested), { version }), nested);
    });
  }

  it('is read back alike for any characters', () => {
    const random = createRandom(7);
    const alphabet = [...'ab: #-"\'\\\n\t{}[]&*!|>%@`,?=~0.1é\u0085\u2029'];
    for (let i = 0; i < 3000; i++) {
      const text = Array.from(
        { length: 1 + Math.floor(random() * 12) },
        () => alphabet[Math.floor(random() * alphabet.length)],
      ).join('');
      assert.deepEqual(parse(toYaml({ key: [text] })), { key: [text] }, JSON.stringify(text));
    }
  });

  it('writes blocks that people can read', () => {
    const text = toYaml({ groups: [{ name: 'a', expr: 'up\nor vector(0)', left: undefined, none: [] }] }, [
      'Made by a test',
    ]);
    assert.equal(
      text,
      '# Made by a test\ngroups:\n  - name: a\n    expr: |-\n      up\n      or vector(0)\n    none: []\n',
    );
  });
});
