import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { Agent, createServer as createHttp, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type TestContext, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { DiagLogLevel, diag } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MonitorError } from '../../core/errors.js';
import { createWiring } from '../../core/wiring.js';
import { DEFAULT_LIMITS, Endpoint } from '../../exporter/endpoint.js';
import { MonitorExporter } from '../../exporter/index.js';
import { parseExposition } from './exposition-parser.js';
import { OPEN_METRICS, running, send } from './harness.js';

/** Takes a port of loopback until the test ends. */
async function takenPort(t: TestContext): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  return (server.address() as AddressInfo).port;
}

/** Collects what is logged through OpenTelemetry's own channel. */
function logged(t: TestContext): string[] {
  const lines: string[] = [];
  const log = (message: string): void => void lines.push(message);
  const logger = { error: log, warn: log, info: () => {}, debug: () => {}, verbose: () => {} };
  diag.setLogger(logger, { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true });
  t.after(() => diag.disable());
  return lines;
}

/** What is told through Node's channel for warnings until the test ends; asks what there is now. */
function told(t: TestContext): () => Promise<string[]> {
  const lines: string[] = [];
  const listen = (warning: Error): void => {
    if (warning.name === 'otel-llm-monitor') lines.push(warning.message);
  };
  process.on('warning', listen);
  t.after(() => process.off('warning', listen));
  // Node emits a warning on the tick after it was given.
  return async () => {
    await new Promise(setImmediate);
    return lines;
  };
}

test('it is a PrometheusExporter, on loopback unless told otherwise', async t => {
  const { exporter } = await running(t);
  assert.ok(exporter instanceof PrometheusExporter);
  assert.match(exporter.url, /^http:\/\/127\.0\.0\.1:\d+$/);
  assert.notEqual(new URL(exporter.url).port, '0');
  const idle = new MonitorExporter({ wiring: createWiring(), preventServerStart: true });
  assert.equal(idle.url, 'http://127.0.0.1:9464');
});

test('host and port come from the environment only where no option says them', t => {
  const names = ['OTEL_EXPORTER_PROMETHEUS_HOST', 'OTEL_EXPORTER_PROMETHEUS_PORT'];
  const before = names.map(name => process.env[name]);
  t.after(() => {
    for (const [i, name] of names.entries()) {
      if (before[i] === undefined) delete process.env[name];
      else process.env[name] = before[i];
    }
  });
  process.env['OTEL_EXPORTER_PROMETHEUS_HOST'] = '127.0.0.2';
  process.env['OTEL_EXPORTER_PROMETHEUS_PORT'] = '1234';
  const url = (options: { host?: string; port?: number }): string =>
    new MonitorExporter({ wiring: createWiring(), preventServerStart: true, ...options }).url;
  assert.equal(url({}), 'http://127.0.0.2:1234');
  assert.equal(url({ host: '127.0.0.1', port: 0 }), 'http://127.0.0.1:0');
  assert.equal(url({ host: '::1', port: 1 }), 'http://[::1]:1');
  process.env['OTEL_EXPORTER_PROMETHEUS_PORT'] = '';
  assert.equal(url({}), 'http://127.0.0.2:9464');
  process.env['OTEL_EXPORTER_PROMETHEUS_PORT'] = '12e3';
  assert.throws(() => url({}), /OTEL_EXPORTER_PROMETHEUS_PORT is "12e3"; expected a whole number from 0 to 65535/);
});

test('wrong options are refused by name, and a token is never shown', () => {
  for (const [options, message] of [
    [{ port: -1 }, /port is -1/],
    [{ port: 65536 }, /port is 65536/],
    [{ port: 1.5 }, /port is 1\.5/],
    [{ collectTimeout: 0 }, /collectTimeout is 0/],
    [{ portAttempts: -1 }, /portAttempts is -1/],
    [{ token: '' }, /token is empty/],
  ] as const) {
    assert.throws(() => new MonitorExporter({ wiring: createWiring(), ...options }), message);
  }
  assert.throws(
    () => new MonitorExporter({ wiring: createWiring(), token: 'two words' }),
    (error: Error) => MonitorError.is(error) && !error.message.includes('two words'),
  );
});

test('a taken port gives way to a free one: counted and told once, with both ports', async t => {
  const lines = told(t);
  const port = await takenPort(t);
  let called: unknown = 'not called';
  const wiring = createWiring();
  const exporter = new MonitorExporter({ wiring, port, processMetrics: false }, error => {
    called = error;
  });
  t.after(() => exporter.shutdown());
  await exporter.listening;
  const used = Number(new URL(exporter.url).port);
  assert.ok(used > port && used <= port + 10);
  assert.equal(wiring.store.value('selfErrors', { component: 'endpoint' }), 1);
  assert.equal((await fetch(`${exporter.url}/healthz`)).status, 200);
  assert.equal(called, undefined);
  await exporter.stopServer();
  await exporter.startServer();
  const [line = '', ...more] = await lines();
  assert.match(line, new RegExp(`port ${port} is taken on 127\\.0\\.0\\.1.*port ${used}\\.`));
  assert.deepEqual(more, []);
});

test('an address that cannot be had rejects with UNAVAILABLE and is told once with host, port and why', async t => {
  const lines = told(t);
  const port = await takenPort(t);
  for (const [options, ...words] of [
    [{ port, portAttempts: 0 }, '127.0.0.1', `port ${port}`, 'EADDRINUSE'],
    [{ port: 0, host: '192.0.2.1' }, '192.0.2.1', 'port 0', 'EADDRNOTAVAIL'],
  ] as const) {
    const wiring = createWiring();
    const exporter = new MonitorExporter({ wiring, processMetrics: false, ...options });
    await assert.rejects(exporter.listening, { code: 'UNAVAILABLE' });
    assert.equal(wiring.store.value('selfErrors', { component: 'endpoint' }), 1);
    await assert.rejects(exporter.startServer(), { code: 'UNAVAILABLE' });
    const [line = '', ...more] = (await lines()).splice(0);
    for (const word of words) assert.ok(line.includes(word), `${word} in: ${line}`);
    assert.deepEqual(more, []);
    await exporter.shutdown();
  }
});

const hasIPv6 = Object.values(networkInterfaces()).some(all => all?.some(({ address }) => address === '::1'));

test('an IPv6 host listens with brackets and without, and its URL has them once', {
  skip: !hasIPv6 && 'this machine has no IPv6 loopback',
}, async t => {
  for (const [host, url] of [
    ['::1', /^http:\/\/\[::1\]:\d+$/],
    ['[::1]', /^http:\/\/\[::1\]:\d+$/],
    ['[::]', /^http:\/\/127\.0\.0\.1:\d+$/],
  ] as const) {
    const idle = new MonitorExporter({ wiring: createWiring(), preventServerStart: true, host, port: 1 });
    assert.match(idle.url, url);
    const { exporter } = await running(t, { host });
    assert.match(exporter.url, url);
    assert.equal((await send(`${exporter.url}/metrics`)).status, 200);
  }
});

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

/** Sends bytes as they are and gives all that comes back until the other side closes. */
async function raw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  let text = '';
  socket.on('data', chunk => {
    text += String(chunk);
  });
  socket.write(bytes);
  await once(socket, 'close');
  return text;
}

test('request targets and headers that are no path, or too large', async t => {
  const { exporter } = await running(t);
  const end = 'Host: 127.0.0.1\r\nConnection: close\r\n\r\n';
  assert.match(await raw(exporter.url, `GET http://evil.example/metrics HTTP/1.1\r\n${end}`), /^HTTP\/1\.1 400 /);
  assert.match(await raw(exporter.url, `OPTIONS * HTTP/1.1\r\n${end}`), /^HTTP\/1\.1 400 /);
  assert.match(await raw(exporter.url, `GET //evil.example/metrics HTTP/1.1\r\n${end}`), /^HTTP\/1\.1 404 /);
  assert.match(await raw(exporter.url, `GET / HTTP/1.1\r\nX: ${'x'.repeat(9000)}\r\n${end}`), /^HTTP\/1\.1 431 /);
  assert.match(await raw(exporter.url, 'GET /healthz HTTP/1.1\r\n\r\n'), /^HTTP\/1\.1 400 /);
});

test('a client that sends its headers or its body slowly is let go', async t => {
  const limits = { ...DEFAULT_LIMITS, headersTimeout: 60, requestTimeout: 120, checkInterval: 20 };
  const endpoint = new Endpoint({
    host: '127.0.0.1',
    port: 0,
    portAttempts: 0,
    limits,
    handler: request => void request.resume(),
    onOtherPort: () => {},
    onFault: () => {},
  });
  t.after(() => endpoint.stop());
  await endpoint.start();
  const url = `http://127.0.0.1:${endpoint.address?.port}`;
  assert.match(await raw(url, 'GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-'), /^HTTP\/1\.1 408 /);
  assert.match(
    await raw(url, 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nx'),
    /^HTTP\/1\.1 408 |^$/,
  );
});

test('a new connection takes the place of the oldest that asks nothing, and is dropped when all are served', {
  timeout: 20_000,
}, async t => {
  const held: ServerResponse[] = [];
  const endpoint = new Endpoint({
    host: '127.0.0.1',
    port: 0,
    portAttempts: 0,
    limits: { ...DEFAULT_LIMITS, connections: 3 },
    handler: (request, response) => void (request.url === '/held' ? held.push(response) : response.end('ok')),
    onOtherPort: () => {},
    onFault: () => {},
  });
  t.after(() => endpoint.stop());
  await endpoint.start();
  const port = endpoint.address?.port ?? 0;
  const url = `http://127.0.0.1:${port}`;
  const closed: string[] = [];
  const open = async (name: string): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1').on('error', () => {});
    socket.on('close', () => closed.push(name));
    t.after(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  const arrived = async (requests: number): Promise<void> => {
    while (held.length < requests) await new Promise(setImmediate);
  };
  const busy = await open('busy');
  busy.write('GET /held HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n');
  await arrived(1);
  const half = await open('half');
  half.write('GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-');
  const idle = await open('idle');

  // The one that waits for an answer is older, but it has asked.
  const gone = once(half, 'close');
  assert.equal((await send(url, { headers: { connection: 'close' } })).status, 200);
  await gone;
  assert.deepEqual(closed, ['half']);

  const waiting = [send(`${url}/held`), send(`${url}/held`)];
  await once(idle, 'close');
  await arrived(3);
  await assert.rejects(send(url));
  for (const response of held) response.end('late');
  assert.deepEqual(
    (await Promise.all(waiting)).map(({ status }) => status),
    [200, 200],
  );
  assert.deepEqual(closed, ['half', 'idle']);
  assert.equal((await send(url)).status, 200);
});

test('more idle connections than the limit keep no scrape out', async t => {
  const { exporter } = await running(t);
  const port = Number(new URL(exporter.url).port);
  const idle = Array.from({ length: DEFAULT_LIMITS.connections + 20 }, () =>
    connect(port, '127.0.0.1').on('error', () => {}),
  );
  t.after(() => idle.forEach(socket => void socket.destroy()));
  await Promise.all(idle.map(socket => once(socket, 'connect')));
  for (const path of ['/metrics', '/healthz', '/metrics'])
    assert.equal((await send(`${exporter.url}${path}`)).status, 200);
});

test('shutdown closes connections that are kept alive, is idempotent, and frees the port', async t => {
  const { exporter, provider } = await running(t);
  const agent = new Agent({ keepAlive: true });
  t.after(() => agent.destroy());
  const request = get(`${exporter.url}/healthz`, { agent });
  const [socket] = (await once(request, 'socket')) as [Socket];
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  await once(response.resume(), 'end');
  const closed = once(socket, 'close');
  const port = Number(new URL(exporter.url).port);
  await Promise.all([exporter.shutdown(), exporter.shutdown(), provider.shutdown()]);
  await closed;
  const next = createServer().listen(port, '127.0.0.1');
  await once(next, 'listening');
  next.close();
});

test('a scrape under way at shutdown is answered, and its connection closed', async t => {
  let release: () => void = () => {};
  let asked: () => void = () => {};
  const reached = new Promise<void>(resolve => {
    asked = resolve;
  });
  const { exporter } = await running(t, {
    registries: [
      {
        getMetricsAsJSON: () => {
          asked();
          return new Promise(resolve => {
            release = () => resolve([]);
          });
        },
      },
    ],
  });
  const scrape = send(`${exporter.url}/metrics`);
  await reached;
  const stopped = exporter.stopServer();
  release();
  assert.equal((await scrape).status, 200);
  await stopped;
});

test('a stopped server can be started again', async t => {
  const { exporter } = await running(t);
  await exporter.stopServer();
  await exporter.stopServer();
  await exporter.startServer();
  assert.equal((await send(`${exporter.url}/healthz`)).status, 200);
});

test('the handler answers in a server of the app, and wants the token there too', async t => {
  const { exporter } = await running(t, { preventServerStart: true, token: 'secret' });
  const server = createHttp((request, response) => exporter.getMetricsRequestHandler(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/anything`;
  assert.equal((await send(url)).status, 401);
  const answer = await send(url, { headers: { authorization: 'Bearer secret', host: 'app.example' } });
  assert.equal(answer.status, 200);
  assert.ok(parseExposition(answer.body.toString(), false).length > 0);
});

/** Runs a script against the built exporter, the way a user's program would. */
function runScript(body: string): { stdout: string; status: number | null; stderr: string } {
  const module = fileURLToPath(new URL('../../exporter/index.js', import.meta.url));
  const script = `
    import { connect } from 'node:net';
    import { MonitorExporter } from ${JSON.stringify(module)};
    import { MeterProvider } from '@opentelemetry/sdk-metrics';
    const exporter = new MonitorExporter({ host: '127.0.0.1', port: 0 });
    const provider = new MeterProvider({ readers: [exporter] });
    await exporter.listening;
    ${body}`;
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: fileURLToPath(new URL('.', import.meta.url)),
    encoding: 'utf8',
    timeout: 20_000,
  });
  return { stdout: stdout.trim(), status, stderr };
}

test('a script that has nothing else to do ends, though the endpoint listens and was scraped', () => {
  const { stdout, status, stderr } = runScript(
    `console.log((await (await fetch(exporter.url + '/metrics')).text()).length > 1000);`,
  );
  assert.deepEqual([stdout, status], ['true', 0], stderr);
});

test('a script that waits for the shutdown gets it, also with a client that never ends its request', () => {
  const { stdout, status, stderr } = runScript(`
    const socket = connect(new URL(exporter.url).port, '127.0.0.1').on('error', () => {});
    await new Promise(resolve => socket.write('GET /metrics HTTP/1.1\\r\\nX-', resolve));
    await fetch(exporter.url + '/healthz');
    socket.unref();
    await provider.shutdown();
    console.log('stopped');`);
  assert.deepEqual([stdout, status], ['stopped', 0], stderr);
});

test('an endpoint that cannot be had leaves the app alone', () => {
  const { stdout, status, stderr } = runScript(`
    const port = Number(new URL(exporter.url).port);
    const second = new MonitorExporter({ host: '127.0.0.1', port, portAttempts: 0 });
    process.on('exit', () => console.log('the app ran to its end'));`);
  assert.deepEqual([stdout, status], ['the app ran to its end', 0], stderr);
});
