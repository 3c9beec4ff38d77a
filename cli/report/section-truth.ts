import type { WindowMeasure } from '../../processor/truth/window-measure.js';
import type { ReportFacts, TaskFacts } from './facts.js';
import { count, figure, figures } from './format.js';
import { type Content, type Html, html } from './html.js';
import { reliabilityChart } from './reliability-chart.js';
import { table } from './table.js';

const NAMES: Readonly<Record<string, string>> = {
  accuracy: 'Accuracy: share of right answers',
  balanced_accuracy: 'Balanced accuracy: each class counts the same',
  mcc: 'MCC: correlation of answers and truth, -1 to 1',
  kappa: 'Kappa: agreement beyond chance',
  auc: 'AUC: chance that a true case is scored above another',
  average_precision: 'Average precision',
  log_loss: 'Log loss (0 is best)',
  brier: 'Brier score (0 is best)',
  ece: 'Calibration error (0 is best)',
  mae: 'MAE: mean distance from the true number',
  rmse: 'RMSE: the same, large distances count more',
  correct: 'Correct: mean, 0 to 1',
};
const RATES = ['precision', 'recall', 'f1'] as const;

/** How right the answers were, by task. */
export function truthSection({ tasks, labelsWithoutCall }: ReportFacts): Html {
  const none = html`<p>No labels, so no measures: what would have been right is not known. Labels are sent to <code>/v1/feedback</code> or by <code>recordLabel</code>, also days later.</p>`;
  const far =
    labelsWithoutCall === 0
      ? undefined
      : html`<p class="soft">The calls of ${count(labelsWithoutCall)} labels are not in the recording: these labels are in the measures and in no slice.</p>`;
  return html`<section id="right" aria-labelledby="right-h"><h2 id="right-h">How right the answers were</h2>
${tasks.length === 0 ? none : tasks.map(taskPart)}${far}</section>`;
}

function taskPart(task: TaskFacts): Html {
  const { name, kind, labels, measured, replaced, lost, measures } = task;
  const notes = [
    `${count(labels)} labelled answers.`,
    measured < labels ? `Measures are of the newest ${count(measured)}.` : '',
    replaced > 0 ? `${count(replaced)} labels were corrected later; the last word counts.` : '',
    lost > 0 ? `${count(lost)} corrections of labels that are not in the recording are left out.` : '',
  ];
  return html`<h3>Task ${name} (${kind})</h3><p>${notes.join(' ')}</p>
${table({ caption: `Measures of ${name}`, head: ['Measure', 'Value', '95 % interval'], rows: measures.filter(({ average }) => average === '' || average === 'macro').map(measureRow) })}
${classTable(task)}${confusionTable(task)}${reliabilityPart(task)}${slicesPart(task)}`;
}

function interval(measure: WindowMeasure | undefined): string {
  return measure?.interval === undefined ? 'none' : figures(measure.interval);
}

function measureRow(measure: WindowMeasure): Content[] {
  const name = NAMES[measure.measure] ?? measure.measure;
  return [
    measure.average === 'macro' ? `Macro ${measure.measure}: mean over the classes` : name,
    figure(measure.value),
    interval(measure),
  ];
}

function classTable({ name, measures, confusion }: TaskFacts): Html | undefined {
  if (confusion === undefined) return undefined;
  const rows = confusion.classes.map((of, i) => [
    of,
    ...RATES.flatMap((rate): Content[] => {
      const found = measures.find(one => one.average === 'class' && one.class === of && one.measure === rate);
      return found === undefined ? ['not defined', ''] : [figure(found.value), interval(found)];
    }),
    (confusion.rows[i] ?? []).reduce((sum, cases) => sum + cases, 0),
  ]);
  const head = ['Class', 'Precision', '95 %', 'Recall', '95 %', 'F1', '95 %', 'Labels'];
  return html`${table({ caption: `By class, ${name}`, head, rows })}
<p class="soft">Precision: of the answers that said this class, how many were right. Recall: of the cases of this class, how many were
found. F1 is high where both are. Not defined: the class was never said, or never true.</p>`;
}

function confusionTable({ name, confusion }: TaskFacts): Html | undefined {
  if (confusion === undefined || confusion.classes.length === 0) return undefined;
  const { classes, rows } = confusion;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix of ${name}"><table><caption>Confusion matrix of ${name}: rows are what was true, columns what was said; framed cells are right</caption>
<thead><tr><th scope="col">True \\ said</th>${classes.map(one => html`<th scope="col">${one}</th>`)}</tr></thead>
<tbody>${rows.map((cells, i) => html`<tr><th scope="row">${classes[i]}</th>${cells.map((cases, j) => (i === j ? html`<td class="right">${cases}</td>` : html`<td>${cases === 0 ? '' : cases}</td>`))}</tr>`)}</tbody></table></div>`;
}

function reliabilityPart({ kind, reliability, confidence }: TaskFacts): Html | undefined {
  if (kind === 'number') return undefined;
  const why =
    kind === 'text'
      ? undefined
      : html`<p>No calibration of scores: no label has one${kind === 'binary' ? ', or the positive class is not known (--positive)' : ''}.</p>`;
  return html`${reliability === undefined ? why : reliabilityChart(reliability, 'Calibration of the scores')}
${confidence === undefined ? html`<p>No calibration of the evaluator <code>confidence</code>: no labelled call has it.</p>` : reliabilityChart(confidence, 'Calibration of the evaluator confidence')}`;
}

function slicesPart({ name, kind, slices }: TaskFacts): Html {
  if (slices.length === 0)
    return html`<p>No slice (model, template, attribute of the caller) has the 20 labels that a comparison needs.</p>`;
  return table({
    caption: `Worst slices of ${name}, by the end of the interval that speaks for them (at least 20 labels each)`,
    head: ['Slice', kind === 'number' ? 'Mean error' : 'Right', '95 % interval', 'Labels'],
    rows: slices.map(one => [`${one.attribute} = ${one.value}`, figure(one.figure), figures(one.interval), one.labels]),
  });
}
