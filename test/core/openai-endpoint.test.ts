import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { completionsUrl, isApiKey, readCompletion, readEndpoint } from '../../core/openai-endpoint.js';

describe('readEndpoint', () => {
  for (const [text, url] of [
    ['http://127.0.0.1:8080/v1', 'http://127.0.0.1:8080/v1/chat/completions'],
    ['https://models.example/openai/v1///', 'https://models.example/openai/v1/chat/completions'],
    ['https://models.example', 'https://models.example/chat/completions'],
  ] as const)
    it(text, () => assert.equal(completionsUrl(readEndpoint(text) as URL).href, url));

  for (const text of ['localhost', 'ftp://models.example', 'file:///etc/passwd', ''])
    it(`refuses ${text || 'nothing'}`, () =>
      assert.match((readEndpoint(text) as { problem: string }).problem, /expected an address/));

  for (const text of [
    'me:pass9@h/v1',
    'htp://me:pass9@h/v1',
    'http://me:pass9@h:99999/v1',
    'http://a host/v1?key=pass9',
    'http://a host/v1#pass9',
  ])
    it(`does not show what may be secret in ${text}, which is no address`, () => {
      const { problem } = readEndpoint(text) as { problem: string };
      assert.match(problem, /expected an address/);
      assert.doesNotMatch(problem, /pass9/);
    });

  for (const text of ['http://me:pass9@h/v1', 'http://h/v1?key=pass9', 'http://h/v1#pass9'])
    it(`refuses and does not show what may be secret in ${text}`, () => {
      const { problem } = readEndpoint(text) as { problem: string };
      assert.match(problem, /expected none/);
      assert.doesNotMatch(problem, /pass9/);
    });
});

describe('isApiKey', () => {
  for (const [text, fine] of [
    ['sk-abc_123', true],
    ['', false],
    ['two words', false],
    ['line\nbreak', false],
    ['schlüssel', false],
  ] as const)
    it(JSON.stringify(text), () => assert.equal(isApiKey(text), fine));
});

describe('readCompletion', () => {
  const say = (message: unknown, usage?: unknown) =>
    readCompletion({ choices: [{ message, finish_reason: 'stop' }], usage });
  const rows: readonly (readonly [string, unknown, string])[] = [
    ['words', { content: 'Nine.' }, 'Nine.'],
    ['parts', { content: [{ type: 'text', text: 'Ni' }, { type: 'image' }, { type: 'text', text: 'ne.' }] }, 'Nine.'],
    ['a refusal', { content: null, refusal: 'No.' }, 'No.'],
    ['a call of a tool alone', { content: null, tool_calls: [] }, ''],
  ];
  for (const [name, message, output] of rows)
    it(name, () => assert.deepEqual(say(message), { output, finishReason: 'stop' }));

  for (const odd of [null, 7, 'text', {}, { choices: [] }, { choices: [{}] }, { error: { message: 'x' } }])
    it(`no completion: ${JSON.stringify(odd)}`, () => assert.equal(readCompletion(odd), undefined));

  it('counts tokens by exclusive class', () => {
    const usage = {
      prompt_tokens: 100,
      completion_tokens: 30,
      prompt_tokens_details: { cached_tokens: 40 },
      completion_tokens_details: { reasoning_tokens: 10 },
    };
    assert.deepEqual(say({ content: '' }, usage)?.tokens, {
      input_uncached: 60,
      cache_read: 40,
      output: 20,
      reasoning: 10,
    });
    assert.deepEqual(say({ content: '' }, { prompt_tokens: 5, completion_tokens: 2 })?.tokens, {
      input_uncached: 5,
      output: 2,
    });
    for (const wrong of [
      null,
      {},
      { prompt_tokens: -1, completion_tokens: 2 },
      { prompt_tokens: 1.5, completion_tokens: 2 },
      { prompt_tokens: 0, completion_tokens: 0, total_tokens: 0 },
    ])
      assert.equal(say({ content: '' }, wrong)?.tokens, undefined);
  });
});
