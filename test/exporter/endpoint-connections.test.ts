import assert from 'node:assert/strict';
import { once } from 'node:events';
import { Agent, createServer as createHttp, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { DEFAULT_LIMITS, Endpoint } from '../../exporter/endpoint.js';
import { raw } from './endpoint-tools.js';
import { parseExposition } from './exposition-parser.js';
import { running, send } from './harness.js';

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
