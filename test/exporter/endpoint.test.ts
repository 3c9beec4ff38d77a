import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MonitorError } from '../../core/errors.js';
import { createWiring } from '../../core/wiring.js';
import { MonitorExporter } from '../../exporter/index.js';
import { takenPort, told } from './endpoint-tools.js';
import { running, send } from './harness.js';

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
