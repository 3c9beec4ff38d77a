import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { FeedbackRecord } from '../../core/feedback.js';
import { createWiring } from '../../core/wiring.js';
import { FEEDBACK_LIMITS } from '../../exporter/routes/feedback.js';
import { FakeClock } from '../fake-clock.js';
import { type Answer, running, send } from './harness.js';

const JSON_TYPE = 'application/json';
const LINES_TYPE = 'application/x-ndjson';

async function feedback(t: TestContext, accept?: (record: FeedbackRecord) => void) {
  const clock = new FakeClock();
  const taken: FeedbackRecord[] = [];
  const wiring = createWiring({ clock });
  const sink = { accept: accept ?? ((record: FeedbackRecord) => void taken.push(record)) };
  const { exporter } = await running(t, { wiring, feedback: sink });
  const post = (body: string | Buffer, type?: string, headers: Record<string, string> = {}): Promise<Answer> =>
    send(`${exporter.url}/v1/feedback`, {
      method: 'POST',
      body,
      headers: { ...(type === undefined ? {} : { 'content-type': type }), ...headers },
    });
  return { clock, taken, post, store: wiring.store };
}

const label = (id: string) => ({ call_id: id, label: 'ham' });

test('one object, an array or one a line: all are taken in order', async t => {
  const { post, taken } = await feedback(t);
  for (const [body, type, accepted] of [
    [JSON.stringify(label('a')), JSON_TYPE, 1],
    [JSON.stringify([label('b'), label('c')]), 'application/json; charset=UTF-8', 2],
    [`${JSON.stringify(label('d'))}\r\n\n${JSON.stringify(label('e'))}`, LINES_TYPE, 2],
    [JSON.stringify({ response_id: 'f', rating: 0.5 }), 'Application/JSON', 1],
  ] as const) {
    const answer = await post(body, type);
    assert.equal(answer.status, 202);
    assert.deepEqual(answer.json(), { accepted, rejected: [] });
  }
  assert.deepEqual(
    taken.map(record => record.id),
    ['a', 'b', 'c', 'd', 'e', 'f'],
  );
});

test('a wrong record is answered for by its index, counted, and does not stop the others', async t => {
  const { post, taken, store } = await feedback(t);
  const answer = await post(JSON.stringify([{ label: 'x' }, label('a'), 7, { call_id: 'b', rating: 2 }]), JSON_TYPE);
  assert.equal(answer.status, 202);
  const { accepted, rejected } = answer.json() as { accepted: number; rejected: { index: number; error: string }[] };
  assert.equal(accepted, 1);
  assert.deepEqual(
    rejected.map(({ index }) => index),
    [0, 2, 3],
  );
  assert.match(rejected[0]?.error ?? '', /call_id, response_id/);
  assert.equal(taken.length, 1);
  assert.equal(store.value('truthLabels', { task: 'other', result: 'rejected' }), 3);
  const secret = await post(`{"call_id":"x"\n{"call_id":"c","label":"my secret words",}`, LINES_TYPE);
  assert.equal((secret.json()['rejected'] as unknown[]).length, 2);
  assert.ok(!secret.body.includes('secret words'));
});

test('a sink that throws is a rejected record, not a broken endpoint', async t => {
  const { post } = await feedback(t, () => {
    throw new Error('full');
  });
  assert.deepEqual((await post(JSON.stringify(label('a')), JSON_TYPE)).json(), {
    accepted: 0,
    rejected: [{ index: 0, error: 'full' }],
  });
});

test('bodies that hold no records are 400', async t => {
  const { post } = await feedback(t);
  for (const [body, type] of [
    ['', JSON_TYPE],
    ['{', JSON_TYPE],
    ['[]', JSON_TYPE],
    ['"text"', JSON_TYPE],
    ['null', JSON_TYPE],
    ['42', JSON_TYPE],
    ['\n \n', LINES_TYPE],
    [Buffer.from([0x22, 0xff, 0xfe, 0x22]), JSON_TYPE],
    ['['.repeat(200_000), JSON_TYPE],
  ] as const) {
    const answer = await post(body, type);
    assert.equal(answer.status, 400, String(body).slice(0, 20));
    assert.equal(answer.json()['error'], 'malformed');
  }
});

test('other media types, charsets and compressed bodies are 415: a form of another site can send none of ours', async t => {
  const { post } = await feedback(t);
  const body = JSON.stringify(label('a'));
  for (const [type, headers] of [
    [undefined, {}],
    ['text/plain', {}],
    ['application/x-www-form-urlencoded', {}],
    ['multipart/form-data; boundary=x', {}],
    ['application/json; charset=utf-16', {}],
    [JSON_TYPE, { 'content-encoding': 'gzip' }],
  ] as const) {
    assert.equal((await post(body, type, headers)).status, 415, type);
  }
});

test('a body over the limit is 413, announced or not, and the endpoint lives on', async t => {
  const { post, taken } = await feedback(t);
  const fits = JSON.stringify([label('a')]).padEnd(FEEDBACK_LIMITS.body, ' ');
  assert.equal((await post(fits, JSON_TYPE)).status, 202);
  assert.equal((await post(`${fits} `, JSON_TYPE)).status, 413);
  assert.equal((await post(`${fits} `, JSON_TYPE, { 'transfer-encoding': 'chunked' })).status, 413);
  assert.equal((await post(fits, JSON_TYPE)).status, 202);
  assert.equal(taken.length, 2);
});

test('more than the quota is 429 as a whole, and time refills it', async t => {
  const { post, taken, clock } = await feedback(t);
  const batch = (n: number): string => Array.from({ length: n }, () => '{"call_id":"a","rating":1}').join('\n');
  assert.equal((await post(batch(FEEDBACK_LIMITS.batch), LINES_TYPE)).status, 202);
  const refused = await post(batch(500), LINES_TYPE);
  assert.equal(refused.status, 429);
  assert.equal(refused.headers['retry-after'], '1');
  assert.equal(taken.length, FEEDBACK_LIMITS.batch);
  clock.advance(500);
  assert.equal((await post(batch(FEEDBACK_LIMITS.perSecond / 2), LINES_TYPE)).status, 202);
  assert.equal((await post(batch(1), LINES_TYPE)).status, 429);
});

test('more records than one body may hold are 413 with how many may, at any time, and use up nothing', async t => {
  const { post, taken, clock } = await feedback(t);
  const batch = (n: number): string => JSON.stringify(Array.from({ length: n }, () => ({ call_id: 'a', rating: 1 })));
  for (const pause of [0, 3_600_000]) {
    clock.advance(pause);
    const refused = await post(batch(FEEDBACK_LIMITS.batch + 1), JSON_TYPE);
    assert.equal(refused.status, 413);
    assert.equal(refused.headers['retry-after'], undefined);
    assert.match(String(refused.json()['message']), /10001 records, at most 10000/);
  }
  assert.equal((await post(batch(FEEDBACK_LIMITS.batch), JSON_TYPE)).status, 202);
  assert.equal(taken.length, FEEDBACK_LIMITS.batch);
});

test('without anybody who takes labels there is no such route', async t => {
  const { exporter } = await running(t);
  assert.equal((await send(`${exporter.url}/v1/feedback`, { method: 'POST', body: '{}' })).status, 404);
});
