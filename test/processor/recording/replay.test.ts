import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { cleanCall } from '../../../core/call.js';
import { createRandom } from '../../../core/random.js';
import { createWiring } from '../../../core/wiring.js';
import { Detection, type DriftEvent, DriftWatch, LlmSpanProcessor } from '../../../processor/index.js';
import { readRecords } from '../../../processor/recording/record.js';
import { Recorder } from '../../../processor/recording/recorder.js';
import { Replay } from '../../../processor/recording/replay.js';
import { FakeClock } from '../../fake-clock.js';

const folder = mkdtempSync(join(tmpdir(), 'replay-'));
after(() => rmSync(folder, { recursive: true, force: true }));

/** A monitor's life: calls of two models with labels, one in 300 odd, slow and wrong at the end. */
async function record(path: string, calls: number): Promise<void> {
  const clock = new FakeClock();
  const wiring = createWiring({ clock });
  const processor = new LlmSpanProcessor({ wiring, drift: { resources: false } });
  const recorder = new Recorder({ path, clock, store: wiring.store });
  processor.onScored(scored => recorder.call(scored));
  processor.truth.onOutcome(event => recorder.label(event));
  processor.drift?.onDrift(event => recorder.drift(event));
  const random = createRandom(7);
  for (let i = 0; i < calls; i++) {
    clock.advance(Math.round(2000 + random() * 2000));
    const late = i > calls * 0.8;
    const odd = i % 300 === 299;
    const duration = (1 + random()) * (late || odd ? 4 : 1);
    const output = 100 + Math.round(random() * 100);
    const raw = {
      id: `c-${i}`,
      provider: 'openai',
      operation: 'chat',
      model: { requested: i % 3 === 0 ? 'gpt-4o' : 'gpt-4o-mini' },
      startedAt: clock.now() - duration * 1000,
      duration,
      usage: { input_uncached: 500, output: odd ? 4000 : output, source: 'reported' },
      outcome: { kind: 'ok', finishReasons: ['stop'] },
      prediction: { value: random() < 0.5 ? 'spam' : 'ham' },
    };
    const text = {
      input: [{ role: 'user' as const, text: 'Is it one?' }],
      output: [`It is, ${'as far as I can say '.repeat(3)}${i}.`],
    };
    wiring.calls.publish({ call: cleanCall(raw, clock.now()).call, rejected: [], text });
    clock.settle();
    if (i % 4 === 0) {
      const right = random() < (late ? 0.5 : 0.95);
      const label = right ? raw.prediction.value : raw.prediction.value === 'spam' ? 'ham' : 'spam';
      processor.accept({ kind: 'label', by: 'call_id', id: raw.id, task: 'default', label });
      clock.settle();
    }
  }
  await recorder.stop();
  const down = processor.shutdown();
  clock.settle();
  await down;
}

test('a recording scores as the monitor that made it did, and drifts where it did', async () => {
  const path = join(folder, 'life.jsonl');
  await record(path, 3000);
  const replay = new Replay({ detection: new Detection(), drift: new DriftWatch() });
  const [live, again]: [DriftEvent[], DriftEvent[]] = [[], []];
  const seen = { call: 0, label: 0, scored: 0, flagged: 0 };
  for (const record of readRecords(readFileSync(path, 'utf8').split('\n'))) {
    const { findings, drift } = replay.take(record);
    again.push(...drift);
    if (record.kind === 'drift') {
      const { kind: _, ...event } = record;
      live.push(event);
    }
    if (record.kind === 'label') seen.label++;
    if (record.kind !== 'call') continue;
    seen.call++;
    assert.equal(findings?.found.length, record.findings.length, `call ${record.call.id}`);
    for (const [i, { detector, score, flagged, feature }] of record.findings.entries()) {
      const found: { score: number; detector: string; flagged: boolean; feature?: string } | undefined =
        findings?.found[i];
      assert.ok(Math.abs((found?.score ?? Number.NaN) - score) <= 1e-12, `call ${record.call.id}`);
      assert.deepEqual([found?.detector, found?.flagged, found?.feature], [detector, flagged, feature]);
      seen.scored++;
      if (flagged) seen.flagged++;
    }
  }
  assert.deepEqual([seen.call, seen.label], [3000, 750]);
  assert.ok(seen.scored > 1000 && seen.flagged > 5, JSON.stringify(seen));
  assert.ok(
    live.some(({ signal }) => signal === 'latency'),
    'the calls became slow',
  );
  assert.deepEqual(again, live);
});
