import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEvaluators, evaluate } from '../../../processor/evaluators/registry.js';
import { callOf, prose } from './answers.js';

const evaluators = createEvaluators();
const call = callOf();

/** The least milliseconds of several runs: the noise of a machine only ever adds. */
function cost(answer: string): number {
  let best = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 12; round++) {
    const begin = performance.now();
    for (let i = 0; i < 4; i++) evaluate(evaluators, call, { input: [], output: [answer] });
    best = Math.min(best, performance.now() - begin);
  }
  return best;
}

const piece = (text: string, length = 20_000) => text.repeat(Math.ceil(length / text.length)).slice(0, length);

describe('the cost of an evaluation', () => {
  it('grows with the length', () => {
    for (let i = 0; i < 300; i++) evaluate(evaluators, call, { input: [], output: [prose(2000, i)] });
    const [short, long] = [cost(prose(4000)), cost(prose(16_000))];
    assert.ok(long <= 8 * short, `${short} ms, four times the text ${long} ms`);
  });

  const plain = prose(20_000);
  const hostile: readonly (readonly [string, string])[] = [
    ['letters', piece('a')],
    ['a@', piece('a@')],
    ['sk-', piece('sk-')],
    ['spaces', `x${piece(' ')}x`],
    ['digits', piece('7')],
    ['numbers', piece('1 ')],
    ['line feeds', `x${piece('\n')}x`],
    ['a beginning of a phrase', piece('i cannot ')],
    ['stops', piece('. ')],
    ['list numbers', piece('1. ')],
    ['fences', piece('```\n')],
    ['Han', piece('漢字')],
    ['emoji', piece('😂')],
    ['accents', piece('é à ')],
    ['zero width', piece('x\u200b')],
    ['brackets', piece('([{')],
    ['quotes', piece('"')],
    ['apostrophes', piece("a'")],
  ];
  for (const [name, answer] of hostile) {
    it(`is bounded for ${name}`, () => {
      const ratio = cost(answer) / cost(plain);
      assert.ok(ratio <= 10, `${ratio.toFixed(1)} times plain text`);
    });
  }

  it('does not grow beyond what is read', () => {
    const ratio = cost(piece(plain, 1_000_000)) / cost(plain);
    assert.ok(ratio <= 4, `${ratio.toFixed(1)} times 20,000 characters`);
  });
});
