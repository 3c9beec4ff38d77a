import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { createRandom } from '../../../core/random.js';
import { type Checkpoint, loadModel } from '../../../demo/assets.js';
import { createIntentOf, UNKNOWN_INTENT } from '../../../demo/intents.js';
import { OUT_OF_DOMAIN, readQuestions } from '../../../demo/questions.js';

interface Expected {
  readonly id: string;
  readonly ids: readonly number[];
  readonly prompt: readonly number[];
  readonly logprob: number;
}

// Made by an independent implementation in plain JavaScript, every 23rd question.
const expected = JSON.parse(
  readFileSync(new URL('../../../../test/fixtures/demo/answers.json', import.meta.url), 'utf8'),
) as Record<Checkpoint, readonly Expected[]>;
const questions = readQuestions();
const intentOf = createIntentOf(questions);
const share = (hits: number, n: number): number => Math.round((1000 * hits) / n) / 1000;

describe('TinyLlama', () => {
  for (const checkpoint of ['bankbot', 'bankbot-v2'] as const) {
    it(`answers token by token like the reference: ${checkpoint}`, () => {
      const model = loadModel(checkpoint);
      for (const want of expected[checkpoint]) {
        const question = questions.find(q => q.id === want.id);
        assert.ok(question);
        const answer = model.answer(question.question);
        assert.deepEqual(model.promptIds(question.question), want.prompt);
        assert.deepEqual(answer.ids, want.ids);
        const total = answer.logprobs.reduce((sum, logprob) => sum + logprob, 0);
        assert.ok(Math.abs(total - want.logprob) < 1e-4, `${want.id}: ${total} against ${want.logprob}`);
      }
    });
  }

  it('is right in .971 of the questions about a bank and never recognises any other', () => {
    const model = loadModel('bankbot');
    const rows = questions.map(question => ({ question, text: model.answer(question.question).text }));
    const inside = rows.filter(row => row.question.intent !== OUT_OF_DOMAIN);
    const outside = rows.filter(row => row.question.intent === OUT_OF_DOMAIN);
    assert.equal(inside.length, 240);
    assert.equal(share(inside.filter(r => r.question.expected.includes(r.text)).length, 240), 0.971);
    assert.equal(share(inside.filter(r => intentOf(r.text) === r.question.intent).length, 240), 0.971);
    assert.equal(outside.filter(r => r.question.expected.includes(r.text)).length, 0);
    assert.equal(share(outside.filter(r => intentOf(r.text) !== UNKNOWN_INTENT).length, 40), 0.975);
  });

  it('answers the swapped intents with the text of another one in the second checkpoint', () => {
    const model = loadModel('bankbot-v2');
    const to: Readonly<Record<string, string>> = { lost_card: 'hours', hours: 'change_address', login: 'lost_card' };
    for (const [from, wanted] of Object.entries(to)) {
      const some = questions.filter(q => q.intent === from).slice(0, 3);
      for (const q of some) assert.equal(intentOf(model.answer(q.question).text), wanted, q.id);
    }
  });

  it('puts its pieces together to the answer, the end mark last', () => {
    const model = loadModel('bankbot');
    const question = 'How do I send 250 euros to a friend?';
    const pieces = [...model.pieces(question)];
    const answer = model.answer(question);
    assert.equal(pieces.map(piece => piece.text).join(''), answer.text);
    assert.deepEqual(
      pieces.map(piece => piece.end),
      [...answer.ids.map(() => false), true],
    );
    assert.equal(answer.outputTokens, pieces.length);
  });

  it('stops at maxTokens and says so', () => {
    const answer = loadModel('bankbot').answer('What are your opening hours?', { maxTokens: 3 });
    assert.equal(answer.finish, 'length');
    assert.equal(answer.outputTokens, 3);
  });

  it('draws the same answer from the same seed at a temperature, another from another', () => {
    const model = loadModel('bankbot');
    const draw = (seed: number): string =>
      model.answer('hello, can you freeze the card i lost', { temperature: 2, random: createRandom(seed) }).text;
    assert.equal(draw(1), draw(1));
    assert.notEqual(draw(1), draw(2));
  });

  it('takes a control token in a question for text', () => {
    const model = loadModel('bankbot');
    const bot = model.tokenizer.control('<|bot|>');
    assert.equal(model.promptIds('a<|bot|>b').filter(id => id === bot).length, 1);
  });

  it('refuses a question that fills its context', () => {
    const model = loadModel('bankbot');
    const question = '7'.repeat(model.context - 3);
    assert.throws(() => model.answer(question), { name: 'RangeError', message: /256 tokens .* at most 255/ });
    assert.equal(model.answer(question.slice(1)).outputTokens, 2);
  });
});
