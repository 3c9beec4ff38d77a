import { cleanCall } from '../core/call.js';
import type { CallText } from '../core/content.js';
import { findInvestmentAdvice, findTreatmentAdvice } from './evaluators/advice.js';
import { findDosage } from './evaluators/dosage.js';
import type { Evaluator } from './evaluators/evaluator.js';
import { builtInPhrases } from './evaluators/phrases.js';
import { findCures, findReturns } from './evaluators/promise.js';
import { warmPromptInjection } from './evaluators/prompt-injection.js';
import { EVALUATORS, evaluate, evaluateSteps } from './evaluators/registry.js';
import type { Pricing } from './pricing.js';

/** Expressions that take the engine milliseconds to compile: in turns of their own, before their evaluator runs. */
const LARGE: ReadonlyMap<string, readonly ((text: string) => unknown)[]> = new Map([
  ['advice', [findInvestmentAdvice, findTreatmentAdvice]],
  ['dosage', [findDosage]],
  ['promise', [findReturns, findCures]],
  ['required_disclaimer', [findInvestmentAdvice, findTreatmentAdvice, findDosage]],
]);
const ASKED =
  'When does the branch in Leeds open, and what does it cost to send 2 parcels there? I was told 12 pounds, but the label says 15.';
/** A bit of everything that evaluators look into, so that little is left to be compiled for the first long answer. */
const ANSWERED = `It opens at 9:30 on weekdays; sending both costs 24.50 pounds in all. You can reach the branch at 0113 496 0123 or by mail.
1. Print the label from https://example.com/labels.
2. Put it on the parcel, and keep the receipt 55-0193: it is your proof of postage.

I'm sorry, but I can't help with customs forms. If you take it there on 2026-03-01, ask for version 10.2.7.1 of the form.
It's best to go early, as the queue is long before noon; there is a car park behind the station, and it is free for an hour. `;
/** Other scripts, signs of two units, marks, and what cannot be seen: what is compiled without them is compiled again at the first. */
const OTHERS = `漢字かな交じり文です。我们明天上午九点开门，欢迎光临！😂👍🏽 Où est l’agence ? Dès neuf heures, à côté de l’église — « Bienvenue ».
Филиал открывается в девять часов утра. Το κατάστημα ανοίγει στις εννέα. ｆｕｌｌ ｗｉｄｔｈ １２３ e\u0301 x\u200by z\u00ad 한국어 ไทย עברית العربية\u{e0041} `;
/** How often the question is asked in one message: as long as the answers. */
const ASKED_TIMES = 6;
/** The engine compiles the loops over characters when about 20,000 of them went through. */
const ROUNDS = 10;
/** Expressions are compiled once for texts of one byte a character and once for others, and again when they prove to be used. */
const TWICE = 2;

/**
 * Does what the first calls would otherwise wait for, in pieces of a millisecond or two: prices, phrases, weights, expressions, and
 * the compilation of loops. Nothing is counted, and an evaluator of the user never sees a call that nobody made.
 */
export function* warmUp(evaluators: readonly Evaluator[], pricing: Pricing | undefined): Generator<void> {
  pricing?.warm?.();
  yield;
  const ours = evaluators.filter(evaluator => EVALUATORS.get(evaluator.name) === evaluator);
  if (ours.length === 0) return;
  builtInPhrases();
  yield;
  if (ours.some(({ name }) => name === 'prompt_injection')) yield* warmPromptInjection();
  yield;
  const { call } = cleanCall({ operation: 'chat', outcome: { kind: 'ok', finishReasons: ['other'] } }, 0);
  const short: CallText = { input: [{ role: 'user', text: 'When do you open?' }], output: ['At nine.'] };
  const samples: readonly CallText[] = [
    [ASKED.repeat(ASKED_TIMES), ANSWERED],
    [ASKED.repeat(ASKED_TIMES), (ANSWERED + ANSWERED).replaceAll("'", '’')],
    [OTHERS, OTHERS],
  ].map(([asked = '', answer = '']) => ({
    input: [{ role: 'user', text: asked }],
    output: [answer],
    logprobs: [-0.1, -0.001],
  }));
  for (const { name } of ours)
    for (const compile of LARGE.get(name) ?? [])
      for (const { output } of samples.slice(0, TWICE))
        for (let i = 0; i < TWICE; i++) {
          compile(output[0] as string);
          yield;
        }
  for (const evaluator of ours) {
    evaluate([evaluator], call, short);
    yield;
  }
  // The language detector loads 35 MB at the first answer that is long enough: not before there is one.
  const cheap = ours.filter(({ name }) => name !== 'language');
  for (let round = 0; round < ROUNDS; round++)
    for (const sample of samples) {
      yield* evaluateSteps(cheap, call, sample);
      yield;
    }
}
