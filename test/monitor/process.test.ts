import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

// What a person sees who starts an app with `--import .. register`: its output, its errors, its exit.
const REGISTER = new URL('../../monitor/register.js', import.meta.url).href;
const folder = mkdtempSync(join(tmpdir(), 'llm-monitor-process-'));
after(() => rmSync(folder, { recursive: true, force: true }));

async function run(
  source: string,
  env: Record<string, string>,
  act?: (pid: number, seen: () => string) => Promise<void>,
) {
  const file = join(folder, `${Math.abs(hash(source + JSON.stringify(env)))}.mjs`);
  writeFileSync(file, source);
  const child = spawn(process.execPath, ['--import', REGISTER, file], {
    cwd: folder,
    env: { ...process.env, OTEL_EXPORTER_PROMETHEUS_PORT: '0', NODE_V8_COVERAGE: '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (part: Buffer) => {
    stdout += part.toString();
  });
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  await act?.(child.pid as number, () => stdout);
  const [code, signal] = await ended;
  return { stdout, stderr, code, signal };
}

const hash = (text: string): number => [...text].reduce((sum, c) => (Math.imul(sum, 31) + c.charCodeAt(0)) | 0, 7);

test('a wrong setting is one line, and the app runs on unmonitored', async () => {
  const { stdout, stderr, code } = await run("console.log('ran');", { LLM_MONITOR_PRESET: 'bank' });
  assert.equal(code, 0);
  assert.equal(stdout, 'ran\n');
  assert.equal(
    stderr,
    'otel-llm-monitor: this process runs unmonitored: LLM_MONITOR_PRESET is "bank"; expected online, finance, healthcare\n',
  );
});

test('OTEL_SDK_DISABLED switches everything off', async () => {
  const { stdout, stderr, code } = await run(
    "console.log(process.getActiveResourcesInfo().filter(one => one.startsWith('TCP')).length);",
    { OTEL_SDK_DISABLED: 'true' },
  );
  assert.deepEqual([code, stdout, stderr], [0, '0\n', '']);
});

test('a taken port is told with both ports', async () => {
  const other = createTcpServer();
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  try {
    const { stderr, code } = await run("await new Promise(resolve => setTimeout(resolve, 300)); console.log('ran');", {
      OTEL_EXPORTER_PROMETHEUS_PORT: String(port),
    });
    assert.equal(code, 0);
    assert.match(stderr, new RegExp(`port ${port} is taken`));
  } finally {
    other.close();
  }
});

test('an OTLP endpoint without the package that sends is a notice, and the monitor runs', async () => {
  const { stdout, stderr, code } = await run("console.log('ran');", {
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc',
  });
  assert.deepEqual([code, stdout], [0, 'ran\n']);
  assert.match(stderr, /the OTLP protocol is "grpc"/);
  assert.doesNotMatch(stderr, /unmonitored/);
});

for (const [what, last, ending] of [
  ['ends by itself', '', [0, null]],
  ['is ended by a signal', 'setInterval(() => {}, 1000);', [null, 'SIGTERM']],
] as const) {
  test(`spans are sent before an app that ${what} is gone`, async () => {
    let received = 0;
    const collector = createServer((request, response) => {
      received += 1;
      request.resume();
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
    await new Promise<void>(resolve => collector.listen(0, '127.0.0.1', resolve));
    const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
    const api = import.meta.resolve('@opentelemetry/api');
    const source = `import { trace } from '${api}'; trace.getTracer('app').startSpan('work').end(); console.log('up'); ${last}`;
    try {
      const { code, signal } = await run(source, { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }, async (pid, seen) => {
        if (last === '') return;
        while (!seen().includes('up')) await new Promise(resolve => setTimeout(resolve, 20));
        process.kill(pid, 'SIGTERM');
      });
      assert.deepEqual([code, signal], ending);
      assert.equal(received, 1);
    } finally {
      collector.closeAllConnections();
      collector.close();
    }
  });
}

test('the second start says which settings it ignores', async () => {
  const index = new URL('../../monitor/index.js', import.meta.url).href;
  const { stderr } = await run(
    `import { startMonitor } from '${index}'; startMonitor({ preset: 'finance', port: 1 });`,
    {},
  );
  assert.match(stderr, /a monitor runs already; the settings of this second start are ignored: preset, port/);
});
