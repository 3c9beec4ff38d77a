import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { judgeExpressions } from './expression-judge.js';
import { findExpressions } from './expressions.js';
import { type Shipped, shippedExpressions } from './shipped-expressions.js';

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
