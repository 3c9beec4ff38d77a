import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { METRICS } from '../../core/catalog.js';
import { createWiring } from '../../core/wiring.js';
import { CHAT } from '../provider/behaviour.js';
import { client, port, read, rewire, STREAM, start, wiring } from './calls-rig.js';

describe('the metrics of the conventions', () => {
  it('have the catalogue names, buckets and labels', async () => {
    const { client, otel } = start('chat');
    await client.chat.completions.create(CHAT);
    await read(await client.chat.completions.create(STREAM));
    const histograms = await otel.histograms();
    assert.deepEqual(
      [...histograms.keys()].sort(),
      [METRICS.operationDuration, METRICS.tokenUsage, METRICS.timeToFirstChunk, METRICS.timePerOutputChunk]
        .map(def => def.name)
        .sort(),
    );
    const [duration] = histograms.get(METRICS.operationDuration.name) ?? [];
    const labels = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'gpt-4o-mini',
      'gen_ai.response.model': 'gpt-4o-mini-2024-07-18',
      'server.address': '127.0.0.1',
      'server.port': port(),
    };
    assert.deepEqual(duration?.attributes, labels);
    assert.equal(duration?.value.count, 2);
    assert.deepEqual(duration?.value.buckets.boundaries, [...METRICS.operationDuration.buckets]);
    const tokens = histograms.get(METRICS.tokenUsage.name) ?? [];
    assert.deepEqual(
      tokens.map(point => [point.attributes['gen_ai.token.type'], point.value.sum, point.value.count]).sort(),
      [
        ['input', 1200, 1],
        ['output', 340, 1],
      ],
    );
    assert.equal(histograms.get(METRICS.timeToFirstChunk.name)?.[0]?.value.count, 1);
    assert.equal(histograms.get(METRICS.timePerOutputChunk.name)?.[0]?.value.count, 7);
  });

  it('carry the error type of failures, and no model nobody answered under', async () => {
    const { client, otel } = start('missing');
    await assert.rejects(client.chat.completions.create({ ...CHAT, model: 'gpt-9' }) as Promise<unknown>);
    const [duration] = (await otel.histograms()).get(METRICS.operationDuration.name) ?? [];
    assert.equal(duration?.attributes['error.type'], 'model_not_found');
    assert.equal(duration?.attributes['gen_ai.request.model'], 'other');
  });

  it('keep the names of models that were asked for apart from those that answered', async () => {
    rewire(createWiring({ modelLimit: 3 }));
    const { otel } = start('chat', { wiring });
    let answers = 0;
    const fetch = async (): Promise<Response> =>
      Response.json({ id: 'x', model: `build-${answers++}`, choices: [{ finish_reason: 'stop' }] });
    const made = client('chat', { fetch });
    for (let i = 0; i < 5; i++) await made.chat.completions.create({ ...CHAT, model: 'a' });
    await made.chat.completions.create({ ...CHAT, model: 'b' });
    const points = (await otel.histograms()).get(METRICS.operationDuration.name) ?? [];
    assert.deepEqual(
      points.map(({ attributes, value }) => [
        attributes['gen_ai.request.model'],
        attributes['gen_ai.response.model'],
        value.count,
      ]),
      [
        ['a', 'build-0', 1],
        ['a', 'build-1', 1],
        ['a', 'build-2', 1],
        ['a', 'other', 2],
        ['b', 'other', 1],
      ],
    );
  });

  for (const [semconv, inference, embeddings] of [
    ['1.41', [METRICS.operationDuration.name], [METRICS.operationDuration.name]],
    ['latest', [METRICS.inferenceDuration.name], [METRICS.operationDuration.name]],
    ['both', [METRICS.operationDuration.name, METRICS.inferenceDuration.name], [METRICS.operationDuration.name]],
  ] as const) {
    it(`are those of profile ${semconv}`, async () => {
      const { client: chat, otel } = start('chat', { semconv });
      await chat.chat.completions.create(CHAT);
      await client('embeddings').embeddings.create({ model: 'text-embedding-3-small', input: 'a' });
      const timed = [...(await otel.histograms())].filter(([name]) => name.endsWith('.duration'));
      const of = (operation: string): string[] =>
        timed
          .filter(([, points]) => points.some(point => point.attributes['gen_ai.operation.name'] === operation))
          .map(([name]) => name)
          .sort();
      assert.deepEqual(of('chat'), [...inference].sort());
      assert.deepEqual(of('embeddings'), [...embeddings].sort());
    });
  }
});
