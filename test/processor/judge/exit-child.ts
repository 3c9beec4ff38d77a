// An app with a judge, whose server is its parent. It ends when its parent says so, or, told to flush, when that is done: then
// with the number of judged calls as its exit code.
import { cleanCall } from '../../../core/call.js';
import { createWiring } from '../../../core/wiring.js';
import { createJudge, LlmSpanProcessor } from '../../../processor/index.js';

const wiring = createWiring();
const judge = createJudge({
  endpoint: process.argv[2] as string,
  model: 'm',
  criteria: 'c',
  sample: 1,
  timeout: 600_000,
});
const processor = new LlmSpanProcessor({ wiring, evaluators: [judge], detection: false });
for (let i = 0; i < 5; i++) {
  const { call, rejected } = cleanCall(
    { id: `call-${i}`, operation: 'chat', model: { requested: 'gpt-4o' }, outcome: { kind: 'ok', finishReasons: [] } },
    Date.now(),
  );
  wiring.calls.publish({ call, rejected, text: { input: [], output: ['At nine.'] } });
}
if (process.argv[3] === 'flush') {
  process.disconnect();
  await processor.forceFlush();
  process.exitCode =
    wiring.store.value('qualityEvaluated', { evaluator: 'judge', model: 'gpt-4o', operation: 'chat' }) ?? 99;
} else process.on('message', () => process.disconnect());
