import { all, type Behaviour, CHAT, ok, outcome, RESPONSE, STREAM } from './behaviour.js';

/** The other endpoints, and many calls at once. */
export const ENDPOINT_BEHAVIOURS: readonly Behaviour[] = [
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
