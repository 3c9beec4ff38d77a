import type { Client, Sdk } from './sdks.js';

/** What a caller does with a client and what came of it; run with a bare and with a watched client, both must tell the same. */
export interface Behaviour {
  readonly name: string;
  readonly scenario: string;
  readonly options?: Readonly<Record<string, unknown>>;
  /** First and last major that can do it. */
  readonly since?: number;
  readonly until?: number;
  run(client: Client, sdk: Sdk): Promise<unknown>;
  /** The records that must come of it, in the order of their ends: `ok:reasons`, `error:type`, `aborted:by`. */
  readonly records: readonly string[];
}

const MESSAGES = [
  { role: 'system' as const, content: 'You help with parcels.' },
  { role: 'user' as const, content: 'Where is order 4711?' },
];
export const CHAT = { model: 'gpt-4o-mini', messages: MESSAGES };
const STREAM = { ...CHAT, stream: true as const };
const RESPONSE = { model: 'gpt-4.1', instructions: 'Answer in one line.', input: 'When is my refund due?' };
const TOOLS = [
  {
    type: 'function' as const,
    function: {
      name: 'find_order',
      parameters: { type: 'object', properties: { number: { type: 'string' } } },
      parse: JSON.parse,
      function: () => 'on its way',
    },
  },
];
const FORMAT = {
  type: 'json_schema' as const,
  json_schema: { name: 'verdict', strict: true, schema: { type: 'object', properties: {} } },
  $brand: 'auto-parseable-response-format',
  $parseRaw: JSON.parse,
};

/** An error as a caller may look at it. */
export function told(error: unknown, sdk: Sdk): unknown {
  const given = error as Error & Record<string, unknown>;
  return {
    class: given?.constructor?.name,
    name: given?.name,
    // openai 4 names the address of the request, which differs from run to run.
    message: String(given?.message).replace(/127\.0\.0\.1:\S*/, 'ADDRESS'),
    status: given?.['status'],
    code: given?.['code'],
    type: given?.['type'],
    request: given?.['requestID'] ?? given?.['request_id'],
    api: given instanceof sdk.OpenAI.APIError,
    openai: given instanceof sdk.OpenAI.OpenAIError,
  };
}

async function outcome(run: () => unknown, sdk: Sdk): Promise<unknown> {
  try {
    return { value: await run() };
  } catch (error) {
    return { error: told(error, sdk) };
  }
}

async function all(stream: AsyncIterable<unknown>, kept: unknown[] = []): Promise<unknown[]> {
  for await (const chunk of stream) kept.push(chunk);
  return kept;
}

/** The parse helper has moved between majors. */
function parser(client: Client): { parse(body: unknown): Promise<unknown>; stream(body: unknown): never } {
  const beta = client.beta as unknown as { chat?: { completions?: { parse?: unknown } } };
  return (beta.chat?.completions?.parse === undefined ? client.chat.completions : beta.chat.completions) as never;
}

interface HelperStream extends AsyncIterable<unknown> {
  finalChatCompletion(): Promise<unknown>;
  finalContent(): Promise<unknown>;
  on(event: string, listener: (...args: unknown[]) => void): HelperStream;
  abort(): void;
  done(): Promise<void>;
}

function runner(client: Client): { runTools(body: unknown): HelperStream } {
  const beta = client.beta as unknown as { chat?: { completions?: { runTools?: unknown } } };
  return (beta.chat?.completions?.runTools === undefined ? client.chat.completions : beta.chat.completions) as never;
}

const ok = (...reasons: string[]): string => `ok:${reasons.join('+')}`;

export const BEHAVIOURS: readonly Behaviour[] = [
  { name: 'plain', scenario: 'chat', run: c => c.chat.completions.create(CHAT), records: [ok('stop')] },
  {
    name: 'plain, hidden request id and key order',
    scenario: 'chat',
    run: async c => {
      const value = await c.chat.completions.create(CHAT);
      return [value._request_id, Object.keys(value), JSON.stringify(value)];
    },
    records: [ok('stop')],
  },
  {
    name: 'awaited twice gives one object',
    scenario: 'chat',
    run: async c => {
      const promise = c.chat.completions.create(CHAT);
      const first = await promise;
      return [first === (await promise), first === (await promise.withResponse()).data];
    },
    records: [ok('stop')],
  },
  {
    name: 'withResponse',
    scenario: 'chat',
    run: async c => {
      const { data, response, request_id } = await c.chat.completions.create(CHAT).withResponse();
      return [data, response.status, request_id, response.bodyUsed];
    },
    records: [ok('stop')],
  },
  {
    name: 'asResponse leaves the body to the caller',
    scenario: 'chat',
    run: async c => {
      const response = await c.chat.completions.create(CHAT).asResponse();
      return [response.status, response.bodyUsed, await response.json()];
    },
    records: [ok()],
  },
  {
    name: 'asResponse of a stream',
    scenario: 'chat',
    run: async c => {
      const response = await c.chat.completions.create(STREAM).asResponse();
      return [response.status, await response.text()];
    },
    records: [ok()],
  },
  {
    name: 'asResponse, then the answer of the same promise',
    scenario: 'chat',
    run: async c => {
      const promise = c.chat.completions.create(CHAT);
      const response = await promise.asResponse();
      const before = response.bodyUsed;
      return [response.status, before, await promise];
    },
    records: [ok('stop')],
  },
  {
    name: 'the answer, then asResponse of the same promise',
    scenario: 'chat',
    run: async c => {
      const promise = c.chat.completions.create(CHAT);
      const value = await promise;
      const response = await promise.asResponse();
      return [value, response.status, response.bodyUsed];
    },
    records: [ok('stop')],
  },
  {
    name: 'asResponse twice',
    scenario: 'chat',
    run: async c => {
      const promise = c.chat.completions.create(CHAT);
      const [first, second] = await Promise.all([promise.asResponse(), promise.asResponse()]);
      return [first.status, first === second];
    },
    records: [ok()],
  },
  {
    name: 'asResponse, then the stream of the same promise',
    scenario: 'chat',
    run: async c => {
      const promise = c.chat.completions.create(STREAM);
      const response = await promise.asResponse();
      return [response.status, await all(await promise)];
    },
    records: [ok('stop')],
  },
  {
    name: 'asResponse, the body, then the answer of the same promise',
    scenario: 'chat',
    run: async (c, sdk) => {
      const promise = c.chat.completions.create(CHAT);
      const response = await promise.asResponse();
      await response.text();
      await new Promise(resolve => setImmediate(resolve));
      return [response.status, await outcome(() => promise, sdk)];
    },
    records: [ok()],
  },
  {
    name: 'class and methods of the promise',
    scenario: 'chat',
    run: async c => {
      const promise = c.chat.completions.create(CHAT);
      const shape = [
        promise.constructor.name,
        promise instanceof Promise,
        Object.keys(promise),
        ['then', 'catch', 'finally', 'asResponse', 'withResponse', 'parse', '_thenUnwrap'].map(
          name => typeof (promise as unknown as Record<string, unknown>)[name],
        ),
      ];
      await promise;
      return shape;
    },
    records: [ok('stop')],
  },
  {
    name: 'then, catch and finally',
    scenario: 'chat',
    run: async c => {
      const steps: unknown[] = [];
      await c.chat.completions
        .create(CHAT)
        .finally(() => steps.push('finally'))
        .then(value => steps.push(value.id))
        .catch(() => steps.push('catch'));
      return steps;
    },
    records: [ok('stop')],
  },
  {
    name: 'create keeps its name and length',
    scenario: 'chat',
    run: async c => [
      c.chat.completions.create.name,
      c.chat.completions.create.length,
      await c.chat.completions.create(CHAT),
    ],
    records: [ok('stop')],
  },
  {
    name: 'Promise.all and frozen parameters',
    scenario: 'two',
    run: c => {
      const body = Object.freeze({ ...CHAT, n: 2 });
      return Promise.all([
        c.chat.completions.create(body),
        c.chat.completions.create(Object.freeze({ ...CHAT, n: 2 })),
      ]);
    },
    records: [ok('stop', 'length'), ok('stop', 'length')],
  },
  { name: 'tool call', scenario: 'tool', run: c => c.chat.completions.create(CHAT), records: [ok('tool_call')] },
  {
    name: 'parse helper',
    scenario: 'json',
    run: c => parser(c).parse({ ...CHAT, response_format: FORMAT }),
    records: [ok('stop')],
  },
  {
    name: 'parse helper, cut answer',
    scenario: 'cut',
    run: (c, sdk) => outcome(() => parser(c).parse({ ...CHAT, response_format: FORMAT }), sdk),
    records: [ok('length')],
  },
  {
    name: 'runTools',
    scenario: 'toolloop',
    run: c =>
      runner(c)
        .runTools({ ...CHAT, tools: TOOLS })
        .finalContent(),
    records: [ok('tool_call'), ok('stop')],
  },
  {
    name: 'runTools, streamed',
    scenario: 'toolloop',
    run: c =>
      runner(c)
        .runTools({ ...CHAT, stream: true, tools: TOOLS })
        .finalContent(),
    records: [ok('tool_call'), ok('stop')],
  },
  {
    name: 'retries',
    scenario: 'flaky',
    options: { maxRetries: 2 },
    run: c => c.chat.completions.create(CHAT),
    records: [ok('stop')],
  },
  {
    name: 'withOptions copy',
    scenario: 'chat',
    since: 5,
    run: c => c.withOptions({ timeout: 5000 }).chat.completions.create(CHAT),
    records: [ok('stop')],
  },

  ...(
    [
      ['unauthorized', 'auth'],
      ['limited', 'rate_limit'],
      ['broken', 'server'],
      ['toolong', 'context_length'],
      ['missing', 'not_found'],
    ] as const
  ).flatMap(([scenario, type]): Behaviour[] => [
    {
      name: `error ${scenario}`,
      scenario,
      run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT), sdk),
      records: [`error:${type}`],
    },
    {
      name: `error ${scenario}, streamed, withResponse`,
      scenario,
      run: (c, sdk) => outcome(() => c.chat.completions.create(STREAM).withResponse(), sdk),
      records: [`error:${type}`],
    },
    {
      name: `error ${scenario}, asResponse`,
      scenario,
      run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT).asResponse(), sdk),
      records: [`error:${type}`],
    },
  ]),
  {
    name: 'refused connection',
    scenario: 'chat',
    options: { baseURL: 'http://127.0.0.1:9/v1' },
    run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT), sdk),
    records: ['error:connection'],
  },
  {
    name: 'timeout',
    scenario: 'hang',
    options: { timeout: 40 },
    run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT), sdk),
    records: ['error:timeout'],
  },
  {
    name: 'deadline of the caller',
    scenario: 'hang',
    run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT, { signal: AbortSignal.timeout(40) }), sdk),
    records: ['error:timeout'],
  },
  {
    name: 'aborted before it was sent',
    scenario: 'chat',
    run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT, { signal: AbortSignal.abort() }), sdk),
    records: ['aborted:caller'],
  },
  {
    name: 'aborted while waiting',
    scenario: 'hang',
    run: (c, sdk) => {
      const controller = new AbortController();
      // By then the request has reached the server, also of a busy machine.
      setTimeout(() => controller.abort(), 200);
      return outcome(() => c.chat.completions.create(CHAT, { signal: controller.signal }), sdk);
    },
    records: ['aborted:caller'],
  },
  {
    name: 'wrong use',
    scenario: 'chat',
    run: async (c, sdk) => {
      let promise: unknown;
      try {
        promise = c.chat.completions.create(undefined as never);
      } catch (error) {
        return { thrown: told(error, sdk) };
      }
      return outcome(() => promise, sdk);
    },
    records: ['error:other'],
  },
  {
    name: 'body cannot be serialised',
    scenario: 'chat',
    run: (c, sdk) => outcome(() => c.chat.completions.create({ ...CHAT, seed: 1n as never }), sdk),
    records: ['error:other'],
  },
  {
    name: 'a page instead of an answer',
    scenario: 'html',
    run: c => c.chat.completions.create(CHAT),
    records: ['error:malformed_response'],
  },
  {
    name: 'an answer that is not JSON',
    scenario: 'notjson',
    run: (c, sdk) => outcome(() => c.chat.completions.create(CHAT), sdk),
    records: ['error:malformed_response'],
  },
  {
    name: 'an answer of another shape',
    scenario: 'odd',
    run: c => c.chat.completions.create(CHAT),
    records: ['error:malformed_response'],
  },
  {
    name: 'an error with status 200',
    scenario: 'errorbody',
    run: c => c.chat.completions.create(CHAT),
    records: ['error:rate_limit'],
  },

  {
    name: 'stream',
    scenario: 'chat',
    run: async c => all(await c.chat.completions.create(STREAM)),
    records: [ok('stop')],
  },
  {
    name: 'stream with usage',
    scenario: 'usage',
    run: async c => all(await c.chat.completions.create({ ...STREAM, stream_options: { include_usage: true } })),
    records: [ok('stop')],
  },
  {
    name: 'stream by withResponse',
    scenario: 'chat',
    run: async c => {
      const { data, response, request_id } = await c.chat.completions.create(STREAM).withResponse();
      return [await all(data), response.status, request_id];
    },
    records: [ok('stop')],
  },
  {
    name: 'shape of the stream and of its iterator',
    scenario: 'chat',
    run: async c => {
      const stream = await c.chat.completions.create(STREAM);
      const iterator = stream[Symbol.asyncIterator]();
      const shape = [
        stream.constructor.name,
        Object.keys(stream),
        stream.controller.constructor.name,
        Object.prototype.toString.call(iterator),
        Object.keys(iterator),
        (iterator as AsyncGenerator)[Symbol.asyncIterator]() === iterator,
        ['next', 'return', 'throw'].map(name => typeof (iterator as unknown as Record<string, unknown>)[name]),
      ];
      while ((await iterator.next()).done !== true);
      return shape;
    },
    records: [ok('stop')],
  },
  {
    name: 'read by hand, past the end',
    scenario: 'chat',
    run: async c => {
      const iterator = (await c.chat.completions.create(STREAM))[Symbol.asyncIterator]();
      const steps: unknown[] = [];
      for (let i = 0; i < 11; i++) steps.push(await iterator.next());
      return steps;
    },
    records: [ok('stop')],
  },
  {
    name: 'steps asked for ahead',
    scenario: 'chat',
    run: async c => {
      const iterator = (await c.chat.completions.create(STREAM))[Symbol.asyncIterator]();
      return Promise.all(Array.from({ length: 11 }, () => iterator.next()));
    },
    records: [ok('stop')],
  },
  {
    name: 'break',
    scenario: 'streamhold',
    run: async c => {
      const stream = await c.chat.completions.create(STREAM);
      const kept: unknown[] = [];
      for await (const chunk of stream) {
        kept.push(chunk);
        if (kept.length === 2) break;
      }
      return [kept, stream.controller.signal.aborted];
    },
    records: ['aborted:caller'],
  },
  {
    name: 'break after the model stopped',
    scenario: 'chat',
    run: async c => {
      const stream = await c.chat.completions.create(STREAM);
      for await (const chunk of stream) if (chunk.choices[0]?.finish_reason === 'stop') break;
      return stream.controller.signal.aborted;
    },
    records: [ok('stop')],
  },
  {
    name: 'return and throw on the iterator',
    scenario: 'streamhold',
    run: async (c, sdk) => {
      const first = (await c.chat.completions.create(STREAM))[Symbol.asyncIterator]();
      await first.next();
      const second = (await c.chat.completions.create(STREAM))[Symbol.asyncIterator]();
      await second.next();
      return [
        await first.return?.('mine' as never),
        await first.next(),
        await outcome(() => second.throw?.(new Error('stop')), sdk),
      ];
    },
    records: ['aborted:caller', 'aborted:caller'],
  },
  {
    name: 'a fault in the loop',
    scenario: 'streamhold',
    run: (c, sdk) =>
      outcome(async () => {
        for await (const _ of await c.chat.completions.create(STREAM)) throw new RangeError('mine');
      }, sdk),
    records: ['aborted:caller'],
  },
  {
    name: 'abort of the controller in mid-stream',
    scenario: 'streamhold',
    run: (c, sdk) =>
      outcome(async () => {
        const stream = await c.chat.completions.create(STREAM);
        const kept: unknown[] = [];
        for await (const chunk of stream) {
          kept.push(chunk);
          if (kept.length === 2) stream.controller.abort();
        }
        return kept;
      }, sdk),
    records: ['aborted:caller'],
  },
  {
    name: 'abort of the signal in mid-stream',
    scenario: 'streamhold',
    run: (c, sdk) =>
      outcome(async () => {
        const controller = new AbortController();
        const kept: unknown[] = [];
        for await (const chunk of await c.chat.completions.create(STREAM, { signal: controller.signal })) {
          kept.push(chunk);
          if (kept.length === 2) controller.abort();
        }
        return kept;
      }, sdk),
    records: ['aborted:caller'],
  },
  {
    name: 'read a second time',
    scenario: 'chat',
    run: async (c, sdk) => {
      const stream = await c.chat.completions.create(STREAM);
      return [await all(stream), await outcome(() => all(stream), sdk)];
    },
    records: [ok('stop')],
  },
  {
    name: 'read a second time while the first is read',
    scenario: 'chat',
    run: async (c, sdk) => {
      const stream = await c.chat.completions.create(STREAM);
      const iterator = stream[Symbol.asyncIterator]();
      const first = await iterator.next();
      const second = await outcome(() => all(stream), sdk);
      return [first, second, await all({ [Symbol.asyncIterator]: () => iterator })];
    },
    records: [ok('stop')],
  },
  {
    name: 'tee',
    scenario: 'chat',
    run: async c => {
      const [left, right] = (await c.chat.completions.create(STREAM)).tee();
      return Promise.all([all(left), all(right)]);
    },
    records: [ok('stop')],
  },
  {
    name: 'toReadableStream',
    scenario: 'chat',
    run: async c => new Response((await c.chat.completions.create(STREAM)).toReadableStream() as never).text(),
    records: [ok('stop')],
  },
  {
    name: 'toReadableStream, cancelled',
    scenario: 'streamhold',
    run: async c => {
      const stream = await c.chat.completions.create(STREAM);
      const reader = stream.toReadableStream().getReader();
      const first = await reader.read();
      await reader.cancel();
      return [first, stream.controller.signal.aborted];
    },
    records: ['aborted:caller'],
  },
  ...(
    [
      ['streamerror', 'server'],
      ['streamdie', 'connection'],
      ['streambadjson', 'malformed_response'],
    ] as const
  ).map(
    ([scenario, type]): Behaviour => ({
      name: scenario,
      scenario,
      run: async (c, sdk) => {
        const kept: unknown[] = [];
        return [await outcome(async () => all(await c.chat.completions.create(STREAM), kept), sdk), kept];
      },
      records: [`error:${type}`],
    }),
  ),
  {
    name: 'a stream without a chunk',
    scenario: 'streamempty',
    run: async c => all(await c.chat.completions.create(STREAM)),
    records: ['error:malformed_response'],
  },
  {
    name: 'a page instead of a stream',
    scenario: 'html',
    run: async c => all(await c.chat.completions.create(STREAM)),
    records: ['error:malformed_response'],
  },
  {
    name: 'helper stream',
    scenario: 'chat',
    run: async c => {
      const stream = parser(c).stream(CHAT) as HelperStream;
      const heard: unknown[] = [];
      stream.on('content', delta => heard.push(delta));
      return [await stream.finalChatCompletion(), heard];
    },
    records: [ok('stop')],
  },
  {
    name: 'helper stream, read and aborted',
    scenario: 'streamhold',
    run: async (c, sdk) => {
      const stream = parser(c).stream(CHAT) as HelperStream;
      let read = 0;
      const loop = await outcome(async () => {
        for await (const _ of stream) if (++read === 2) stream.abort();
      }, sdk);
      return [loop, read, await outcome(() => stream.done(), sdk)];
    },
    records: ['aborted:caller'],
  },
  {
    name: 'helper stream, error',
    scenario: 'limited',
    run: (c, sdk) => outcome(() => (parser(c).stream(CHAT) as HelperStream).finalChatCompletion(), sdk),
    records: ['error:rate_limit'],
  },

  { name: 'responses', scenario: 'responses', run: c => c.responses.create(RESPONSE), records: [ok('stop')] },
  {
    name: 'responses, withResponse and text',
    scenario: 'responses',
    run: async c => {
      const { data, response } = await c.responses.create(RESPONSE).withResponse();
      return [data.output_text, response.status, (data as { _request_id?: unknown })._request_id];
    },
    records: [ok('stop')],
  },
  {
    name: 'responses, tool call',
    scenario: 'responsetool',
    run: c => c.responses.create(RESPONSE),
    records: [ok('tool_call')],
  },
  {
    name: 'responses, cut',
    scenario: 'responseincomplete',
    run: c => c.responses.create(RESPONSE),
    records: [ok('length')],
  },
  {
    name: 'responses, failed',
    scenario: 'responsefailed',
    run: c => c.responses.create(RESPONSE),
    records: ['error:rate_limit'],
  },
  {
    name: 'responses, parse helper',
    scenario: 'responses',
    run: c => c.responses.parse(RESPONSE),
    records: [ok('stop')],
  },
  {
    name: 'responses, streamed',
    scenario: 'responses',
    run: async c => all(await c.responses.create({ ...RESPONSE, stream: true })),
    records: [ok('stop')],
  },
  {
    name: 'responses, helper stream',
    scenario: 'responses',
    run: async c => {
      const stream = c.responses.stream(RESPONSE);
      const seen = (await all(stream)) as { type: string }[];
      return [seen.map(event => event.type), await stream.finalResponse()];
    },
    records: [ok('stop')],
  },
  {
    name: 'responses, error event',
    scenario: 'responseerror',
    run: async (c, sdk) => {
      const kept: unknown[] = [];
      return [await outcome(async () => all(await c.responses.create({ ...RESPONSE, stream: true }), kept), sdk), kept];
    },
    records: ['error:server'],
  },
  {
    name: 'responses, a page instead of an answer',
    scenario: 'html',
    run: (c, sdk) => outcome(() => c.responses.create(RESPONSE), sdk),
    records: ['error:malformed_response'],
  },
  {
    name: 'embeddings, decoded by the SDK',
    scenario: 'embeddings',
    run: c => c.embeddings.create({ model: 'text-embedding-3-small', input: 'a parcel' }),
    records: [ok()],
  },
  {
    name: 'embeddings, as floats, with response',
    scenario: 'embeddings',
    run: async c => {
      const body = { model: 'text-embedding-3-small', input: ['a', 'b'], encoding_format: 'float' as const };
      const { data, response } = await c.embeddings.create(body).withResponse();
      return [data, response.status];
    },
    records: [ok()],
  },
  {
    name: 'legacy completion',
    scenario: 'completion',
    run: c => c.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Tell' }),
    records: [ok('length')],
  },
  {
    name: 'legacy completion, streamed',
    scenario: 'completion',
    run: async c => all(await c.completions.create({ model: 'gpt-3.5-turbo-instruct', prompt: 'Tell', stream: true })),
    records: [ok('stop')],
  },
  {
    name: '20 at once',
    scenario: 'chat',
    run: c =>
      Promise.all(
        Array.from({ length: 20 }, async (_, i) =>
          i % 2 === 0 ? c.chat.completions.create({ ...CHAT }) : all(await c.chat.completions.create({ ...STREAM })),
        ),
      ),
    records: Array.from({ length: 20 }, () => ok('stop')),
  },
];
