import { all, type Behaviour, CHAT, FORMAT, ok, outcome, parser, runner, STREAM, TOOLS } from './behaviour.js';

/** What a caller does with the promise of a call. */
export const PROMISE_BEHAVIOURS: readonly Behaviour[] = [
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
];
