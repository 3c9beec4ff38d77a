import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readRecords } from '../../processor/recording/record.js';
import { startOpenAiServer } from './openai-server.js';

const REGISTER = new URL('../../monitor/register.js', import.meta.url).href;
const PACKAGE = new URL('../../monitor/index.js', import.meta.url).href;
const INSTRUMENTATION = new URL('../../instrumentation/index.js', import.meta.url).href;
const CANARY = 'xylophone canary 7731';
const folder = mkdtempSync(join(tmpdir(), 'recording-process-'));
after(() => rmSync(folder, { recursive: true, force: true }));

// What an app does that knows nothing of recordings: it asks, labels by name, and ends by itself.
const APP = (baseURL: string): string => `
import OpenAI from ${JSON.stringify(import.meta.resolve('openai'))};
import { recordLabel } from ${JSON.stringify(PACKAGE)};
import { withCallContext, wrap } from ${JSON.stringify(INSTRUMENTATION)};
const client = wrap(new OpenAI({ baseURL: ${JSON.stringify(baseURL)}, apiKey: 'test', maxRetries: 0 }));
const ask = model => client.chat.completions.create({ model, messages: [{ role: 'user', content: 'Say ${CANARY}.' }] });
await withCallContext({ prediction: 'It says ${CANARY}.' }, () => ask('plain'));
// The server gives every answer the same id: the latest one has it.
const { id } = await withCallContext({ prediction: 'spam' }, () => ask('plain'));
await ask('error-500').catch(() => undefined);
recordLabel({ response_id: id, label: 'ham' });
recordLabel({ response_id: id, label: 'The ${CANARY} is one.', task: 'other' });
`;

async function run(record: string, baseURL: string) {
  const child = spawn(process.execPath, ['--import', REGISTER, '--input-type=module', '--eval', APP(baseURL)], {
    cwd: folder,
    env: {
      ...process.env,
      OTEL_EXPORTER_PROMETHEUS_PORT: '0',
      OTEL_SERVICE_NAME: 'shop',
      LLM_MONITOR_RECORD: record,
      NODE_V8_COVERAGE: '',
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (part: Buffer) => {
    stderr += part.toString();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

test('a process that ends by itself leaves its calls and labels in the file, and no text', async () => {
  const provider = await startOpenAiServer(`The answer holds ${CANARY} too.`);
  try {
    const path = join(folder, 'calls.jsonl');
    const { code, stderr } = await run(path, provider.baseURL);
    assert.equal(code, 0, stderr);
    const text = readFileSync(path, 'utf8');
    assert.doesNotMatch(text, /xylophone/);
    const records = [...readRecords(text.split('\n'))];
    assert.deepEqual(
      records.map(({ kind }) => kind),
      ['header', 'call', 'call', 'call', 'label', 'label'],
    );
    assert.equal(records[0]?.kind === 'header' && records[0].service, 'shop');
    const [texted, first, failed] = records.filter(record => record.kind === 'call');
    assert.deepEqual(first?.call.prediction, { value: 'spam' });
    assert.equal(texted?.call.prediction, undefined);
    assert.equal(failed?.call.outcome.kind, 'error');
    assert.ok((first?.characters ?? 0) > 10 && (first?.evaluations.size ?? 0) > 3);
    const label = records.find(record => record.kind === 'label');
    assert.deepEqual(
      [label?.call, label?.actual, label?.predicted, label?.correct],
      [first?.call.id, 'ham', 'spam', 0],
    );
    assert.equal(statSync(path).mode & 0o777, 0o600);
  } finally {
    await provider.close();
  }
});

test('a recording that cannot be written is one line of the log, and the app runs on', async () => {
  const provider = await startOpenAiServer('Yes.');
  try {
    const { code, stderr } = await run(join(folder, 'not-there', 'calls.jsonl'), provider.baseURL);
    assert.equal(code, 0);
    assert.equal(stderr.match(/the recording cannot be written/g)?.length, 1, stderr);
  } finally {
    await provider.close();
  }
});
