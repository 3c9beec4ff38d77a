// An app whose judge hangs: it ends when its own work is done. Its parent is the judge's server, and says when to end.
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
new LlmSpanProcessor({ wiring, evaluators: [judge], detection: false });
for (let i = 0; i < 5; i++) {
  const { call, rejected } = cleanCall(
    { id: `call-${i}`, operation: 'chat', outcome: { kind: 'ok', finishReasons: [] } },
    Date.now(),
  );
  wiring.calls.publish({ call, rejected, text: { input: [], output: ['At nine.'] } });
}
process.on('message', () => process.disconnect());
