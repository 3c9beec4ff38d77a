import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createContextKey, ROOT_CONTEXT } from '@opentelemetry/api';
import { suppressTracing } from '@opentelemetry/core';
import { LazyContextManager } from '../../monitor/lazy-context.js';

const KEY = createContextKey('test');
const tick = (): Promise<void> => new Promise(resolve => setImmediate(resolve));

test('a context that somebody uses lives on through promises, timers and bound functions', async () => {
  const manager = new LazyContextManager();
  const context = ROOT_CONTEXT.setValue(KEY, 'mine');
  const seen: unknown[] = [];
  await manager.with(context, async () => {
    seen.push(manager.active().getValue(KEY));
    await tick();
    seen.push(manager.active().getValue(KEY));
  });
  manager.bind(context, () => seen.push(manager.active().getValue(KEY)))();
  assert.deepEqual(seen, ['mine', 'mine', 'mine']);
  assert.equal(manager.active().getValue(KEY), undefined);
});

test('suppressed tracing alone holds for the synchronous part and switches nothing on', async () => {
  const manager = new LazyContextManager();
  const context = suppressTracing(ROOT_CONTEXT.setValue(KEY, 'export'));
  let later: unknown;
  const result = manager.with(context, () => {
    assert.equal(manager.active().getValue(KEY), 'export');
    return tick().then(() => {
      later = manager.active().getValue(KEY);
    });
  });
  assert.equal(manager.active(), ROOT_CONTEXT);
  await result;
  assert.equal(later, undefined, 'no async hook carried it');
});

test('a function that throws leaves the context as it was, and arguments and this pass through', () => {
  const manager = new LazyContextManager();
  const context = suppressTracing(ROOT_CONTEXT);
  assert.throws(() =>
    manager.with(context, () => {
      throw new Error('broken');
    }),
  );
  assert.equal(manager.active(), ROOT_CONTEXT);
  const sum = function (this: { base: number }, a: number, b: number): number {
    return this.base + a + b;
  };
  assert.equal(manager.with(context, sum as (...args: unknown[]) => number, { base: 1 } as never, 2, 3), 6);
});
