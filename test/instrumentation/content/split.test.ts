import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { maskText } from '../../../processor/index.js';
import { PII, placed, SECRETS } from '../../processor/evaluators/samples.js';
import { type Api, watched } from './watched.js';

const random = createRandom(5);
const kinds = ['card', 'email', 'us_ssn', 'github_token', 'database_url'] as const;
const SAID = kinds.map(kind => ({ kind, ...placed({ ...PII, ...SECRETS }[kind]?.(random) ?? '', 'It is ', ' now.') }));

/** Pieces of a stream that together say a text, one for each way to say it. */
const STREAMS: Readonly<Record<string, readonly [Api, (piece: string) => unknown]>> = {
  'the answer of chat': ['chat', content => ({ choices: [{ index: 0, delta: { content } }] })],
  'a refusal of chat': ['chat', refusal => ({ choices: [{ index: 0, delta: { refusal } }] })],
  'the thought of chat': ['chat', reasoning_content => ({ choices: [{ index: 0, delta: { reasoning_content } }] })],
  'what a tool of chat is given': [
    'chat',
    piece => ({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { arguments: piece } }] } }] }),
  ],
  'the name of a tool of chat': [
    'chat',
    name => ({ choices: [{ index: 0, delta: { tool_calls: [{ index: 0, function: { name } }] } }] }),
  ],
  'a legacy completion': ['completions', text => ({ choices: [{ index: 0, text }] })],
  'the answer of responses': [
    'responses',
    delta => ({ type: 'response.output_text.delta', output_index: 0, content_index: 0, delta }),
  ],
  'what a tool of responses is given': [
    'responses',
    delta => ({ type: 'response.function_call_arguments.delta', output_index: 0, delta }),
  ],
};
const REQUESTS: Readonly<Record<Api, unknown>> = {
  chat: { model: 'm', messages: [] },
  responses: { model: 'm', input: 'Say it.' },
  completions: { model: 'm', prompt: 'Say it.' },
  embeddings: {},
};

describe('what may not leave, in two pieces of a stream', () => {
  for (const [name, [api, piece]] of Object.entries(STREAMS))
    it(`of ${name}, wherever it is torn`, async () => {
      const run = watched('both', maskText);
      for (const { text, start, end } of SAID)
        for (let cut = start; cut <= end; cut += 3)
          await run.call(api, REQUESTS[api], { body: [piece(text.slice(0, cut)), piece(text.slice(cut))] });
      const { spans, events, rest } = await run.left();
      run.stop();
      for (const { kind, text, start, end } of SAID) {
        assert.ok(!(spans + events + rest).includes(text.slice(start, end)), `${kind} leaks`);
        assert.ok(
          spans.includes(`[${kind.toUpperCase()}]`) && events.includes(`[${kind.toUpperCase()}]`),
          `${kind} shows`,
        );
      }
    });
});
