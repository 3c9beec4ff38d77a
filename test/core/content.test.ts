import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { hashText } from '../../core/content.js';

/** Milliseconds for a number of hashes, at best of five. */
function cost(text: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let run = 0; run < 5; run++) {
    const start = performance.now();
    for (let i = 0; i < 50; i++) hashText(text);
    best = Math.min(best, performance.now() - start);
  }
  return best;
}

describe('the hash of a text', () => {
  it('is FNV-1a of a short one', () => {
    assert.equal(hashText(''), '811c9dc5');
    assert.equal(hashText('a'), 'e40c292c');
    assert.equal(hashText('foobar'), 'bf9cf968');
  });

  const long = 'You help with parcels. '.repeat(1000);
  const change = (at: number): string => `${long.slice(0, at)}#${long.slice(at + 1)}`;
  for (const [name, other, same] of [
    ['changed at its start', change(0), false],
    ['changed at the end of its first part', change(2047), false],
    ['changed at the start of its last part', change(long.length - 2048), false],
    ['changed at its end', change(long.length - 1), false],
    ['longer in its middle', `${long.slice(0, 5000)}#${long.slice(5000)}`, false],
    ['changed in its middle, at one length', change(5000), true],
    ['the same', `${long}`, true],
  ] as const) {
    it(`of a long one ${name} is ${same ? 'the same' : 'another'}`, () => {
      assert.equal(hashText(other) === hashText(long), same);
    });
  }

  it('sees every character up to 4096', () => {
    const text = 'x'.repeat(4096);
    for (const at of [0, 2000, 2048, 4095])
      assert.notEqual(hashText(`${text.slice(0, at)}y${text.slice(at + 1)}`), hashText(text));
  });

  it('of a megabyte costs about that of 4 kB', () => {
    const small = cost('x'.repeat(4096));
    const large = cost('x'.repeat(2 ** 20));
    assert.ok(large < small * 20, `${large} ms against ${small} ms`);
  });
});
