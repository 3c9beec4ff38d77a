import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { builtInTable, readTable } from '../../processor/prices/table.js';
import { createPricing, PRICES_AS_OF } from '../../processor/pricing.js';

interface Case {
  readonly id: string;
  readonly provider: string;
  readonly model: string;
  readonly at?: string;
  readonly service?: string;
  readonly residency?: string;
  readonly zone?: string;
  readonly region?: string;
  readonly usage: Readonly<Record<string, number>>;
  readonly cost: number | null;
}

const fixture = new URL('../../../test/fixtures/prices-cases.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, 'utf8')) as { cases: readonly Case[] };
const DAY = Date.parse('2026-11-24');

function call(fields: object = {}) {
  const raw = {
    provider: 'openai',
    model: { requested: 'gpt-4o-mini' },
    operation: 'chat',
    startedAt: DAY,
    duration: 1,
    outcome: { kind: 'ok' },
    ...fields,
  };
  return cleanCall(raw, DAY).call;
}

describe('list prices', () => {
  const pricing = createPricing();
  for (const { id, provider, model, at, usage, cost, service, residency, zone, region } of cases) {
    it(`${id}: ${model}`, () => {
      const answer = pricing.costOf({
        provider,
        model,
        at: at === undefined ? DAY : Date.parse(at),
        tokens: usage,
        service,
        residency,
        zone,
        region,
      });
      if (cost === null) assert.equal(answer, undefined);
      else assert.ok(answer !== undefined && Math.abs(answer - cost) <= 1e-12, `${answer} is not ${cost}`);
    });
  }

  const more: readonly (readonly [string, string, number | undefined])[] = [
    ['openai', 'o1-preview-mini-2', undefined],
    ['openai', 'ft:gpt-5:acme::x', undefined],
    ['mistral', 'mistral-large-2499', undefined],
    ['ollama', 'gpt-4o-mini', undefined],
    ['', 'something-new', undefined],
    ['', 'openai/gpt-4o-mini', 0.15],
    ['litellm', 'azure/gpt-4o-mini', 0.15],
    ['anthropic', 'Claude-Sonnet-4.5', 3],
    ['gcp.vertex_ai', 'projects/p/locations/eu/endpoints/123', undefined],
    ['aws.bedrock', 'anthropic.claude-3-haiku-20240307-v1:0:200k', 0.25],
    ['openrouter', 'anthropic/claude-sonnet-4.5:nitro', 3],
    ['openrouter', 'nobody/knows-it:free', 0],
  ];
  for (const [provider, model, expected] of more) {
    it(`${provider} ${model}: ${expected ?? 'no price'} for a million input tokens`, () => {
      // Below every long-context tier, and scaled to a million.
      const cost = pricing.costOf({ provider, model, at: DAY, tokens: { input_uncached: 1000 } });
      if (expected === undefined) assert.equal(cost, undefined);
      else assert.ok(cost !== undefined && Math.abs(cost * 1000 - expected) < 1e-9, `${cost}`);
    });
  }

  it('prices each model of its own table under its own name', () => {
    let priced = 0;
    for (const [provider, { models }] of builtInTable().providers) {
      for (const [model, records] of models) {
        const { region, zone } =
          records.find(record => record.region === undefined && record.zone === undefined) ?? records[0] ?? {};
        const cost = pricing.costOf({ provider, model, at: DAY, tokens: { input_uncached: 1 }, region, zone });
        assert.ok(cost !== undefined, `${provider} ${model}`);
        priced++;
      }
    }
    assert.ok(priced > 1000);
  });

  it('has a table that passes the checks which it is spared', () => {
    const file = new URL('../../../processor/prices/prices.json', import.meta.url);
    assert.deepEqual(readTable(JSON.parse(readFileSync(file, 'utf8'))), builtInTable());
  });

  it('names the day of its table', () => {
    assert.equal(pricing.asOf, PRICES_AS_OF);
    assert.equal(builtInTable().asOf, PRICES_AS_OF);
  });
});

describe('cost of a call', () => {
  const pricing = createPricing();
  const usage = { input_uncached: 1000, output: 500 };

  it('takes the model that answered', () => {
    assert.equal(
      pricing.cost(call({ usage, model: { requested: 'my-deployment', answered: 'gpt-4o-mini-2024-07-18' } })),
      0.00045,
    );
    assert.equal(
      pricing.cost(call({ usage, model: { requested: 'gpt-4o-mini', answered: 'gpt-5-ultra' } })),
      undefined,
    );
  });

  it('is missing without usage, not 0', () => {
    assert.equal(pricing.cost(call()), undefined);
  });

  it('applies a service tier that the caller or the reply names', () => {
    assert.equal(pricing.cost(call({ usage }), { service: 'batch' }), 0.000225);
    assert.equal(pricing.cost(call({ usage, serviceTier: 'batch' })), 0.000225);
    assert.equal(pricing.cost(call({ usage, serviceTier: 'batch' }), { service: 'default' }), 0.00045);
    const o3 = { usage, model: { requested: 'o3' } };
    assert.equal(pricing.cost(call(o3)), 0.006);
    assert.equal(pricing.cost(call({ ...o3, serviceTier: 'flex' })), 0.003);
  });
});

describe('a file of prices', () => {
  const file = {
    as_of: '2026-10-01',
    providers: {
      ollama: {
        models: [
          { model: 'Llama3', input_uncached: 1, output: 2 },
          { model: 'phi', free: true },
        ],
      },
      openai: { models: [{ model: 'gpt-4o-mini', input_uncached: 0.1, output: 0.5 }] },
      azure: { models: [{ model: 'ours', input_uncached: 7 }] },
    },
  };
  const pricing = createPricing({ file });
  const rows: readonly (readonly [string, string, number | undefined])[] = [
    ['ollama', 'llama3', 1],
    ['ollama', 'phi', 0],
    ['ollama', 'llama3-2024-01-01', undefined],
    ['openai', 'gpt-4o-mini-2024-07-18', 0.1],
    ['openai', 'gpt-4o', 2.5],
    ['azure.ai.openai', 'ours', 7],
  ];
  for (const [provider, model, expected] of rows) {
    it(`${provider} ${model}: ${expected ?? 'no price'}`, () => {
      assert.equal(pricing.costOf({ provider, model, at: DAY, tokens: { input_uncached: 1_000_000 } }), expected);
    });
  }

  it('shows both days', () => {
    assert.equal(pricing.asOf, `${PRICES_AS_OF}, 2026-10-01`);
  });

  const wrong: readonly (readonly [string, object, RegExp])[] = [
    ['another format', { format: 2 }, /format is 2/],
    ['no list of providers', { providers: [] }, /providers is \[\]/],
    [
      'a price in words',
      { providers: { x: { models: [{ model: 'm', input_uncached: 'cheap' }] } } },
      /input_uncached is "cheap"/,
    ],
    [
      'a negative price',
      { providers: { x: { models: [{ model: 'm', input_uncached: 1, output: -1 }] } } },
      /output is -1/,
    ],
    ['no price', { providers: { x: { models: [{ model: 'm' }] } } }, /free: true/],
    ['no name', { providers: { x: { models: [{ input_uncached: 1 }] } } }, /model is/],
    [
      'an expression that does not parse',
      { suffixes: { s: '(' }, providers: { x: { suffix: 's', models: [] } } },
      /regular expression/,
    ],
  ];
  for (const [name, bad, message] of wrong) {
    it(`refuses ${name}`, () => {
      assert.throws(() => createPricing({ file: bad }), { code: 'CONFIG_INVALID', message });
    });
  }
});
