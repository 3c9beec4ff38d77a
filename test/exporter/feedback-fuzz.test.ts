import assert from 'node:assert/strict';
import { Agent, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { Readable } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { cleanCall } from '../../core/call.js';
import { createRandom } from '../../core/random.js';
import { createWiring, type Wiring } from '../../core/wiring.js';
import { createGuard } from '../../exporter/guard.js';
import { createRouter } from '../../exporter/router.js';
import { FEEDBACK_LIMITS, feedbackRoute } from '../../exporter/routes/feedback.js';
import { GroundTruth } from '../../processor/truth/ground-truth.js';
import { FakeClock } from '../fake-clock.js';
import { BodyMaker, type FuzzBody, PRIVATE } from './feedback-bodies.js';
import { running, send } from './harness.js';

const SEED = 20_261_124;
const BODIES = 100_000;
const OVER_HTTP = 3000;
const TOKEN = 'the-token-of-the-test';
const STATUSES = new Set([202, 400, 401, 413, 415, 429]);
/** Growth of the heap over the last half of the bodies: what it holds is bounded by then. */
const MOST_GROWTH = 12 * 1024 * 1024;

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly body: string;
}

/** A truth that calls come to, and the sums of what became of records. */
class Desk {
  readonly clock = new FakeClock();
  readonly wiring: Wiring = createWiring({ clock: this.clock });
  readonly truth = new GroundTruth({
    wiring: this.wiring,
    maxPending: 2000,
    labelTtl: 3600,
    tasks: { spam: { kind: 'binary', classes: ['ham', 'spam'] }, stars: { kind: 'number' }, reply: { kind: 'text' } },
  });
  calls = 0;

  call(): void {
    const n = this.calls++;
    const raw = {
      id: `c${n}`,
      responseId: `r${n}`,
      spanId: `s${n}`,
      provider: 'openai',
      operation: 'chat',
      model: { requested: `m${n % 7}` },
      startedAt: this.clock.now(),
      duration: 1,
      outcome: { kind: 'ok', finishReasons: ['stop'] },
      ...(n % 3 === 0 ? { prediction: { value: n % 2 === 0 ? 'ham' : 'spam', score: (n % 100) / 100 } } : {}),
    };
    this.truth.observe(cleanCall(raw, this.clock.now()).call, n % 5 === 0 ? '4.5' : 'An answer in words.');
  }

  /** Labels and ratings that were counted, whatever came of them. */
  get counted(): number {
    let sum = 0;
    for (const { def, series } of this.wiring.store.collect()) {
      if (def.name !== 'llm_monitor.truth.labels' && def.name !== 'llm_monitor.feedback.rating') continue;
      for (const one of series.values()) sum += 'value' in one ? one.value : one.count;
    }
    return sum;
  }

  get series(): number {
    return this.wiring.store.collect().reduce((sum, { series }) => sum + series.size, 0);
  }
}

/** Checks an answer against what is known of its body. @returns the records it answers for */
function check(body: FuzzBody, answer: Answer, allowed: boolean): number {
  assert.ok(STATUSES.has(answer.status), `status ${answer.status}: ${answer.body.slice(0, 300)}`);
  assert.ok(!answer.body.includes(PRIVATE), `shows words of a label: ${answer.body.slice(0, 300)}`);
  assert.equal(answer.headers['content-type'], 'application/json; charset=utf-8');
  const said = JSON.parse(answer.body) as Record<string, unknown>;
  if (!allowed) assert.equal(answer.status, 401);
  if (answer.status !== 202) {
    assert.match(String(said['error']), /^[a-z_]{3,40}$/);
    assert.ok(typeof said['message'] === 'string' && said['message'].length < 300);
    assert.equal('retry-after' in answer.headers, answer.status === 429);
    if (answer.status === 429) assert.match(String(answer.headers['retry-after']), /^[1-9]\d?$/);
    // What is well made is only refused for want of room.
    if (body.fine !== undefined && allowed) assert.equal(answer.status, 429);
    return 0;
  }
  const accepted = said['accepted'] as number;
  const rejected = said['rejected'] as { readonly index: number; readonly error: string }[];
  const records = accepted + rejected.length;
  assert.ok(Number.isInteger(accepted) && records >= 1 && records <= FEEDBACK_LIMITS.batch);
  for (const [i, { index, error }] of rejected.entries()) {
    assert.ok(index > (rejected[i - 1]?.index ?? -1) && index < records);
    assert.ok(error.length > 0 && error.length < 400, error.slice(0, 500));
    assert.doesNotMatch(error, /call stack|undefined \(reading|is not a function|in JSON/);
  }
  if (body.fine !== undefined)
    assert.deepEqual(
      rejected.map(({ index }) => index),
      body.fine.flatMap((fine, i) => (fine ? [] : [i])),
    );
  return records;
}

/** A request as the server's parser hands it over, and an answer that is kept. */
function exchange(handler: ReturnType<typeof createRouter>, body: FuzzBody, token: string): Promise<Answer> {
  return new Promise(resolve => {
    const incoming = Readable.from([body.bytes], { objectMode: false }) as unknown as IncomingMessage;
    const headers = { host: 'localhost', authorization: `Bearer ${token}`, ...body.headers };
    Object.assign(incoming, { method: 'POST', url: '/v1/feedback', headers, complete: true });
    const kept: Record<string, unknown> = {};
    let status = 0;
    const response = {
      headersSent: false,
      destroyed: false,
      setHeader: (name: string, value: unknown) => {
        kept[name] = value;
      },
      writeHead(code: number, more: object) {
        assert.ok(!this.headersSent, 'answered twice');
        this.headersSent = true;
        status = code;
        Object.assign(kept, more);
      },
      end: (text: string) => resolve({ status, headers: kept, body: text }),
    };
    handler(incoming, response as unknown as ServerResponse);
  });
}

function collectGarbage(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}

test(`${BODIES} bodies by chance of seed ${SEED} are answered, counted and forgotten`, {
  timeout: 300_000,
}, async t => {
  const desk = new Desk();
  const random = createRandom(SEED);
  const maker = new BodyMaker(random, () => desk.calls);
  const faults: unknown[] = [];
  const guard = createGuard(TOKEN, () => '127.0.0.1');
  const route = feedbackRoute({ sink: desk.truth, store: desk.wiring.store, clock: desk.clock });
  const handler = createRouter([route], guard, error => faults.push(error));
  const seen = new Map<string, number>();
  let records = 0;
  let halfway = 0;
  for (let i = 0; i < BODIES; i++) {
    if (i === BODIES / 2) halfway = collectGarbage();
    if (i % 20 === 0) desk.call();
    // Now and then they come faster than they are admitted: a flood.
    desk.clock.advance(random() * (i % 20_000 < 5000 ? 1 : 200));
    const body = maker.next();
    const allowed = random() >= 0.01;
    const answer = await exchange(handler, body, allowed ? TOKEN : 'another');
    try {
      records += check(body, answer, allowed);
    } catch (error) {
      const shown = JSON.stringify(body.bytes.subarray(0, 300).toString('latin1'));
      throw new Error(`body ${i} (${body.kind}, ${JSON.stringify(body.headers)}): ${shown}`, { cause: error });
    }
    const key = `${body.kind} ${answer.status}`;
    seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const growth = collectGarbage() - halfway;
  t.diagnostic(
    `${records} records; ${[...seen]
      .sort()
      .map(([key, n]) => `${key}: ${n}`)
      .join(', ')}`,
  );
  t.diagnostic(`${(growth / 1024 / 1024).toFixed(1)} MB more after the last half, ${desk.series} series`);
  assert.deepEqual(faults, []);
  assert.equal(desk.counted, records);
  assert.equal(desk.wiring.store.value('selfErrors', { component: 'truth' }), undefined);
  for (const status of STATUSES)
    assert.ok(
      [...seen.keys()].some(key => key.endsWith(` ${status}`)),
      `no ${status}`,
    );
  assert.ok(growth < MOST_GROWTH, `${growth} bytes`);
});

/** Sends bytes as they are, says no more, and gives all that came back. */
function raw(url: string, text: string | Buffer, half = false): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => {
      if (half) socket.end(text);
      else socket.write(text);
    });
    socket.on('data', chunk => {
      chunks.push(chunk);
      if (!half) socket.end();
    });
    socket.on('error', error => ((error as NodeJS.ErrnoException).code === 'ECONNRESET' ? resolve('') : reject(error)));
    socket.on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  });
}

async function listening(t: TestContext) {
  const desk = new Desk();
  const { exporter, scrape, errors } = await running(t, { wiring: desk.wiring, feedback: desk.truth });
  const url = `${exporter.url}/v1/feedback`;
  return { desk, url, scrape, errors, exporter };
}

test(`${OVER_HTTP} bodies over kept connections, and the endpoint lives on`, { timeout: 120_000 }, async t => {
  const { desk, url, scrape, errors } = await listening(t);
  const agent = new Agent({ keepAlive: true, maxSockets: 4 });
  t.after(() => agent.destroy());
  const post = (body: FuzzBody): Promise<Answer | undefined> =>
    new Promise(resolve => {
      const headers = { ...body.headers, 'content-length': String(body.bytes.length) };
      const outgoing = request(url, { method: 'POST', agent, headers }, response => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', () => resolve(undefined));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            body: Buffer.concat(chunks).toString(),
          }),
        );
      });
      // A server may close on what it does not read to its end.
      outgoing.on('error', () => resolve(undefined));
      outgoing.end(body.bytes);
    });
  const maker = new BodyMaker(createRandom(SEED + 1), () => desk.calls);
  let records = 0;
  let lost = 0;
  for (let i = 0; i < OVER_HTTP; i += 4) {
    desk.clock.advance(2000);
    desk.call();
    const bodies = Array.from({ length: 4 }, () => maker.next());
    const answers = await Promise.all(bodies.map(post));
    for (const [k, answer] of answers.entries()) {
      if (answer === undefined) lost++;
      else records += check(bodies[k] as FuzzBody, answer, true);
    }
  }
  assert.ok(lost < OVER_HTTP / 100, `${lost} without an answer`);
  assert.equal(desk.counted, records);
  assert.match(await scrape(), /^llm_monitor_truth_labels_total\{/m);
  for (const component of ['exporter', 'truth']) assert.equal(errors(component), 0);
});

test('requests that lie about their length or end too early harm nobody', { timeout: 60_000 }, async t => {
  const { desk, url, scrape, errors, exporter } = await listening(t);
  const head = (...lines: string[]): string =>
    ['POST /v1/feedback HTTP/1.1', 'host: localhost', 'content-type: application/json', ...lines, '', ''].join('\r\n');
  const record = '{"call_id":"c0","rating":1}';
  desk.call();
  const rows: readonly (readonly [name: string, text: string, half: boolean, answer: RegExp])[] = [
    ['as it should be', head(`content-length: ${record.length}`) + record, false, /^HTTP\/1\.1 202 /],
    ['less than was announced', head('content-length: 500') + record, true, /^$|^HTTP\/1\.1 400 /],
    ['more than was announced', head('content-length: 5') + record, true, /^HTTP\/1\.1 400 /],
    ['no length', head('content-length: x') + record, true, /^HTTP\/1\.1 400 /],
    ['a negative length', head('content-length: -1') + record, true, /^HTTP\/1\.1 400 /],
    ['two lengths', head('content-length: 3', 'content-length: 27') + record, true, /^HTTP\/1\.1 400 /],
    ['a length beyond the limit', head('content-length: 99999999999') + record, false, /^HTTP\/1\.1 413 /],
    ['length and chunks', head('content-length: 3', 'transfer-encoding: chunked') + record, true, /^HTTP\/1\.1 400 /],
    ['chunks that are none', `${head('transfer-encoding: chunked')}zz\r\n`, true, /^HTTP\/1\.1 400 /],
    ['chunks without an end', `${head('transfer-encoding: chunked')}5\r\n{"cal`, true, /^$|^HTTP\/1\.1 400 /],
    ['chunks', `${head('transfer-encoding: chunked')}1b\r\n${record}\r\n0\r\n\r\n`, false, /^HTTP\/1\.1 202 /],
    ['a body that is asked for', head('expect: 100-continue', 'content-length: 0'), false, /^HTTP\/1\.1 (?:100|400) /],
    ['no host', 'POST /v1/feedback HTTP/1.1\r\ncontent-length: 0\r\n\r\n', true, /^HTTP\/1\.1 400 /],
    ['a foreign host', head().replace('localhost', 'evil.example'), true, /^HTTP\/1\.1 (?:400|403) /],
  ];
  for (const [name, text, half, answer] of rows) assert.match(await raw(url, text, half), answer, name);
  for (let length = 0; length < record.length; length++)
    await raw(url, head(`content-length: ${record.length}`) + record.slice(0, length), true);
  assert.equal(desk.counted, 2);
  assert.equal((await send(`${exporter.url}/healthz`)).status, 200);
  assert.match(await scrape(), /feedback_rating_count\{[^}]*\} 2$/m);
  assert.equal(errors('exporter'), 0);
});
