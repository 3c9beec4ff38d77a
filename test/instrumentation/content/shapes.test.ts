import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Redaction } from '../../../core/content.js';
import { maskText } from '../../../processor/index.js';
import { fixture } from '../../provider/server.js';
import { type Api, watched } from './watched.js';

const INPUT = 'gen_ai.input.messages';
const OUTPUT = 'gen_ai.output.messages';
const SYSTEM = 'gen_ai.system_instructions';
const TOOLS = 'gen_ai.tool.definitions';

async function captured(api: Api, request: unknown, body: unknown, redact: Redaction = maskText) {
  const run = watched('both', redact);
  try {
    await run.call(api, request, { body });
    const attributes = run.otel.spans()[0]?.attributes ?? {};
    const names = [INPUT, OUTPUT, SYSTEM, TOOLS].filter(name => name in attributes);
    const onSpan = Object.fromEntries(names.map(name => [name, JSON.parse(String(attributes[name])) as unknown]));
    const record = run.records[0];
    const inEvent = Object.fromEntries(names.map(name => [name, record?.attributes?.[name]]));
    assert.deepEqual(inEvent, onSpan, 'the event says what the span says, as a structure');
    return { onSpan, attributes, record };
  } finally {
    run.stop();
  }
}

const text = (content: string) => ({ type: 'text', content });
const user = (content: string) => ({ role: 'user', parts: [text(content)] });

describe('content in the shapes of the conventions', () => {
  it('of chat', async () => {
    const { onSpan, record } = await captured('chat', fixture('request-chat'), fixture('chat-parts'));
    assert.deepEqual(onSpan[INPUT], [
      { role: 'system', parts: [text('You answer for a parcel service.')] },
      { role: 'system', name: 'rules', parts: [text('Two sentences.')] },
      { role: 'user', name: 'ann', parts: [text('Where is my parcel?')] },
      {
        role: 'user',
        parts: [
          text('See this picture.'),
          { type: 'omitted', modality: 'image', mime_type: 'image/png', size: 144 },
          { type: 'uri', modality: 'image', uri: 'https://images.example.org/parcel.png' },
          { type: 'omitted', modality: 'audio', mime_type: 'audio/wav', size: 168 },
          { type: 'omitted', modality: 'document', mime_type: 'application/pdf', size: 168 },
          { type: 'file', modality: 'document', file_id: 'file-abc' },
        ],
      },
      {
        role: 'assistant',
        name: 'bot',
        parts: [
          { type: 'reasoning', content: 'I need the order.' },
          text('Let me look.'),
          { type: 'omitted', modality: 'audio' },
          {
            type: 'tool_call',
            id: 'call_1',
            name: 'find_order',
            arguments: { customer: 'Ann Lee', where: { city: 'Ghent' }, days: ['Monday'] },
          },
          { type: 'tool_call', id: 'call_2', name: 'shell', arguments: 'ls orders' },
        ],
      },
      {
        role: 'tool',
        parts: [
          { type: 'tool_call_response', id: 'call_1', response: { status: 'in the van', steps: [{ at: 'depot' }] } },
        ],
      },
      {
        role: 'tool',
        parts: [{ type: 'tool_call_response', id: 'call_2', response: [text('orders.txt')] }],
      },
      {
        role: 'assistant',
        parts: [
          text('It is in the van.'),
          text('I cannot say more.'),
          { type: 'tool_call', name: 'close_case', arguments: { reason: 'answered' } },
        ],
      },
      { role: 'tool', name: 'close_case', parts: [{ type: 'tool_call_response', response: 'closed' }] },
    ]);
    assert.deepEqual(onSpan[OUTPUT], [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'I need the order.' },
          text('Let me look.'),
          {
            type: 'tool_call',
            id: 'call_1',
            name: 'find_order',
            arguments: { customer: 'Ann Lee', where: { city: 'Ghent' } },
          },
          { type: 'tool_call', id: 'call_2', name: 'shell', arguments: 'ls orders' },
        ],
        finish_reason: 'tool_call',
      },
      {
        role: 'assistant',
        parts: [
          text('I cannot help with that.'),
          { type: 'tool_call', name: 'close_case', arguments: { reason: 'refused' } },
        ],
        finish_reason: 'content_filter',
      },
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'Some thought.' },
          text('In parts.'),
          text('Spoken words.'),
          { type: 'omitted', modality: 'audio', size: 168 },
        ],
        finish_reason: 'stop',
      },
    ]);
    assert.deepEqual(
      (onSpan[TOOLS] as { name: string }[]).map(tool => tool.name),
      ['find_order', 'shell', 'close_case'],
    );
    assert.equal(record?.eventName, 'gen_ai.client.inference.operation.details');
    assert.equal(record?.attributes?.['gen_ai.request.model'], 'gpt-4o-mini');
    assert.equal(record?.attributes?.['gen_ai.usage.output_tokens'], 18);
    assert.equal(record?.severityNumber, undefined);
  });

  it('of chat that is streamed, as of chat', async () => {
    const { onSpan } = await captured('chat', fixture('request-chat'), fixture('chat-stream-parts'));
    assert.deepEqual(onSpan[OUTPUT], [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'I need the order.' },
          text('Let me look.'),
          { type: 'tool_call', id: 'call_1', name: 'find_order', arguments: { customer: 'Ann Lee' } },
          { type: 'tool_call', id: 'call_2', name: 'shell', arguments: 'ls orders' },
        ],
        finish_reason: 'tool_call',
      },
      { role: 'assistant', parts: [text('I cannot help.')], finish_reason: 'content_filter' },
      {
        role: 'assistant',
        parts: [
          text('Spoken words.'),
          { type: 'omitted', modality: 'audio', size: 168 },
          { type: 'tool_call', name: 'close_case', arguments: { reason: 'spoken' } },
        ],
        finish_reason: 'stop',
      },
    ]);
  });

  it('of responses: instructions apart, the items of an answer as one message', async () => {
    const { onSpan } = await captured('responses', fixture('request-responses'), fixture('response-items'));
    assert.deepEqual(onSpan[SYSTEM], [text('Answer in one line.')]);
    const roles = (onSpan[INPUT] as { role: string; parts: { type: string }[] }[]).map(
      ({ role, parts }) => `${role} ${parts.map(part => part.type).join(',')}`,
    );
    assert.deepEqual(roles, [
      'user text',
      'system text',
      'user text,omitted,uri,file,omitted,uri,omitted',
      'assistant text,text',
      'assistant reasoning,reasoning',
      'assistant tool_call',
      'tool tool_call_response',
      'tool tool_call_response',
      'assistant tool_call',
      'tool tool_call_response',
      'tool tool_call_response',
      'assistant server_tool_call',
      'assistant server_tool_call,server_tool_call_response',
      'assistant omitted',
    ]);
    const [answer] = onSpan[OUTPUT] as [{ parts: Record<string, unknown>[]; finish_reason: string }];
    assert.equal(answer.finish_reason, 'tool_call');
    assert.deepEqual(answer.parts.at(-1), {
      type: 'tool_call',
      id: 'call_1',
      name: 'find_order',
      arguments: { customer: 'Ann Lee', where: { city: 'Ghent' } },
    });
    assert.deepEqual(answer.parts[2], {
      type: 'server_tool_call',
      id: 'ws_1',
      name: 'web_search',
      server_tool_call: { type: 'web_search_call', action: { type: 'search', query: 'parcel times' } },
    });
  });

  it('of responses that are streamed: from the last event, or from what came before the cut', async () => {
    const whole = await captured('responses', { model: 'm', input: 'When?' }, fixture('response-stream'));
    assert.deepEqual(whole.onSpan[INPUT], [user('When?')]);
    assert.deepEqual(whole.onSpan[OUTPUT], [
      { role: 'assistant', parts: [text('Refunds take five days.')], finish_reason: 'stop' },
    ]);
    const cut = await captured('responses', { model: 'm', input: 'When?' }, fixture('response-stream-items'));
    assert.deepEqual(cut.onSpan[OUTPUT], [
      {
        role: 'assistant',
        parts: [
          { type: 'reasoning', content: 'It needs the order.Look it up.' },
          text('Refunds take five days.'),
          text('I cannot say more.'),
          { type: 'tool_call', id: 'call_1', name: 'find_order', arguments: { customer: 'Ann Lee' } },
          { type: 'tool_call', id: 'call_2', name: 'shell', arguments: 'ls orders' },
          {
            type: 'server_tool_call',
            id: 'ws_1',
            name: 'web_search',
            server_tool_call: { type: 'web_search_call', action: { type: 'search', query: 'parcel times' } },
          },
        ],
        finish_reason: 'error',
      },
    ]);
  });

  it('of legacy completions, whole and streamed', async () => {
    for (const [file, said, finish_reason] of [
      ['completion', ' once upon a time', 'length'],
      ['completion-stream', ' once upon a time', 'stop'],
    ] as const) {
      const { onSpan } = await captured('completions', fixture('request-completions'), fixture(file));
      assert.deepEqual(onSpan[INPUT], [user('Once upon a time'), user('In the beginning')]);
      assert.deepEqual(onSpan[OUTPUT], [{ role: 'assistant', parts: [text(said)], finish_reason }]);
    }
  });

  it('not of embeddings, for which the conventions have none', async () => {
    const { onSpan, record } = await captured('embeddings', fixture('request-embeddings'), fixture('embeddings'));
    assert.deepEqual(onSpan, {});
    assert.equal(record, undefined);
  });

  it('of a call that failed: what went in', async () => {
    const run = watched('span', maskText);
    await run.call('chat', { model: 'm', messages: [{ role: 'user', content: 'Why?' }] }, { status: 500, body: {} });
    const [span] = run.otel.spans();
    assert.deepEqual(JSON.parse(String(span?.attributes[INPUT])), [user('Why?')]);
    assert.equal(span?.attributes[OUTPUT], undefined);
    assert.equal(span?.status.message, '500');
    run.stop();
  });

  it('with what the app said at the start, whatever it adds later', async () => {
    const run = watched('span', maskText);
    const messages = [{ role: 'user', content: 'First.' }];
    const pending = run.call('chat', { model: 'm', messages }, { body: fixture('chat') });
    messages.push({ role: 'user', content: 'Second.' });
    await pending;
    assert.deepEqual(JSON.parse(String(run.otel.spans()[0]?.attributes[INPUT])), [user('First.')]);
    run.stop();
  });

  it('by the newest conventions with their severity', async () => {
    const run = watched('event', maskText, 'latest');
    await run.call('chat', { model: 'm', messages: [] }, { body: fixture('chat') });
    assert.equal(run.records[0]?.severityNumber, 5);
    assert.equal(run.otel.spans()[0]?.attributes[OUTPUT], undefined);
    run.stop();
  });
});

describe('the size of content', () => {
  const words = (count: number): string => 'word '.repeat(count);
  const chat = async (messages: unknown[], body: unknown = fixture('chat')) =>
    (await captured('chat', { model: 'm', messages }, body)).onSpan;

  it('of one message is bounded, and its cut is marked', async () => {
    const onSpan = await chat([{ role: 'user', content: words(100_000) }]);
    const [{ parts }] = onSpan[INPUT] as [{ parts: { content: string }[] }];
    assert.ok(parts[0]?.content.endsWith('word … [cut]') || parts[0]?.content.endsWith('[cut]'));
    assert.ok(JSON.stringify(parts).length < 66_000 && JSON.stringify(parts).length > 60_000);
  });

  it('of all is bounded: the answer and the latest messages stay, the others are counted', async () => {
    const messages = Array.from({ length: 40 }, (_, i) => ({ role: 'user', content: `${i} ${words(2000)}` }));
    const onSpan = await chat(messages);
    const input = onSpan[INPUT] as { parts: { type: string; messages?: number; content?: string }[] }[];
    const [first] = input;
    assert.equal(first?.parts[0]?.type, 'omitted');
    assert.equal(first?.parts[0]?.messages, 40 - input.length + 1);
    assert.ok(input.at(-1)?.parts[0]?.content?.startsWith('39 '));
    assert.ok(JSON.stringify(onSpan).length < 275_000);
    assert.ok((onSpan[OUTPUT] as unknown[]).length === 1);
  });

  it('of a stream without an end is bounded while it runs', async () => {
    const delta = { choices: [{ index: 0, delta: { content: words(400) } }] };
    const onSpan = await chat(
      [],
      Array.from({ length: 100 }, () => delta),
    );
    const [{ parts }] = onSpan[OUTPUT] as [{ parts: { content: string }[] }];
    assert.ok(parts[0]?.content.endsWith('[cut]') && parts[0].content.length < 66_000);
  });
});
