import { Gatherer } from '../../cli/report/gather.js';
import { renderPage } from '../../cli/report/page.js';
import { readReportLine } from '../../cli/report/record.js';
import { createRandom } from '../../core/random.js';

/**
 * The report over a long recording: every call with a label, ids and names by chance, and an attribute with a value of its own
 * for each call. Prints time and memory at a tenth and at the end: what is kept must not grow with the calls.
 */
const CALLS = Number(process.argv[2] ?? 200_000);
const random = createRandom(7);

function* lines(): Generator<string> {
  const start = 1_760_000_000_000;
  for (let i = 0; i < CALLS; i++) {
    const at = start + i * 400;
    const duration = Math.exp(random() * 3 - 1);
    const model = random() < 0.7 ? 'small' : `model-${Math.floor(random() * 300)}`;
    const call = {
      id: `call-${i.toString(36)}-${Math.floor(random() * 1e9).toString(36)}`,
      provider: 'p',
      operation: 'chat',
      model: { requested: model },
      startedAt: at,
      duration,
      usage: { source: 'reported', input_uncached: 100, output: 50 },
      context: { user: `u${i}` },
      outcome: random() < 0.02 ? { kind: 'error', errorType: 'timeout' } : { kind: 'ok', finishReasons: ['stop'] },
    };
    const evaluations = {
      pii: { score: random(), flagged: random() < 0.01 },
      confidence: { score: random(), flagged: false },
    };
    const findings = [{ detector: 'combined', score: random(), flagged: random() < 0.01 }];
    yield JSON.stringify({ kind: 'call', at, call, cost: 0.001, evaluations, findings });
    const label = {
      call: call.id,
      task: 'default',
      taskKind: 'multiclass',
      actual: 'a',
      predicted: random() < 0.9 ? 'a' : 'b',
    };
    yield JSON.stringify({ kind: 'label', at: at + 1000, ...label, score: random(), replaced: false });
  }
}

function heap(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed / 1048576;
}

const before = heap();
const gatherer = new Gatherer();
const started = performance.now();
let number = 0;
for (const line of lines()) {
  gatherer.add(readReportLine(line, ++number));
  if (number === CALLS / 5) console.log(`${number / 2} calls: ${(heap() - before).toFixed(0)} MiB`);
}
const read = performance.now() - started;
console.log(
  `${CALLS} calls with labels: ${(heap() - before).toFixed(0)} MiB, ${((read / CALLS) * 1000).toFixed(1)} us a call`,
);
const rendering = performance.now();
const page = renderPage(gatherer.finish('bench', 0));
console.log(`page: ${(page.length / 1024).toFixed(0)} KiB in ${(performance.now() - rendering).toFixed(0)} ms`);
