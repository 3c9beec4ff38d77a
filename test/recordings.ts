import { cleanCall } from '../core/call.js';
import { createRandom } from '../core/random.js';
import { writeLine } from '../processor/recording/record.js';

export interface RecordingOptions {
  readonly calls: number;
  /** Calls [from, to) of an incident: four times as slow, one in three fails, half of the labels say wrong. */
  readonly incident?: readonly [from: number, to: number];
  /** Milliseconds between two calls; 3000 if absent. */
  readonly every?: number;
}

export const RECORDED_FROM = 1_790_000_000_000;

/** The lines of a made-up recording: two models, one call in 300 odd, every fourth labelled. The same options give the same lines. */
export function* recordingLines({ calls, incident, every = 3000 }: RecordingOptions): Generator<string> {
  const random = createRandom(11);
  yield writeLine({ kind: 'header', version: 1, service: 'shop', startedAt: RECORDED_FROM });
  for (let i = 0; i < calls; i++) {
    const at = RECORDED_FROM + (i + 1) * every;
    const bad = incident !== undefined && i >= incident[0] && i < incident[1];
    const odd = i % 300 === 299;
    const duration = (1 + random()) * (bad || odd ? 14 : 2);
    const fails = random() < (bad ? 0.33 : 0.005);
    const output = 100 + Math.round(random() * 100);
    const { call } = cleanCall(
      {
        id: `c-${i}`,
        provider: 'openai',
        operation: 'chat',
        model: { requested: i % 3 === 0 ? 'gpt-4o' : 'gpt-4o-mini' },
        startedAt: at - duration * 1000,
        duration,
        usage: { input_uncached: 500 + Math.round(random() * 50), output: odd ? 4000 : output, source: 'reported' },
        outcome: fails ? { kind: 'error', errorType: 'server' } : { kind: 'ok', finishReasons: ['stop'] },
      },
      at,
    );
    const scored = (score: number) => ({ score, flagged: false });
    const evaluations = new Map(fails ? [] : [['type_token_ratio', scored(0.5 + random() / 10)] as const]);
    yield writeLine({ kind: 'call', at, call, cost: output * 6e-7, characters: output * 4, evaluations, findings: [] });
    if (i % 4 !== 0) continue;
    const correct = random() < (bad ? 0.5 : 0.97) ? 1 : 0;
    const model = call.model.requested;
    yield writeLine({
      kind: 'label',
      at,
      call: call.id,
      task: 'default',
      taskKind: 'multiclass',
      model,
      correct,
      replaced: false,
    });
  }
}
