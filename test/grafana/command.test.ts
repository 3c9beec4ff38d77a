import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, parse } from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { generateCommand } from '../../cli/generate.js';
import { generate } from '../../grafana/generate.js';

describe('llm-monitor generate', () => {
  let out: string;
  beforeEach(() => {
    out = mkdtempSync(join(tmpdir(), 'llm-monitor-generate-'));
  });
  afterEach(() => rmSync(out, { recursive: true }));

  const run = async (args: readonly string[], env: Record<string, string> = {}) => {
    const said = { out: '', err: '' };
    const code = await generateCommand.run(args, {
      out: text => (said.out += text),
      err: text => (said.err += text),
      env,
      colour: false,
    });
    return { code, ...said };
  };

  it('writes what it generates, with the options given', async () => {
    const args = [
      '--preset',
      'finance',
      '--job',
      'shop',
      '--runbook-url',
      'https://r.example',
      '--dashboard-url',
      'https://g.example',
    ];
    const { code, out: said } = await run(['--out', out, ...args]);
    assert.equal(code, 0);
    assert.match(said, /files written/);
    const files = generate({
      preset: 'finance',
      job: 'shop',
      runbookBaseUrl: 'https://r.example',
      dashboardBaseUrl: 'https://g.example',
    });
    for (const [path, content] of files) assert.equal(readFileSync(join(out, path), 'utf8'), content);
    assert.match(files.get('prometheus/rules/alerts.yaml') ?? '', /up\{job="shop"\}/);
  });

  it('takes the preset from the environment, and the argument over it', async () => {
    const env = { LLM_MONITOR_PRESET: 'finance' };
    await run(['--out', out], env);
    assert.equal((await run(['--out', out, '--check'], env)).code, 0);
    assert.equal((await run(['--out', out, '--check', '--preset', 'online'], env)).code, 1);
    assert.equal((await run(['--out', out], { LLM_MONITOR_PRESET: 'bank' })).code, 2);
  });

  it('checks: 0 when all is as generated, 1 with names when it is not', async () => {
    assert.equal((await run(['--out', out])).code, 0);
    assert.equal((await run(['--out', out, '--check'])).code, 0);
    appendFileSync(join(out, 'prometheus/rules/alerts.yaml'), '# mine\n');
    rmSync(join(out, 'runbooks/LLMAccuracyLow.md'));
    const { code, out: said } = await run(['--out', out, '--check']);
    assert.equal(code, 1);
    assert.equal(said, 'out of date  prometheus/rules/alerts.yaml\nmissing      runbooks/LLMAccuracyLow.md\n');
  });

  it('names files of an older version in its folders as surplus, and none of the user', async () => {
    assert.equal((await run(['--out', out])).code, 0);
    const mine = [
      'dashboards/mine.json',
      'dashboards/llm-monitor-mine.json',
      'runbooks/README.md',
      'runbooks/LLMMine.md',
      'prometheus/rules/mine.yaml',
      'provisioning/notes.txt',
    ];
    for (const path of mine) writeFileSync(join(out, path), '# mine\n{ "uid": "mine" }\n');
    for (const path of ['README.md', 'LLMOld.md', 'old.yaml'])
      writeFileSync(join(out, path), readFileSync(join(out, 'prometheus/prometheus.yml')));
    assert.equal((await run(['--out', out, '--check'])).code, 0);

    // Every generated file, as if it had once had another name.
    const old: string[] = [];
    for (const [path, content] of generate()) {
      const { dir, name, ext } = parse(path);
      old.push(`${dir}/${name}Old${ext}`);
      writeFileSync(
        join(out, old.at(-1) as string),
        /^\.ya?ml$/.test(ext) ? content : content.replaceAll(name, `${name}Old`),
      );
    }
    const { code, out: said, err } = await run(['--out', out, '--check']);
    assert.equal(code, 1);
    assert.deepEqual(
      said.trim().split('\n'),
      old.sort().map(path => `surplus      ${path}`),
    );
    assert.match(err, new RegExp(`^files of an older version in .*: ${old.length}; `));
    assert.ok(!err.includes('not up to date'));
  });

  it('shows its usage', async () => {
    const { code, out: said } = await run(['--help']);
    assert.equal(code, 0);
    assert.equal(said, generateCommand.usage);
  });

  const wrong: readonly (readonly [args: readonly string[], reason: RegExp])[] = [
    [[], /--out is missing/],
    [['--out', ''], /--out is missing/],
    [['--out'], /--out/],
    [['--out', 'x', '--preset', 'bank'], /--preset is "bank"; expected online, finance, healthcare/],
    [['--out', 'x', '--verbose'], /--verbose/],
    [['--out', 'x', 'more'], /more/],
  ];
  for (const [args, reason] of wrong) {
    it(`answers 2 and its usage to "${args.join(' ')}"`, async () => {
      const { code, err } = await run(args);
      assert.equal(code, 2);
      assert.match(err, reason);
      assert.ok(err.endsWith(generateCommand.usage));
    });
  }

  it('answers 2 where a file is in the way, and names it', async () => {
    writeFileSync(join(out, 'file'), '');
    for (const path of ['file', 'file/below', 'file/far/below']) {
      const { code, err } = await run(['--out', join(out, path)]);
      assert.equal(code, 2);
      assert.equal(
        err,
        `llm-monitor generate: cannot make the folder ${join(out, path, 'dashboards')}: ${join(out, 'file')} is not a folder\n`,
      );
    }
  });

  it('answers 2 where the system lets nobody make a folder, and does not try for ever', {
    skip: !existsSync('/proc/self') && 'this system has no /proc',
  }, () => {
    const main = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
    // In a process of its own, as nothing inside could end the loop.
    const { status, stderr } = spawnSync(process.execPath, [main, 'generate', '--out', '/proc/x'], {
      encoding: 'utf8',
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    assert.equal(status, 2);
    assert.match(stderr, /^llm-monitor generate: cannot make the folder \/proc\/x\/dashboards: \/proc\b.* cannot be /);
  });

  it('answers 2 to a setting that is not accepted, and writes nothing', async () => {
    const { code, err } = await run(['--out', join(out, 'new'), '--runbook-url', 'nowhere']);
    assert.equal(code, 2);
    assert.match(err, /runbookBaseUrl is "nowhere"/);
    assert.throws(() => readFileSync(join(out, 'new', 'alertmanager/alertmanager.yml')));
  });
});
