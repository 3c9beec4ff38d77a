import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SegmentClaims } from '../../../processor/state/folder-claims.js';
import { SegmentContent } from '../../../processor/state/folder-content.js';
import { callLine, claimLine, type Line, sweptLine } from '../../../processor/state/folder-lines.js';

class CountingContent extends SegmentContent {
  read = 0;

  override line(begin: number): Line | undefined {
    this.read++;
    return super.line(begin);
  }
}

const claim = (token: number, task = 'default') => ({ callId: 'a', task, token: String(token), verdict: token });

function contentOf(...lines: readonly string[]): CountingContent {
  const content = new CountingContent();
  content.append(Buffer.from(lines.join('')));
  return content;
}

test('of a call that gets label after label each line is read about once, and every label is answered', () => {
  const content = contentOf(callLine({ ids: { callId: 'a' }, at: 1, data: null }));
  const claims = new SegmentClaims(content);
  const count = 1000;
  for (let token = 0; token < count; token++) {
    assert.equal(claims.answer(claim(token)), undefined);
    content.append(Buffer.from(claimLine(claim(token))));
    const before = token === 0 ? { kind: 'first' } : { kind: 'replaced', verdict: token - 1 };
    assert.deepEqual(claims.answer(claim(token)), before);
  }
  assert.deepEqual(claims.answer(claim(0)), { kind: 'first' });
  assert.deepEqual(claims.answer(claim(500)), { kind: 'replaced', verdict: 499 });
  assert.ok(content.read < 2 * count, `${content.read} lines read for ${count} labels`);
});

test('what stands behind the line that took the call out does not count, with few labels and with many', () => {
  for (const count of [1, 50]) {
    const before = Array.from({ length: count }, (_, token) => claimLine(claim(token)));
    const content = contentOf(...before, sweptLine('a', 'sweep'), claimLine(claim(count)), claimLine(claim(0, 'late')));
    const claims = new SegmentClaims(content);
    assert.equal(claims.answer(claim(count)), undefined);
    content.append(Buffer.from(claimLine(claim(count + 1))));
    assert.equal(claims.answer(claim(count + 1)), undefined);
    assert.deepEqual(claims.tasks('a'), ['default']);
  }
});
