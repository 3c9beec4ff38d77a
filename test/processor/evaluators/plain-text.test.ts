import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { plainText } from '../../../processor/evaluators/plain-text.js';

describe('a text without disguise', () => {
  const rows: readonly (readonly [string, string, string])[] = [
    ['ASCII', 'Tab\tand\nline', 'Tab\tand\nline'],
    ['full width', 'Ａb＠Ｃ．ｄ １２', 'Ab@C.d 12'],
    ['zero width and soft hyphen', 'a\u200bb\u00adc\u2060d', 'abcd'],
    ['marks', 'e\u0301É', 'eE'],
    ['styled letters', '𝟒𝐀𝐛', '4Ab'],
    ['digits of other scripts', '٤٢ १२', '42 12'],
    ['dashes and spaces', '1\u20132\u20113\u00a04', '1-2-3 4'],
    ['look-alikes keep their case', 'раypal', 'paypal'],
    ['control characters', 'a\u0000b\u007fc', 'abc'],
    ['lone surrogates', 'a\ud800b', 'ab'],
    ['Han and emoji stay', '漢😂', '漢😂'],
  ];
  for (const [name, original, expected] of rows) it(name, () => assert.equal(plainText(original).text, expected));

  it('finds the way back', () => {
    const original = '😂 x\u200b1\u200b2𝟒y é';
    const plain = plainText(original);
    const at = plain.text.indexOf('124');
    const { start, end } = plain.original(at, at + 3);
    assert.equal(original.slice(start, end), '1\u200b2𝟒');
  });

  it('takes only the parts that are asked for', () => {
    const plain = plainText('abcdéfgh', [
      [0, 2],
      [4, 8],
    ]);
    assert.equal(plain.text, 'ab\nefgh');
    assert.deepEqual(plain.original(3, 5), { start: 4, end: 6 });
  });
});
