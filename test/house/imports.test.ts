import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const ROOT = projectRoot();

/** Who may import whom: a part may import itself and what stands here. `test` may import everything. */
const ARROWS: Readonly<Record<string, readonly string[]>> = {
  core: [],
  instrumentation: ['core'],
  processor: ['core'],
  exporter: ['core'],
  grafana: ['core'],
  monitor: ['core', 'instrumentation', 'processor', 'exporter', 'grafana'],
  testing: ['core', 'instrumentation', 'processor', 'exporter', 'monitor'],
  cli: ['core', 'grafana', 'monitor', 'processor', 'demo'],
  demo: ['core', 'grafana', 'monitor', 'processor', 'cli'],
};
/** What grafana needs of core, and no more: dashboards are pure functions of options. */
const GRAFANA_MAY = ['catalog', 'labels', 'prometheus-names', 'presets', 'errors'];
/** Folders whose files are pure: no timers, no input or output, no clock, no chance, no OpenTelemetry. */
const PURE = ['processor/evaluators', 'processor/detectors', 'processor/drift', 'instrumentation/readers'];
const IMPURE =
  /\b(?:setTimeout|setInterval|setImmediate|queueMicrotask|fetch)\(|\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bprocess\.|@opentelemetry\/|node:(?!util)/;

function projectRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) {
    if (readdirSync(at).includes('tsconfig.json')) return at;
  }
  throw new Error('no tsconfig.json above this test');
}

interface SourceFile {
  readonly path: string;
  readonly part: string;
  readonly text: string;
  readonly imports: readonly string[];
}

function sources(): SourceFile[] {
  const out: SourceFile[] = [];
  for (const part of Object.keys(ARROWS)) {
    for (const entry of readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || !entry.name.endsWith('.ts')) continue;
      const full = join(entry.parentPath, entry.name);
      const text = readFileSync(full, 'utf8');
      const imports = [...text.matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)'/g)].map(match =>
        relative(ROOT, join(dirname(full), match[1] as string)),
      );
      out.push({
        path: relative(ROOT, full).split(sep).join('/'),
        part,
        text,
        imports: imports.map(path => path.split(sep).join('/').replace(/\.js$/, '')),
      });
    }
  }
  return out;
}

const FILES = sources();

test('a part imports only what its arrows allow', () => {
  const broken = FILES.flatMap(file =>
    file.imports
      .filter(target => {
        const to = target.split('/')[0] as string;
        return to !== file.part && !(ARROWS[file.part] as readonly string[]).includes(to);
      })
      .map(target => `${file.path} imports ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('dashboards and rules are made from the catalogue and the presets alone', () => {
  const broken = FILES.filter(file => file.part === 'grafana').flatMap(file =>
    file.imports
      .filter(target => target.startsWith('core/') && !GRAFANA_MAY.includes(target.slice('core/'.length)))
      .map(target => `${file.path} imports ${target}`),
  );
  assert.deepEqual(broken, []);
});

test('only register, cli, demo and testing import the composition', () => {
  const broken = FILES.filter(file => !['monitor', 'cli', 'demo', 'testing'].includes(file.part)).filter(file =>
    file.imports.some(target => target.startsWith('monitor/')),
  );
  assert.deepEqual(
    broken.map(file => file.path),
    [],
  );
});

test('pure folders hold no timers, no clock, no chance, no input or output', () => {
  const broken = FILES.filter(file => PURE.some(folder => file.path.startsWith(`${folder}/`))).flatMap(file => {
    const code = file.text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
    const found = IMPURE.exec(code);
    return found === null ? [] : [`${file.path}: ${found[0]}`];
  });
  assert.deepEqual(broken, []);
});

test('no import circles', () => {
  const graph = new Map(FILES.map(file => [file.path.replace(/\.ts$/, ''), file.imports]));
  const done = new Set<string>();
  const circles: string[] = [];
  const walk = (at: string, path: readonly string[]): void => {
    if (path.includes(at)) {
      circles.push([...path.slice(path.indexOf(at)), at].join(' -> '));
      return;
    }
    if (done.has(at)) return;
    for (const next of graph.get(at) ?? []) walk(next, [...path, at]);
    done.add(at);
  };
  for (const start of graph.keys()) walk(start, []);
  assert.deepEqual(circles, []);
});

test('a file reads in one sitting', () => {
  const long = FILES.filter(file => file.text.split('\n').length > 320).map(file => file.path);
  assert.deepEqual(long, []);
});
