import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { assetUrl } from '../../../demo/assets.js';
import { metadataNumber, metadataStrings, readGguf, tensor } from '../../../demo/model/gguf.js';

const file = readFileSync(assetUrl('bankbot.gguf'));

describe('readGguf', () => {
  it('reads metadata and tensors', () => {
    const gguf = readGguf(file);
    assert.equal(gguf.metadata.get('general.architecture'), 'llama');
    assert.equal(metadataNumber(gguf, 'llama.block_count'), 4);
    assert.equal(metadataStrings(gguf, 'tokenizer.ggml.tokens').length, 640);
    const weights = [...gguf.tensors.values()];
    assert.equal(
      weights.reduce((sum, w) => sum + w.length, 0),
      381_792,
    );
    assert.ok(weights.every(w => w.every(Number.isFinite)));
  });

  const wrong: readonly [string, (bytes: Buffer) => Buffer, RegExp][] = [
    ['another format', bytes => Buffer.concat([Buffer.from('NOPE'), bytes.subarray(4)]), /does not begin with "GGUF"/],
    ['another version', bytes => withByte(bytes, 4, 2), /version is 2; expected 3/],
  ];
  for (const [name, change, message] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(() => readGguf(change(file)), { code: 'INVALID_ARGUMENT', message });
    });
  }

  it('fails on a file cut short', () => {
    assert.throws(() => readGguf(file.subarray(0, file.length - 100)), RangeError);
  });

  it('names what a model file lacks', () => {
    const gguf = { metadata: new Map(), tensors: new Map() };
    assert.throws(() => tensor(gguf, 'blk.0.attn_q.weight'), /no tensor blk\.0\.attn_q\.weight/);
    assert.throws(() => metadataNumber(gguf, 'llama.block_count'), /no number llama\.block_count/);
    assert.throws(() => metadataStrings(gguf, 'tokenizer.ggml.tokens'), /no list of strings/);
  });
});

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}
