import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { CallChannel, type CallEvent } from '../../core/calls.js';
import { ModelNames } from '../../core/model-names.js';
import { createWiring, defaultWiring, setDefaultWiring } from '../../core/wiring.js';

const EVENT: CallEvent = { call: cleanCall({}, 0).call, rejected: [] };

test('a listener that throws is reported and the others still hear the call', () => {
  const errors: unknown[] = [];
  const channel = new CallChannel(error => errors.push(error));
  let heard = 0;
  channel.subscribe(() => {
    throw new Error('broken listener');
  });
  const undo = channel.subscribe(() => {
    heard += 1;
  });
  channel.publish(EVENT);
  undo();
  channel.publish(EVENT);
  assert.equal(heard, 1);
  assert.equal(errors.length, 2);
  assert.ok(channel.active);
});

test('a model name becomes a label with its first answer, and past the limit none does', () => {
  const names = new ModelNames(2);
  assert.equal(names.label('gpt-4o'), 'other');
  assert.equal(names.admit('gpt-4o'), 'gpt-4o');
  assert.equal(names.label('gpt-4o'), 'gpt-4o');
  assert.equal(names.admit(''), 'other');
  assert.equal(names.admit('b'), 'b');
  assert.equal(names.admit('c'), 'other');
});

test('the default wiring is one for the process and can be replaced and put back', () => {
  const before = defaultWiring();
  assert.equal(defaultWiring(), before);
  const mine = createWiring();
  const restore = setDefaultWiring(mine);
  assert.equal(defaultWiring(), mine);
  restore();
  assert.equal(defaultWiring(), before);
});
