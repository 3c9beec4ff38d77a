/**
 * Trains the words' half of `refusal` and reports how it does on the answers of models it has not seen.
 *
 *     node dist/test/training/refusal.js               writes processor/evaluators/weights/refusal.bin
 *     node dist/test/training/refusal.js --check       fails if that file is not what this would write
 *     node dist/test/training/refusal.js --report OUT  each answering model left out in turn; scores to OUT, no weights
 *
 * Rows of ../shared/data/quality: answers in XSTest (Röttger et al. 2024, CC BY 4.0) and, as harmless ones, replies in BEGIN
 * (CC BY 4.0), our own sentences, and `own-answers.ts`.
 */

import { type LinearModel, logistic } from '../../processor/evaluators/linear-model.js';
import { openingWords, phraseLogOdds, refusalScore } from '../../processor/evaluators/refusal.js';
import { scan } from '../../processor/evaluators/scan.js';
import { type ReportedRow, runTraining } from './command.js';
import { type TrainingRow, train, trainingRow } from './logistic.js';
import { ANSWERS, REFUSALS } from './own-answers.js';
import { areaUnderCurve, type LabelledRow, labelledRows, sentencesOf } from './rows.js';

const PENALTY = 0.000_1;
/** Replies of other sets count less: they are not about what one may refuse. */
const OTHER_WEIGHT = 0.5;

const answers = labelledRows('refusal');
/** Sentences of a pattern of ours. */
const OWN_ROWS = 6;
const own = (patterns: readonly string[], label: 0 | 1) =>
  patterns.flatMap(pattern =>
    sentencesOf(pattern, OWN_ROWS).map(text => trainingRow(openingWords(text), label, OTHER_WEIGHT)),
  );
const others: readonly TrainingRow[] = [
  ...labelledRows('groundedness').filter(({ kind }) => kind === 'begin-wow'),
  ...labelledRows('presets').filter(({ kind }) => kind === 'own'),
].map(({ output, input }) => trainingRow(openingWords(output ?? input ?? ''), 0, OTHER_WEIGHT));
const taught = [...others, ...own(REFUSALS, 1), ...own(ANSWERS, 0)];

/** Partial refusals teach nothing: people did not agree on them. */
function modelOf(rows: readonly LabelledRow[]): LinearModel {
  const full = rows.filter(({ label }) => label !== 0.5);
  const learnt = full.map(({ output, label }) => trainingRow(openingWords(output ?? ''), label === 1 ? 1 : 0));
  return train([...learnt, ...taught], PENALTY);
}

runTraining('refusal', () => modelOf(answers), report);

function report(): readonly ReportedRow[] {
  const judged = [...new Set(answers.map(({ kind }) => kind))].flatMap(kind => {
    const model = modelOf(answers.filter(row => row.kind !== kind));
    return answers
      .filter(row => row.kind === kind)
      .map(row => {
        const facts = scan({ input: [], output: [row.output ?? ''] });
        return {
          row,
          phrases: logistic(phraseLogOdds(facts)),
          words: logistic(model.logOdds(openingWords(facts.answer))),
          both: refusalScore(facts, model),
        };
      });
  });
  for (const part of ['phrases', 'words', 'both'] as const) {
    const of = (label: number) => judged.filter(({ row }) => row.label === label).map(verdict => verdict[part]);
    const [bad, fine, partial] = [of(1), of(0), of(0.5)];
    const flagged = (scores: readonly number[]) => scores.filter(score => score >= 0.5).length;
    const f1 = (2 * flagged(bad)) / (flagged(bad) + flagged(fine) + bad.length);
    console.log(
      `${part.padEnd(8)} AUC ${areaUnderCurve(bad, fine).toFixed(3)} F1 ${f1.toFixed(3)} false positives ` +
        `${(flagged(fine) / fine.length).toFixed(3)}, partial refusals flagged ${flagged(partial)}/${partial.length}`,
    );
  }
  return judged.map(({ row, both }) => ({ id: row.id, score: both, flagged: both >= 0.5 }));
}
