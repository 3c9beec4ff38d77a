import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { newPath, type ReportJson, write } from './run.js';

const MAIN = fileURLToPath(new URL('../../../cli/main.js', import.meta.url));
const KEY = 'sk-sesame-4711';

function start(args: readonly string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN, 'check', ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text.out += chunk;
  });
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
    text.err += chunk;
  });
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, ...text }));
  return { child, ended };
}

async function run(args: readonly string[], env?: Record<string, string>) {
  const { code, out, err } = await start([...args, '--json'], env).ended;
  return { code, err, out, report: (out === '' ? undefined : JSON.parse(out)) as ReportJson | undefined };
}

const ROWS = Array.from({ length: 40 }, (_, i) => ({
  id: i,
  input: `question ${i % 20}`,
  label: i % 4 === 0 ? 'odd' : 'even',
}));
/** Says even to three of four questions, and the wrong thing once. */
function answerTo(question: string): string {
  const number = Number(question.split(' ')[1]);
  return number % 4 === 0 && number !== 0 ? 'odd' : 'even';
}
const WANTED = 38 / 40;

/** A model behind a chat completions endpoint, which may keep its answers to itself. */
class Model {
  readonly asked: string[] = [];
  readonly keys = new Set<string | undefined>();
  answers = Number.POSITIVE_INFINITY;
  readonly #held: ServerResponse[] = [];
  #onHeld: (() => void) | undefined;
  readonly server: Server = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => {
      body += chunk;
    });
    request.on('end', () => {
      this.keys.add(request.headers.authorization);
      if (this.answers <= 0) {
        this.#held.push(response);
        this.#onHeld?.();
        return;
      }
      this.answers--;
      const question = JSON.parse(body).messages[0].content as string;
      this.asked.push(question);
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify({ choices: [{ message: { content: answerTo(question) }, finish_reason: 'stop' }] }));
    });
  });

  async listen(): Promise<string> {
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  /** Resolves once so many requests wait for an answer that does not come. */
  async held(count: number): Promise<void> {
    while (this.#held.length < count)
      await new Promise<void>(resolve => {
        this.#onHeld = resolve;
      });
  }
}

describe('check in a process of its own', () => {
  const models: Model[] = [];
  after(() => {
    for (const { server } of models) {
      server.closeAllConnections();
      server.close();
    }
  });
  const model = async (): Promise<{ readonly served: Model; readonly args: readonly string[] }> => {
    const served = new Model();
    models.push(served);
    return { served, args: ['--endpoint', await served.listen(), '--model', 'm', '--min', 'accuracy=0.8'] };
  };

  const COMMAND = `
    import { appendFileSync } from 'node:fs';
    import { createInterface } from 'node:readline';
    appendFileSync(process.argv[2], process.pid + '\\n');
    for await (const line of createInterface({ input: process.stdin })) {
      const row = JSON.parse(line);
      if ('label' in row) process.exit(9);
      const number = Number(row.input.split(' ')[1]);
      console.log(JSON.stringify({ id: row.id, output: number % 4 === 0 && number !== 0 ? 'odd' : 'even' }));
    }`;

  it('asks a command that is kept running, and leaves none behind', async () => {
    const script = write(COMMAND, 'ask.mjs');
    const pids = newPath('pids');
    const data = write(ROWS);
    const command = `${process.execPath} ${script} ${pids}`;
    const { code, report } = await run([
      '--dataset',
      data,
      '--min',
      'accuracy=0.8',
      '--command',
      command,
      '--concurrency',
      '2',
    ]);
    assert.equal(code, 0);
    assert.deepEqual([report?.rows, report?.checks[0]?.value, report?.asked?.answers], [40, WANTED, 40]);
    const started = readFileSync(pids, 'utf8').trim().split('\n').map(Number);
    assert.equal(started.length, 2);
    for (const pid of started) assert.throws(() => process.kill(pid, 0), /ESRCH/);
  });

  const broken: readonly [string, string, RegExp][] = [
    ['ends', 'process.exit(3)', /line 1: the command ended \(exit code 3\) before it answered/],
    [
      'writes no JSON',
      'process.stdin.once("data", () => console.log("sesame"))',
      /line 1: the command's answer is not JSON/,
    ],
    [
      'answers nothing',
      'process.stdin.once("data", () => console.log("{}"))',
      /answer has neither output nor prediction/,
    ],
    [
      'answers another row',
      'process.stdin.once("data", () => console.log(`{"id":7,"output":"x"}`))',
      /answer has the id of another row/,
    ],
    [
      'tells of an error',
      'process.stdin.once("data", () => console.log(`{"error":"sesame"}`))',
      /says that there was an error/,
    ],
    ['takes too long', 'process.stdin.resume()', /line 1: got no answer within 0\.4 s/],
    [
      'never ends its line',
      'process.stdin.once("data", () => { for (let i = 0; i < 6; i++) process.stdout.write("x".repeat(1e6)); })',
      /wrote a line of more than 4194304 bytes/,
    ],
  ];
  for (const [name, code, message] of broken) {
    it(`says so with 2 where the command ${name}`, async () => {
      const script = write(code, 'broken.mjs');
      const args = [
        '--dataset',
        write(ROWS),
        '--min',
        'accuracy=0.8',
        '--timeout',
        name === 'takes too long' ? '0.4' : '60',
      ];
      const found = await run([...args, '--command', `${process.execPath} ${script}`]);
      assert.deepEqual([found.code, found.out], [2, '']);
      assert.match(found.err, message);
      assert.doesNotMatch(found.err, /sesame/);
    });
  }

  it('does not start a command that cannot run once for every row', async () => {
    const log = newPath('log');
    const args = [
      '--dataset',
      write(ROWS),
      '--min',
      'accuracy=0.8',
      '--keep-going',
      '--command',
      `echo x >> ${log}; exit 1`,
    ];
    const found = await run(args);
    assert.equal(found.code, 2);
    assert.equal(readFileSync(log, 'utf8'), 'x\n'.repeat(3));
  });

  it('asks a model, with the key and without a word of it', async () => {
    const { served, args } = await model();
    const { code, out, err, report } = await run(['--dataset', write(ROWS), ...args], { OPENAI_API_KEY: KEY });
    assert.equal(code, 0, err);
    assert.deepEqual([report?.rows, report?.checks[0]?.value], [40, WANTED]);
    assert.deepEqual([...served.keys], [`Bearer ${KEY}`]);
    assert.doesNotMatch(out + err, /sesame/);
  });

  for (const signal of ['SIGINT', 'SIGKILL'] as const) {
    it(`goes on where it was after ${signal}, and asks nothing twice`, async () => {
      const { served, args } = await model();
      const file = newPath('answers.jsonl');
      const all = ['--dataset', write(ROWS), ...args, '--concurrency', '3', '--resume', file];
      served.answers = 11;
      const { child, ended } = start(all);
      await served.held(3);
      child.kill(signal);
      const { code, out, err } = await ended;
      assert.equal(out, '');
      if (signal === 'SIGINT') {
        assert.equal(code, 2);
        assert.match(err, /interrupted; the answers so far are in .*answers\.jsonl/);
      }
      assert.equal(readFileSync(file, 'utf8').split('\n').length, 1 + 11 + 1);
      assert.equal(statSync(file).mode & 0o077, 0);
      // As if it had been in the middle of a line.
      appendFileSync(file, '{"key":"00000000000000000000000000000000:0","out');

      served.answers = Number.POSITIVE_INFINITY;
      const second = await run(all);
      assert.equal(second.code, 0, second.err);
      assert.deepEqual(second.report?.asked, { answers: 29, resumed: 11, retries: 0 });
      assert.equal(second.report?.checks[0]?.value, WANTED);
      assert.equal(served.asked.length, 40);

      const third = await run(all);
      assert.deepEqual(third.report?.asked, { answers: 0, resumed: 40, retries: 0 });
      assert.deepEqual(third.report?.checks, second.report?.checks);
      assert.equal(served.asked.length, 40);
    });
  }

  it('does not take the answers to another question, or of another model', async () => {
    const { served, args } = await model();
    const file = newPath('answers.jsonl');
    const data = write(ROWS.slice(0, 4));
    const system = write('Be brief.', 'system.txt');
    await run(['--dataset', data, ...args, '--resume', file]);
    await run(['--dataset', data, ...args, '--resume', file, '--body', '{"temperature":0}']);
    assert.equal(served.asked.length, 8);
    const other = [...args];
    other[other.indexOf('m')] = 'n';
    await run(['--dataset', data, ...other, '--resume', file]);
    assert.equal(served.asked.length, 12);
    await run(['--dataset', data, ...args, '--resume', file, '--system', system]);
    assert.equal(served.asked.length, 16);
  });

  it('does not touch a file that is none of its own', async () => {
    const { served, args } = await model();
    const data = write(ROWS);
    const before = readFileSync(data, 'utf8');
    const { code, err } = await run(['--dataset', data, ...args, '--resume', data]);
    assert.deepEqual([code, served.asked.length], [2, 0]);
    assert.match(err, /--resume: line 1 of the file is no answer of an earlier run/);
    assert.equal(readFileSync(data, 'utf8'), before);
  });

  it('leaves rows out that were refused, and fails on too many of them', async () => {
    const { args } = await model();
    const data = write([{ label: 'even' }, ...ROWS]);
    const found = await run(['--dataset', data, ...args, '--keep-going', '--max', 'left_out=0.01']);
    assert.equal(found.code, 1);
    assert.match(found.err, /line 1 is left out: input is missing/);
    assert.deepEqual([found.report?.rows, found.report?.leftOut, found.report?.checks[1]?.value], [40, 1, 1 / 41]);
  });

  it('reads from a pipe', async () => {
    const data = newPath('rows.jsonl');
    writeFileSync(data, '{"label":"a","prediction":"a"}\n');
    const child = spawn('sh', [
      '-c',
      `cat ${data} | ${process.execPath} ${MAIN} check --dataset /dev/stdin --min accuracy=0.1`,
    ]);
    const [code] = await once(child, 'close');
    assert.equal(code, 0);
  });
});
