import { all, type Behaviour, CHAT, type HelperStream, ok, outcome, parser, RESPONSE, STREAM } from './behaviour.js';

/** What a caller does with a stream. */
export const STREAM_BEHAVIOURS: readonly Behaviour[] = [
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
];
