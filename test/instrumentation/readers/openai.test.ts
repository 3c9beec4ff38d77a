import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { cleanCall, inputTokens, outputTokens } from '../../../core/call.js';
import { createRandom } from '../../../core/random.js';
import { PROVIDERS, type WireReader } from '../../../instrumentation/index.js';
import { readOpenAIError } from '../../../instrumentation/readers/openai-error.js';
import { readChatUsage, readResponsesUsage } from '../../../instrumentation/readers/openai-usage.js';
import { fixture } from '../../provider/server.js';

const readers = new Map<string, WireReader>(
  PROVIDERS.flatMap(row => row.endpoints.map(endpoint => [endpoint.resource.join('.'), endpoint.reader] as const)),
);
const reader = (name: string): WireReader => readers.get(name) as WireReader;

function fold(wire: WireReader, chunks: readonly unknown[], words = true): ReturnType<WireReader['finish']> {
  let state: unknown;
  for (const chunk of chunks) state = wire.foldChunk(state, chunk, words);
  return wire.finish(state);
}

interface UsageCase {
  readonly api: 'chat' | 'responses';
  readonly usage: Record<string, number>;
  readonly want: readonly (number | null)[];
  readonly clamped?: boolean;
}

describe('usage', () => {
  for (const [index, { api, usage, want, clamped }] of fixture<UsageCase[]>('usage-cases').entries()) {
    it(`of ${api}, case ${index + 1}, by exclusive class`, () => {
      const read = (api === 'chat' ? readChatUsage : readResponsesUsage)(usage);
      assert.deepEqual(
        [read?.input_uncached, read?.cache_read, read?.cache_write, read?.output, read?.reasoning],
        want.map(count => count ?? undefined),
      );
      assert.equal(read?.clamped, clamped ?? false);
    });
  }

  it('adds up to the totals of the provider, whatever the parts', () => {
    const random = createRandom(20_241_112);
    const upTo = (limit: number): number => Math.floor(random() * (limit + 1));
    for (let i = 0; i < 2000; i++) {
      const input = upTo(100_000);
      const cached = upTo(input);
      const output = upTo(10_000);
      const usage = {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        ...(random() < 0.7
          ? {
              prompt_tokens_details: {
                cached_tokens: cached,
                cache_write_tokens: upTo(input - cached),
                audio_tokens: 3,
              },
            }
          : {}),
        ...(random() < 0.7 ? { completion_tokens_details: { reasoning_tokens: upTo(output) } } : {}),
      };
      const { call, rejected } = cleanCall({ usage: { ...readChatUsage(usage), source: 'reported' } }, 1e12);
      assert.equal(inputTokens(call.usage), input);
      assert.equal(outputTokens(call.usage), output);
      assert.deepEqual(
        rejected.filter(({ field }) => field !== 'operation' && field !== 'duration' && field !== 'outcome'),
        [],
      );
    }
  });

  it('leaves what is no number to cleaning, which names it', () => {
    const usage = readChatUsage({ prompt_tokens: '12', completion_tokens: -1 });
    const { call, rejected } = cleanCall({ usage: { ...usage, source: 'reported' } }, 1e12);
    assert.equal(call.usage, undefined);
    assert.deepEqual(
      rejected.filter(({ field }) => field === 'input_uncached' || field === 'output'),
      [
        { field: 'input_uncached', reason: 'not_a_number' },
        { field: 'output', reason: 'negative' },
      ],
    );
  });
});

describe('streams', () => {
  for (const [name, file, count] of [
    ['chat.completions', 'chat-stream-usage', 9],
    ['chat.completions', 'chat-stream-tool', 4],
    ['completions', 'completion-stream', 4],
    ['responses', 'response-stream', 12],
  ] as const) {
    it(`of ${name} (${file}) make sense wherever they are cut, and no chunk is changed`, () => {
      const chunks = fixture<unknown[]>(file);
      assert.equal(chunks.length, count);
      const before = JSON.stringify(chunks);
      const wire = reader(name);
      let length = 0;
      let text = '';
      for (let cut = 0; cut <= chunks.length; cut++) {
        const facts = fold(wire, chunks.slice(0, cut));
        assert.ok(facts.outputLength >= length);
        assert.ok((facts.output[0] ?? '').startsWith(text));
        assert.equal(fold(wire, chunks.slice(0, cut), false).outputLength, facts.outputLength);
        assert.equal(facts.failure === undefined, cut > 0);
        assert.equal(facts.finishReasons.length, cut >= chunks.length - (file === 'chat-stream-usage' ? 1 : 0) ? 1 : 0);
        length = facts.outputLength;
        text = facts.output[0] ?? '';
      }
      assert.ok(length > 10);
      assert.equal(JSON.stringify(chunks), before);
    });
  }

  it('keep choices apart and ignore a wild index', () => {
    const delta = (index: unknown, content: string): unknown => ({ choices: [{ index, delta: { content } }] });
    const facts = fold(reader('chat.completions'), [
      delta(1, 'b'),
      delta(0, 'a'),
      delta(1, 'b'),
      delta(1e9, 'x'),
      delta(-1, 'x'),
      { choices: [{ index: 1, delta: {}, finish_reason: 'length' }] },
      { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] },
    ]);
    assert.deepEqual(facts.output, ['a', 'bb']);
    assert.deepEqual(facts.finishReasons, ['stop', 'length']);
  });
});

/** Any JSON, and a few things that JSON has not. */
function anything(random: () => number, depth: number): unknown {
  const kind = Math.floor(random() * (depth > 0 ? 11 : 8));
  const word = (): string => WORDS[Math.floor(random() * WORDS.length)] as string;
  switch (kind) {
    case 0:
      return null;
    case 1:
      return undefined;
    case 2:
      return random() * 1e6 - 5e5;
    case 3:
      return Number.NaN;
    case 4:
      return random() < 0.5;
    case 5:
      return 10n;
    case 6:
    case 7:
      return word();
    case 8:
      return Array.from({ length: Math.floor(random() * 4) }, () => anything(random, depth - 1));
    default:
      return Object.fromEntries(
        Array.from({ length: Math.floor(random() * 8) }, () => [word(), anything(random, depth - 1)]),
      );
  }
}

const WORDS = [
  ...['id', 'model', 'choices', 'message', 'content', 'delta', 'index', 'finish_reason', 'usage', 'logprobs', 'text'],
  ...['output', 'status', 'completed', 'incomplete', 'failed', 'error', 'code', 'type', 'response', 'messages', 'role'],
  ...[
    'response.completed',
    'response.output_text.delta',
    'prompt_tokens',
    'completion_tokens',
    'input',
    'prompt',
    'data',
  ],
  ...[
    'prompt_tokens_details',
    'cached_tokens',
    'tool_calls',
    'function',
    'arguments',
    'incomplete_details',
    'reason',
    '',
  ],
];

describe('readers', () => {
  for (const [name, wire] of readers) {
    it(`of ${name} take anything and throw nothing`, () => {
      const random = createRandom(7);
      for (let i = 0; i < 3000; i++) {
        const value = anything(random, 5);
        wire.readRequest(value);
        wire.readText(value);
        const facts = wire.readResponse(value, true);
        assert.ok(Array.isArray(facts.finishReasons));
        wire.readError(value);
        fold(wire, [value, anything(random, 5), anything(random, 5)]);
      }
    });
  }

  it('take the text parts of messages, and only them', () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'What is this?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
          { type: 'text', text: 'And this?' },
        ],
      },
      { role: 'assistant', content: null, tool_calls: [{ function: { name: 'f', arguments: '{"secret":1}' } }] },
      { role: 'tool', tool_call_id: 'call_1', content: 'a cat' },
    ];
    assert.deepEqual(reader('chat.completions').readText({ messages }), [
      { role: 'system', text: 'Be brief.' },
      { role: 'user', text: 'What is this?\nAnd this?' },
      { role: 'tool', text: 'a cat' },
    ]);
    assert.deepEqual(
      reader('responses').readText({
        instructions: 'Be brief.',
        input: [
          { role: 'user', content: [{ type: 'input_text', text: 'What is this?' }] },
          { type: 'function_call', name: 'f', arguments: '{"secret":1}' },
          { type: 'function_call_output', call_id: 'c', output: 'a cat' },
        ],
      }),
      [
        { role: 'system', text: 'Be brief.' },
        { role: 'user', text: 'What is this?' },
        { role: 'tool', text: 'a cat' },
      ],
    );
  });
});

/** An error whose class has this name, as another copy of the SDK would throw it. */
function named(name: string, fields: Record<string, unknown>): unknown {
  const error = new (Object.defineProperty(class extends Error {}, 'name', { value: name }))();
  return Object.assign(error, fields);
}

describe('errors', () => {
  for (const [what, error, type, convention] of [
    [
      'a code',
      named('RateLimitError', { status: 429, code: 'rate_limit_exceeded' }),
      'rate_limit',
      'rate_limit_exceeded',
    ],
    ['no code', named('RateLimitError', { status: 429, code: null, type: 'requests' }), 'rate_limit', '429'],
    [
      'a spent quota',
      named('RateLimitError', { status: 429, code: 'insufficient_quota' }),
      'rate_limit',
      'insufficient_quota',
    ],
    ['an unknown code', named('BadRequestError', { status: 400, code: 'user-4711-is-odd' }), 'bad_request', '400'],
    [
      'a vague type',
      named('BadRequestError', { status: 400, code: null, type: 'invalid_request_error' }),
      'bad_request',
      '400',
    ],
    [
      'a window named only in words',
      named('BadRequestError', { status: 400, message: "This model's maximum context length is 4096 tokens." }),
      'context_length',
      '400',
    ],
    ['401', named('AuthenticationError', { status: 401 }), 'auth', '401'],
    ['403', named('PermissionDeniedError', { status: 403 }), 'permission', '403'],
    ['422', named('UnprocessableEntityError', { status: 422 }), 'bad_request', '422'],
    ['503', named('InternalServerError', { status: 503 }), 'overloaded', '503'],
    ['504', named('InternalServerError', { status: 504 }), 'timeout', '504'],
    ['a filter', named('BadRequestError', { status: 400, code: 'content_filter' }), 'content_filter', 'content_filter'],
    ['a timeout', named('APIConnectionTimeoutError', {}), 'timeout', 'timeout'],
    [
      'a refused connection',
      named('APIConnectionError', { cause: { code: 'ECONNREFUSED' } }),
      'connection',
      'APIConnectionError',
    ],
    ['a cut stream', new TypeError('terminated'), 'connection', 'TypeError'],
    [
      'a timed-out body',
      new TypeError('terminated', { cause: { code: 'UND_ERR_BODY_TIMEOUT' } }),
      'timeout',
      'timeout',
    ],
    ['bad JSON', new SyntaxError('Unexpected token'), 'malformed_response', 'SyntaxError'],
    ['an error event', named('APIError', { code: null, type: 'server_error' }), 'server', 'server_error'],
    ['a class with a shortened name', named('e', { status: 429 }), 'rate_limit', '429'],
    ['a string', 'no', 'other', '_OTHER'],
    ['undefined', undefined, 'other', '_OTHER'],
    ['an object without a prototype', Object.create(null), 'other', '_OTHER'],
  ] as const) {
    it(`are told by names and fields: ${what}`, () => {
      const facts = readOpenAIError(error);
      assert.equal(facts.errorType, type);
      assert.equal(facts.convention, convention);
      assert.equal(facts.aborted, false);
    });
  }

  it('of a caller that stopped are no errors', () => {
    assert.equal(readOpenAIError(named('APIUserAbortError', {})).aborted, true);
    assert.equal(readOpenAIError(new DOMException('stop', 'AbortError')).aborted, true);
  });
});
