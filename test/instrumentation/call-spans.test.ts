import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { AlwaysOffSampler } from '@opentelemetry/sdk-trace-node';
import type { CallEvent } from '../../core/calls.js';
import { CHAT } from '../provider/behaviour.js';
import { client, events, instrumentation, port, read, STREAM, start, wiring } from './calls-rig.js';

describe('the span of a call', () => {
  for (const [why, config, expected, faults] of [
    ['without a word to mask them with', {}, undefined, 0],
    ['masked', { redact: () => '[masked]' }, ['[masked]'], 0],
    ['as they are, where that was asked for by name', { redact: 'off' }, ['Anna:'], 0],
    ['not where masking fails', { redact: () => assert.fail() }, undefined, 1],
    ['not where masking gives no text', { redact: () => Promise.reject(new Error('late')) as never }, undefined, 1],
  ] as const)
    it(`has stop sequences ${why}`, async () => {
      const { client, otel } = start('chat', config);
      await client.chat.completions.create({ ...CHAT, stop: ['Anna:'] });
      assert.deepEqual(otel.spans()[0]?.attributes['gen_ai.request.stop_sequences'], expected);
      assert.equal(wiring.store.value('selfErrors', { component: 'content' }) ?? 0, faults);
    });

  it('has the attributes of the conventions and no words', async () => {
    const { client, otel } = start('chat', { redact: text => text.replaceAll('Anna', '[name]') });
    const settings = { temperature: 0.5, max_tokens: 40, n: 1, seed: 7, stop: ['#', 'Anna:'] };
    await client.chat.completions.create({ ...CHAT, ...settings });
    const [span] = otel.spans();
    assert.equal(span?.name, 'chat gpt-4o-mini');
    assert.equal(span?.kind, SpanKind.CLIENT);
    assert.equal(span?.status.code, SpanStatusCode.UNSET);
    const { call } = events[0] as CallEvent;
    assert.deepEqual(span?.attributes, {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'server.address': '127.0.0.1',
      'server.port': port(),
      'openai.api.type': 'chat_completions',
      'gen_ai.request.temperature': 0.5,
      'gen_ai.request.max_tokens': 40,
      'gen_ai.request.seed': 7,
      'gen_ai.request.stop_sequences': ['#', '[name]:'],
      'gen_ai.response.id': 'chatcmpl-A1',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'gen_ai.response.finish_reasons': ['stop'],
      'gen_ai.usage.input_tokens': 1200,
      'gen_ai.usage.output_tokens': 340,
      'gen_ai.usage.cache_read.input_tokens': 1024,
      'gen_ai.usage.cache_creation.input_tokens': 0,
      'gen_ai.usage.reasoning.output_tokens': 256,
      'openai.response.service_tier': 'default',
      'openai.response.system_fingerprint': 'fp_44709d6fcb',
      'llm_monitor.call.id': call.id,
      'llm_monitor.call.outcome': 'ok',
      'llm_monitor.call.template': call.template,
      'llm_monitor.call.attempts': 1,
      'llm_monitor.usage.source': 'reported',
    });
    assert.equal(call.serviceTier, 'default');
    assert.equal(call.traceId, span?.spanContext().traceId);
    assert.deepEqual(events[0]?.exemplar, { traceId: call.traceId, spanId: call.spanId });
  });

  it('keeps the provider own word for why it stopped, and writes no estimate as usage', async () => {
    const { client: tool, otel } = start('tool');
    await tool.chat.completions.create(CHAT);
    await read(await client('chat').chat.completions.create(STREAM));
    const [first, second] = otel.spans();
    assert.deepEqual(first?.attributes['gen_ai.response.finish_reasons'], ['tool_calls']);
    assert.equal(second?.attributes['gen_ai.usage.output_tokens'], undefined);
    assert.equal(second?.attributes['llm_monitor.usage.source'], 'estimated');
    assert.equal(second?.attributes['gen_ai.request.stream'], true);
    assert.ok((second?.attributes['gen_ai.response.time_to_first_chunk'] as number) > 0);
  });

  it('of a failure says its kind and never its message', async () => {
    const { client, otel } = start('toolong');
    await assert.rejects(client.chat.completions.create(CHAT) as Promise<unknown>);
    const [span] = otel.spans();
    assert.deepEqual(span?.status, { code: SpanStatusCode.ERROR, message: 'context_length_exceeded' });
    assert.equal(span?.attributes['error.type'], 'context_length_exceeded');
    assert.equal(JSON.stringify(span?.attributes).includes('128000'), false);
    assert.deepEqual(span?.events, []);
  });

  it('of a call that the caller left is no failure', async () => {
    const { client, otel } = start('streamhold', { semconv: 'both' });
    for await (const _ of await client.chat.completions.create(STREAM)) break;
    const [span] = otel.spans();
    assert.equal(span?.status.code, SpanStatusCode.UNSET);
    assert.equal(span?.attributes['llm_monitor.call.aborted_by'], 'caller');
    assert.deepEqual(span?.attributes['gen_ai.response.finish_reasons'], ['error']);
  });

  it('follows the newest conventions where asked', async () => {
    const { client, otel } = start('responses', { semconv: 'latest' });
    await client.responses.create({
      model: 'gpt-4.1',
      input: 'a',
      reasoning: { effort: 'low' },
      previous_response_id: 'resp_0',
    });
    const attributes = otel.spans()[0]?.attributes;
    assert.equal(attributes?.['gen_ai.request.reasoning.level'], 'low');
    assert.equal(attributes?.['gen_ai.request.previous_response.id'], 'resp_0');
    assert.equal(attributes?.['gen_ai.usage.cache_write.input_tokens'], 128);
    assert.equal(attributes?.['gen_ai.usage.cache_creation.input_tokens'], undefined);
    assert.equal(attributes?.['openai.api.type'], 'responses');
  });

  it('may be sampled away or turned off: the call is published all the same', async () => {
    const { client: off, otel } = start('chat', {}, new AlwaysOffSampler());
    await off.chat.completions.create(CHAT);
    assert.equal(otel.spans().length, 0);
    assert.equal(events.length, 1);
    assert.match(events[0]?.call.traceId ?? '', /^[0-9a-f]{32}$/);
    assert.equal(events[0]?.exemplar, undefined);
    instrumentation?.setConfig({ wiring, modules: [], spans: false });
    await off.chat.completions.create(CHAT);
    assert.equal(events.length, 2);
    assert.equal(events[1]?.call.traceId, undefined);
  });

  it('is a child of the active span and leaves that one active', async () => {
    const { client, otel } = start('chat');
    const tracer = otel.tracerProvider.getTracer('test');
    otel.tracerProvider.register();
    try {
      await tracer.startActiveSpan('outer', async outer => {
        const promise = client.chat.completions.create(STREAM);
        assert.equal(trace.getActiveSpan(), outer);
        for await (const _ of await promise) assert.equal(trace.getActiveSpan(), outer);
        assert.equal(trace.getActiveSpan(), outer);
        assert.equal(otel.spans()[0]?.parentSpanContext?.spanId, outer.spanContext().spanId);
        outer.end();
      });
    } finally {
      trace.disable();
    }
  });
});
