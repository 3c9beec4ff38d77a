import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { CallText } from '../../../core/content.js';
import { MonitorError } from '../../../core/errors.js';
import type { Evaluation, SkipReason } from '../../../processor/evaluators/evaluator.js';
import { createLanguage, type LanguageDetector, type LanguageOptions } from '../../../processor/evaluators/language.js';
import { evaluate } from '../../../processor/evaluators/registry.js';
import { languageOver, loadLanguageDetector } from '../../../processor/language-detector.js';
import { skipWithoutShared } from '../../shared.js';
import { callOf } from './answers.js';
import { judgeText, rowsOf } from './judge-rows.js';

/** Knows two languages by one word each. */
const detect: LanguageDetector = text => {
  if (text.includes('und')) return { language: 'de', reliable: !text.includes('vielleicht') };
  if (text.includes('and')) return { language: 'en', reliable: true };
  return { language: undefined, reliable: false };
};

function judge(
  question: string,
  answer: string,
  options: LanguageOptions = {},
  detector: LanguageDetector | SkipReason = detect,
): Evaluation {
  const text = { input: [{ role: 'user' as const, text: question }], output: [answer] };
  return evaluate([createLanguage(() => detector, options)], callOf(), text).get('language') ?? assert.fail();
}

const ENGLISH = 'cats and dogs and birds and fish';
const GERMAN = 'Katzen und Hunde und Fische';

describe('language', () => {
  const rows: readonly (readonly [string, Evaluation, Evaluation])[] = [
    ['the same', judge(ENGLISH, ENGLISH), { score: 1, flagged: false, reason: 'en' }],
    ['another', judge(ENGLISH, GERMAN), { score: 0, flagged: true, reason: 'de' }],
    ['another, perhaps', judge(ENGLISH, `${GERMAN} vielleicht`), { score: 0.5, flagged: false, reason: 'de' }],
    ['no question', judge('', GERMAN), { score: 0.5, flagged: false, reason: 'de' }],
    ['none that is known', judge(ENGLISH, 'x'.repeat(40)), { score: 0.5, flagged: false }],
    ['an expected one', judge(ENGLISH, GERMAN, { expected: ['fr', 'de'] }), { score: 1, flagged: false, reason: 'de' }],
    ['no expected one', judge(ENGLISH, ENGLISH, { expected: ['de'] }), { score: 0, flagged: true, reason: 'en' }],
    ['too few letters', judge(ENGLISH, 'und und'), { skipped: 'too_short' }],
    ['no detector', judge(ENGLISH, GERMAN, {}, 'missing_peer'), { skipped: 'missing_peer' }],
  ];
  for (const [name, evaluation, expected] of rows) it(name, () => assert.deepEqual(evaluation, expected));

  it('says once that its package is missing, and skips', async () => {
    const { language, load } = languageOver(() => Promise.reject(new Error('Cannot find package')));
    const missing = await load().catch((error: unknown) => error);
    assert.ok(MonitorError.is(missing));
    assert.equal(missing.code, 'MISSING_PEER');
    assert.match(missing.message, /eld/);
    const heard: unknown[] = [];
    const text: CallText = { input: [], output: [ENGLISH] };
    const run = () => evaluate([language], callOf(), text, (_, error) => heard.push(error)).get('language');
    assert.deepEqual(run(), { skipped: 'missing_peer' });
    run();
    assert.deepEqual(heard, [missing]);
  });

  it('tells 32 languages by a sentence, Indonesian and Bokmål among them', {
    skip: skipWithoutShared('data', 'quality', 'language'),
  }, async () => {
    await loadLanguageDetector();
    const sentences = rowsOf('language').filter(row => row.kind === 'sentence');
    const right = sentences.filter(({ input, label }) => {
      const found = judgeText('language', { input: [], output: [input] });
      return found !== undefined && 'reason' in found && found.reason === String(label);
    });
    const share = right.length / sentences.length;
    assert.ok(share >= 0.98, `${share} of ${sentences.length}`);
  });
});
