import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { judgeExpressions } from './expression-judge.js';
import { findExpressions, recordMadeExpressions } from './expressions.js';

const PARTS = ['core', 'instrumentation', 'processor', 'exporter', 'grafana', 'monitor', 'cli', 'demo', 'testing'];
const BUILT = new URL('../../', import.meta.url);
/** Modules that make expressions only when they are used: how to use them. */
const USES: Readonly<Record<string, (module: Record<string, unknown>) => void>> = {
  'processor/prices/table.ts': module => (module['builtInTable'] as () => void)(),
};

function projectRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, 'tsconfig.json'))) return at;
  throw new Error('no tsconfig.json above this test');
}

/** An expression as its file shows it, or as it was made. */
interface Shipped {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/** Every expression of the shipped files, each once, and the places whose expressions are not known. */
async function shippedExpressions(): Promise<{ shipped: readonly Shipped[]; unseen: readonly string[] }> {
  const { literals, made } = findExpressions(projectRoot(), file => PARTS.includes(file.split('/')[0] ?? ''));
  const recording = recordMadeExpressions();
  try {
    for (const file of made.keys()) {
      const module = (await import(new URL(file.replace(/\.ts$/, '.js'), BUILT).href)) as Record<string, unknown>;
      USES[file]?.(module);
    }
  } finally {
    recording.stop();
  }
  const unseen: string[] = [];
  const all: Shipped[] = [...literals];
  for (const [file, sites] of made) {
    const path = fileURLToPath(new URL(file.replace(/\.ts$/, '.js'), BUILT));
    const here = recording.made.filter(({ place }) => place.startsWith(`${path}:`));
    const seen = new Set(here.map(({ place }) => place)).size;
    if (seen !== sites) unseen.push(`${file} makes expressions in ${sites} places, seen were ${seen}`);
    all.push(...here.map(({ source, flags }) => ({ file, source, flags })));
  }
  const once = new Map(all.map(one => [`/${one.source}/${one.flags}`, one]));
  return { shipped: [...once.values()], unseen };
}

test('no regular expression takes more than linear time', { timeout: 600_000 }, async t => {
  const { shipped, unseen } = await shippedExpressions();
  assert.deepEqual(unseen, [], 'add to USES how to make them');
  const verdicts = await judgeExpressions(shipped);
  const proofs = verdicts.filter(({ checker }) => checker === 'automaton').length;
  t.diagnostic(`${shipped.length} expressions, ${proofs} decided by automaton, the others by search`);
  const broken = verdicts.flatMap(({ status, detail }, i) => {
    const { file, source, flags } = shipped[i] as Shipped;
    return status === 'safe' ? [] : [`${file}: /${source}/${flags} is ${status}: ${detail}`];
  });
  assert.deepEqual(broken, [], 'anchor it, bound it, or let no two parts that follow each other match the same');
});

test('what takes more than linear time is found out', { timeout: 300_000 }, async () => {
  const planted = [
    ['^(?:a+)+$', ''],
    ['a*b', ''],
    ['\\s+$', 'u'],
    ['(?=.)\\d+(?:,\\d+)*;', 'g'],
    ['(?<!x)<[^>]*>', ''],
  ] as const;
  const verdicts = await judgeExpressions(planted.map(([source, flags]) => ({ source, flags })));
  assert.deepEqual(
    verdicts.map(({ status }) => status),
    planted.map(() => 'vulnerable'),
  );
});

test('expressions are found wherever they stand', t => {
  const folder = mkdtempSync(join(tmpdir(), 'expressions-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'tsconfig.json'), '{"compilerOptions":{"types":[],"noLib":true},"files":["a.ts","b.ts"]}');
  writeFileSync(join(folder, 'b.ts'), 'export const other = /b/;');
  writeFileSync(
    join(folder, 'a.ts'),
    [
      'declare const x: number, g: number;',
      'const half = x / 2 / g; // /comment/',
      'const address = "http://host/path/";',
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a template of the file it writes
      'const text = `${half / 2} /text/ ${/in\\/side/u}`;',
      'if (x) /[/"]+/.test(text);',
      'export const last = [address, { a: /a/gi }, new RegExp(text), RegExp("y", "g"), new Map()];',
    ].join('\n'),
  );
  const { literals, made } = findExpressions(folder, file => file === 'a.ts');
  assert.deepEqual(
    literals.map(({ source, flags }) => `${source} ${flags}`),
    ['in\\/side u', '[/"]+ ', 'a gi'],
  );
  assert.deepEqual([...made], [['a.ts', 2]]);
});
