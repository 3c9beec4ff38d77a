import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createWiring } from '../../core/wiring.js';
import { MonitorExporter } from '../../exporter/index.js';
import { logged } from './endpoint-tools.js';
import { parseExposition } from './exposition-parser.js';
import { OPEN_METRICS, running, send } from './harness.js';

test('health, readiness, and routes that are not there', async t => {
  let reason: string | undefined = 'the model is loading';
  const { exporter } = await running(t, { ready: () => reason });
  assert.deepEqual((await send(`${exporter.url}/healthz`)).json(), { status: 'ok' });
  const waiting = await send(`${exporter.url}/readyz?verbose`);
  assert.equal(waiting.status, 503);
  assert.deepEqual(waiting.json(), { status: 'not_ready', reason: 'the model is loading' });
  reason = undefined;
  assert.equal((await send(`${exporter.url}/readyz`)).status, 200);
  const missing = await send(`${exporter.url}/metric`);
  assert.equal(missing.status, 404);
  assert.deepEqual(missing.json()['routes'], ['GET /metrics', 'GET /healthz', 'GET /readyz']);
  assert.equal((await send(exporter.url, { method: 'OPTIONS' })).status, 404);
});

test('a readiness check that throws is not ready, and no reader of a MeterProvider is not ready', async t => {
  const { exporter, errors } = await running(t, {
    ready: () => {
      throw new Error('boom');
    },
  });
  assert.equal((await send(`${exporter.url}/readyz`)).status, 503);
  assert.equal(errors('endpoint'), 1);
  const alone = new MonitorExporter({ wiring: createWiring(), port: 0, processMetrics: false });
  t.after(() => alone.shutdown());
  await alone.listening;
  assert.match(String((await send(`${alone.url}/readyz`)).json()['reason']), /MeterProvider/);
});

test('methods: HEAD as GET without a body, anything else 405 with what is allowed', async t => {
  const { exporter } = await running(t, { feedback: { accept() {} } });
  const got = await send(`${exporter.url}/healthz`);
  const head = await send(`${exporter.url}/healthz`, { method: 'HEAD' });
  assert.equal(head.status, 200);
  assert.equal(head.body.length, 0);
  assert.equal(head.headers['content-length'], String(got.body.length));
  assert.equal((await send(`${exporter.url}/metrics`, { method: 'HEAD' })).status, 200);
  for (const [path, method, allow] of [
    ['/metrics', 'POST', 'GET, HEAD'],
    ['/readyz', 'DELETE', 'GET, HEAD'],
    ['/v1/feedback', 'GET', 'POST'],
    ['/v1/feedback', 'PUT', 'POST'],
  ] as const) {
    const answer = await send(`${exporter.url}${path}`, { method, body: method === 'GET' ? '' : 'x' });
    assert.equal(answer.status, 405, path);
    assert.equal(answer.headers['allow'], allow);
  }
});

test('metrics: type with its version, gzip where it is taken, nothing is cached or sniffed', async t => {
  const { exporter } = await running(t);
  const url = `${exporter.url}/metrics`;
  for (const [headers, type, packed] of [
    [{}, 'text/plain; version=0.0.4; charset=utf-8', false],
    [{ accept: OPEN_METRICS }, 'application/openmetrics-text; version=1.0.0; charset=utf-8', false],
    [{ 'accept-encoding': 'gzip' }, 'text/plain; version=0.0.4; charset=utf-8', true],
    [{ 'accept-encoding': 'gzip;q=0, br' }, 'text/plain; version=0.0.4; charset=utf-8', false],
  ] as const) {
    const answer = await send(url, { headers });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers['content-type'], type);
    assert.equal(answer.headers['content-encoding'], packed ? 'gzip' : undefined);
    assert.equal(answer.headers['content-length'], String(answer.body.length));
    assert.equal(answer.headers['x-content-type-options'], 'nosniff');
    assert.equal(answer.headers['cache-control'], 'no-store');
    const text = (packed ? gunzipSync(answer.body) : answer.body).toString();
    assert.ok(parseExposition(text, 'accept' in headers).length > 0);
  }
});

test('the endpoint option moves metrics only', async t => {
  const { exporter } = await running(t, { endpoint: 'prom' });
  assert.equal((await send(`${exporter.url}/prom`)).status, 200);
  assert.equal((await send(`${exporter.url}/metrics`)).status, 404);
});

test('with a token every route but health needs it', async t => {
  const lines = logged(t);
  const token = 'a-Token.of_ours';
  const { exporter } = await running(t, { token, feedback: { accept() {} } });
  for (const [path, authorization, status] of [
    ['/healthz', undefined, 200],
    ['/readyz', undefined, 200],
    ['/metrics', undefined, 401],
    ['/metrics', 'Bearer wrong', 401],
    ['/metrics', `Bearer ${token}`, 200],
    ['/v1/feedback', undefined, 401],
    ['/nowhere', undefined, 401],
    ['/nowhere', `Bearer ${token}`, 404],
  ] as const) {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const method = path === '/v1/feedback' ? 'POST' : 'GET';
    const answer = await send(`${exporter.url}${path}`, { method, headers, body: '' });
    assert.equal(answer.status, status, `${path} ${authorization}`);
    assert.equal(answer.headers['www-authenticate'], status === 401 ? 'Bearer' : undefined);
    assert.ok(!answer.body.includes(token));
  }
  assert.ok(!lines.join().includes(token));
});

test('beyond loopback without a token only metrics and health are served, and the answer says why', async t => {
  const { exporter } = await running(t, { host: '0.0.0.0', feedback: { accept() {} } });
  assert.match(exporter.url, /^http:\/\/127\.0\.0\.1:/);
  const body = '{"call_id":"c","label":"x"}';
  const headers = { 'content-type': 'application/json', host: 'app.internal:9464' };
  assert.equal((await send(`${exporter.url}/metrics`, { headers })).status, 200);
  assert.equal((await send(`${exporter.url}/healthz`, { headers })).status, 200);
  const refused = await send(`${exporter.url}/v1/feedback`, { method: 'POST', headers, body });
  assert.equal(refused.status, 403);
  assert.match(String(refused.json()['message']), /LLM_MONITOR_TOKEN/);
});

test('beyond loopback with a token the route is open to who has it', async t => {
  const { exporter } = await running(t, { host: '0.0.0.0', token: 'secret', feedback: { accept() {} } });
  const body = '{"call_id":"c","label":"x"}';
  const headers = { 'content-type': 'application/json', authorization: 'Bearer secret' };
  assert.equal((await send(`${exporter.url}/v1/feedback`, { method: 'POST', headers, body })).status, 202);
});

test('on loopback a name that somebody else can own is refused', async t => {
  const { exporter } = await running(t);
  for (const [host, path, status] of [
    ['evil.example', '/metrics', 403],
    ['evil.example:9464', '/nowhere', 403],
    ['evil.example', '/healthz', 200],
    ['localhost:9464', '/metrics', 200],
    ['[::1]:9464', '/metrics', 200],
  ] as const) {
    assert.equal((await send(`${exporter.url}${path}`, { headers: { host } })).status, status, `${host}${path}`);
  }
});
