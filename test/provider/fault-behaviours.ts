import { type Behaviour, CHAT, outcome, STREAM, told } from './behaviour.js';

/** Calls that fail, are cut off, or are answered with something else. */
export const FAULT_BEHAVIOURS: readonly Behaviour[] = [
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
];
