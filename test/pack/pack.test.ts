import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';

// What a user gets: the packed tarball in a bare project, with our dependencies linked beside it.
const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..');
const app = mkdtempSync(join(tmpdir(), 'llm-monitor-pack-'));
const modules = join(app, 'node_modules');
const SUBPATHS = ['', '/instrumentation', '/processor', '/exporter', '/grafana', '/testing'];

before(() => {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', app], {
      cwd: ROOT,
      encoding: 'utf8',
    }),
  ) as { filename: string }[];
  mkdirSync(join(modules, 'otel-llm-monitor'), { recursive: true });
  execFileSync('tar', [
    '-xzf',
    join(app, packed?.filename ?? ''),
    '--strip-components=1',
    '-C',
    join(modules, 'otel-llm-monitor'),
  ]);
  for (const name of readdirSync(join(ROOT, 'node_modules'))) {
    if (!name.startsWith('.')) symlinkSync(join(ROOT, 'node_modules', name), join(modules, name));
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true }));
});
after(() => rmSync(app, { recursive: true, force: true }));

const run = (file: string, source: string, ...flags: string[]) => {
  writeFileSync(join(app, file), source);
  const { status, stdout, stderr } = spawnSync(process.execPath, [...flags, file], {
    cwd: app,
    encoding: 'utf8',
    env: { ...process.env, OTEL_EXPORTER_PROMETHEUS_PORT: '0', NODE_V8_COVERAGE: '' },
  });
  assert.equal(status, 0, `${file} ended with ${status}: ${stderr}`);
  return { stdout, stderr };
};

test('the tarball holds what runs and no tests', () => {
  const inside = join(modules, 'otel-llm-monitor');
  const names = readdirSync(inside).sort();
  for (const name of ['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json'])
    assert.ok(names.includes(name), name);
  assert.ok(!existsSync(join(inside, 'dist', 'test')));
  assert.ok(!existsSync(join(inside, 'test')));
  const { scripts, dependencies } = JSON.parse(readFileSync(join(inside, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
    dependencies: Record<string, string>;
  };
  for (const hook of ['install', 'preinstall', 'postinstall'])
    assert.equal(scripts[hook], undefined, 'no install scripts');
  assert.equal(
    dependencies['@opentelemetry/api'],
    undefined,
    'the API is a peer: two copies of it silently lose everything',
  );
});

for (const subpath of SUBPATHS) {
  test(`otel-llm-monitor${subpath} gives the same names to import and to require`, () => {
    const name = `otel-llm-monitor${subpath}`;
    const slug = `load${subpath.replace('/', '-')}`;
    const imported = run(
      `${slug}.mjs`,
      `import * as m from '${name}'; console.log(Object.keys(m).sort().join());`,
    ).stdout;
    const required = run(
      `${slug}.cjs`,
      `console.log(Object.keys(require('${name}')).filter(k => k !== '__esModule').sort().join());`,
    ).stdout;
    assert.equal(required, imported);
    assert.ok(imported.trim().length > 0);
  });
}

for (const [what, flags, file, source] of [
  ['--import with an ES module', ['--import', 'otel-llm-monitor/register'], 'a.mjs', "console.log('ran');"],
  ['--import with CommonJS', ['--import', 'otel-llm-monitor/register'], 'b.cjs', "console.log('ran');"],
  ['--require with CommonJS', ['--require', 'otel-llm-monitor/register'], 'c.cjs', "console.log('ran');"],
] as const) {
  test(`register by ${what} starts, and a finished app ends`, () => {
    const { stdout, stderr } = run(file, source, ...flags);
    assert.equal(stdout.trim(), 'ran');
    assert.ok(!stderr.includes('unmonitored'), stderr);
  });
}

test('types resolve for ES module and CommonJS users', () => {
  const source = `import { startMonitor, type Monitor, defineConfig } from 'otel-llm-monitor';
import { wrap } from 'otel-llm-monitor/instrumentation';
import { LlmSpanProcessor, type Evaluator } from 'otel-llm-monitor/processor';
import { MonitorExporter } from 'otel-llm-monitor/exporter';
import { rules } from 'otel-llm-monitor/grafana';
export const start = (): Monitor => startMonitor(defineConfig({ port: 0, preset: 'finance' }));
export const parts = [wrap, LlmSpanProcessor, MonitorExporter, rules];
export type E = Evaluator;
// @ts-expect-error the preset does not exist
defineConfig({ preset: 'bank' });
`;
  writeFileSync(join(app, 'types.mts'), source);
  writeFileSync(join(app, 'types.cts'), source);
  const options = [
    '--noEmit',
    '--strict',
    '--target',
    'es2023',
    '--module',
    'nodenext',
    '--moduleResolution',
    'nodenext',
    '--skipLibCheck',
    '--types',
    'node',
  ];
  const { status, stdout } = spawnSync(
    process.execPath,
    [join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc'), ...options, 'types.mts', 'types.cts'],
    { cwd: app, encoding: 'utf8' },
  );
  assert.equal(status, 0, stdout);
});
