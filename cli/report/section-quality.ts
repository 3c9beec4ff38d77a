import { spark } from './chart.js';
import type { EvaluatorFacts, ReportFacts } from './facts.js';
import { count, figure, moment, percent, percents, seconds } from './format.js';
import { type Html, html } from './html.js';
import { table } from './table.js';

const BAD = { high: 'high is bad', low: 'low is bad', neither: 'neither end is bad' } as const;

/** What the evaluators said of the text of calls. */
export function qualitySection({ evaluators }: ReportFacts): Html {
  return html`<section id="quality" aria-labelledby="quality-h"><h2 id="quality-h">Quality of the texts</h2>
${
  evaluators.length === 0
    ? html`<p>No evaluator scored a call of this recording, so nothing is known about its texts.</p>`
    : table({
        caption: 'By evaluator',
        head: [
          'Evaluator',
          'Flagged',
          '95 % interval',
          'Scored',
          'Mean score',
          'Scores, 0 to 1',
          'Why flagged',
          'Not scored',
        ],
        rows: [...evaluators].sort((a, b) => (b.flagged?.value ?? -1) - (a.flagged?.value ?? -1)).map(evaluatorRow),
      })
}</section>`;
}

function evaluatorRow({ name, bad, flagged, mean, bins, reasons, skipped }: EvaluatorFacts) {
  return [
    html`${name}${bad === undefined ? undefined : html`<br><span class="soft">${BAD[bad]}</span>`}`,
    flagged === undefined ? 'not known' : percent(flagged.value),
    flagged === undefined ? '' : percents(flagged.interval),
    flagged === undefined ? 0 : count(flagged.of),
    mean === undefined ? '' : figure(mean),
    flagged === undefined ? '' : spark(bins),
    listed(reasons),
    listed(skipped),
  ];
}

function listed(counts: Readonly<Record<string, number>>): string {
  const entries = Object.entries(counts);
  const shown = entries.slice(0, 4).map(([name, cases]) => `${name} ${count(cases)}`);
  return [...shown, ...(entries.length > 4 ? ['…'] : [])].join(', ');
}

/** The calls that looked oddest to the detectors. */
export function anomalySection({ anomalies }: ReportFacts): Html {
  const { flagged, features, top } = anomalies;
  if (flagged === undefined)
    return html`<section id="odd" aria-labelledby="odd-h"><h2 id="odd-h">Odd calls</h2><p>No detector was ready in this recording (they learn from the first calls), so nothing is known about odd ones.</p></section>`;
  const rows = Object.entries(features).map(([name, cases]) => [name, count(cases)]);
  return html`<section id="odd" aria-labelledby="odd-h"><h2 id="odd-h">Odd calls</h2>
<p>${count(flagged.hits)} of ${count(flagged.of)} calls (${percent(flagged.value)}; 95 % range ${percents(flagged.interval)}) looked odd to a detector.</p>
${rows.length === 0 ? undefined : table({ caption: 'What stood out', head: ['Feature', 'Calls'], rows })}
${
  top.length === 0
    ? undefined
    : table({
        caption: 'The oddest calls (a score of 0.99: 1 in 100 calls looks so odd)',
        head: ['Call', 'When', 'Model', 'Score', 'Stood out', 'Detector', 'Took', 'Tokens in', 'Tokens out'],
        rows: top.map(call => [
          call.id,
          moment(call.at),
          call.model,
          call.score.toFixed(4),
          call.feature ?? 'nothing alone',
          call.detector,
          call.duration === undefined ? 'not known' : seconds(call.duration),
          call.tokensIn === undefined ? 'not known' : count(call.tokensIn),
          call.tokensOut === undefined ? 'not known' : count(call.tokensOut),
        ]),
      })
}</section>`;
}
