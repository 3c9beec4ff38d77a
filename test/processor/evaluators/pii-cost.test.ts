import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findPii } from '../../../processor/evaluators/pii.js';
import { redactText } from '../../../processor/evaluators/redact.js';
import { findSecrets } from '../../../processor/evaluators/secrets.js';

const FINDERS: Readonly<Record<string, (text: string) => unknown>> = {
  'personal data': findPii,
  credentials: findSecrets,
  redaction: text => redactText(text, [], 'redacted'),
};
const PIECES = [
  'a',
  'a@',
  'a@a.',
  '1',
  '1 ',
  '1.1.1.',
  '+1 ',
  '(1',
  '12-',
  '4111 1111 ',
  'AB12 ',
  'f:',
  '1:',
  'phone ',
  'phone no 1 ',
  'call me me ',
  'born on 1 jan ',
  'password:',
  'password is a1 ',
  'Bearer a1.',
  `sk${'-'}`,
  `ey${'J'}.`,
  `ey${'J'}-`,
  `xox${'b'}-1-`,
  '://a:',
  '://a:b1',
  `-----BEGIN ${'PRIVATE KEY'}-----`,
  '\u200b1',
  '１ ',
  'é',
];

/** The least milliseconds of several runs: the noise of a machine only ever adds. */
function cost(find: (text: string) => unknown, text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 7; round++) {
    const begin = performance.now();
    for (let i = 0; i < 3; i++) find(text);
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

const FLOOR = 0.05;

describe('the cost of one repeated piece', () => {
  for (const [name, find] of Object.entries(FINDERS)) {
    for (const piece of PIECES) {
      it(`grows with the length: ${name}, ${JSON.stringify(piece)}`, () => {
        const text = (length: number) => piece.repeat(Math.ceil(length / piece.length)).slice(0, length);
        const measure = () => (cost(find, text(20_000)) + FLOOR) / (cost(find, text(5000)) + FLOOR);
        let ratio = measure();
        // Once more where the machine was busy with something else.
        if (ratio > 8) ratio = measure();
        assert.ok(ratio <= 8, `${ratio.toFixed(1)} times the cost for four times the text`);
      });
    }
  }
});
