import { lineChart, type Mark, type Series } from './chart.js';
import type { PointFacts, ReportFacts } from './facts.js';
import { count, figure, moment, percent, seconds, span, usd } from './format.js';
import { type Html, html } from './html.js';
import { table } from './table.js';

/** Drift that is marked in the curves: more signs could not be read. */
const MAX_MARKS = 30;
/** Evaluators that have a curve, those with the most flags. */
const MAX_EVALUATORS = 9;

/** The curves, and what lastingly moved. */
export function curvesSection(facts: ReportFacts): Html {
  const { curve, drift, tasks } = facts;
  const { points } = curve;
  const times = points.map(({ at }) => at);
  const detected = drift.filter(({ state }) => state === 'detected');
  const marks: Mark[] = detected.slice(0, MAX_MARKS).map(({ at }, i) => ({ at, sign: String(i + 1) }));
  const of = (name: string, read: (point: PointFacts) => number | undefined): Series => ({
    name,
    values: points.map(read),
  });
  const draw = (title: string, unit: string, write: (value: number) => string, series: Series[], most?: number) =>
    lineChart({ title, unit, times, series, write, marks, ...(most === undefined ? {} : { most }) });
  // Labels may come before the first call and long after the last: there is no call then, and none was to be expected.
  const { period } = facts;
  const during = ({ at }: PointFacts): boolean =>
    period !== undefined && at + curve.seconds * 1000 > period.from && at <= period.to;
  const charts = [
    draw('Calls', 'number', figureOf, [of('calls', point => (during(point) ? point.calls : undefined))]),
    draw('Errors', 'share of calls', percent, [of('errors', point => point.errorShare)], 1),
    draw('Time of an answer', 'half, and 95 of 100, took at most', seconds, [
      of('half (p50)', point => point.p50),
      of('95 of 100 (p95)', point => point.p95),
    ]),
    draw('Time to first chunk', 'of streams; half took at most', seconds, [of('p50', point => point.firstChunk)]),
    draw('Cost', 'US dollars', usd, [of('cost', point => point.cost)]),
    draw('Tokens', 'number', figureOf, [of('input', point => point.tokensIn), of('output', point => point.tokensOut)]),
    ...tasks.map(({ name, kind }) => {
      const number = kind === 'number';
      const title = `${number ? 'Mean error' : 'Right answers'}${tasks.length > 1 ? `, ${name}` : ''}`;
      const line: Series = {
        ...of('labels', point => point.right[name]?.value),
        bands: points.map(point => point.right[name]?.interval),
      };
      const unit = 'by arrival of the label; the band is the 95 % interval';
      return draw(title, unit, number ? figure : percent, [line], number ? undefined : 1);
    }),
    ...flaggedGroups(facts).map((names, i) =>
      draw(
        i === 0 ? 'Flagged answers' : 'Flagged answers, continued',
        'share, by evaluator',
        percent,
        names.map(name => of(name, point => point.flagged[name])),
        1,
      ),
    ),
    draw('Odd calls', 'share that a detector flagged', percent, [of('odd', point => point.oddShare)], 1),
  ];
  return html`<section id="time" aria-labelledby="time-h"><h2 id="time-h">Over time</h2>
${points.length === 0 ? html`<p>Nothing in the recording has a time.</p>` : html`<p class="soft">Each point is ${span(curve.seconds)}. A gap means that nothing is known there. What has no chart was never known in this recording.${marks.length > 0 ? ' Dashed lines with a number are lasting changes, listed below.' : ''}</p>`}
<div class="charts">${charts}</div>${driftTable(facts, detected.length)}</section>`;
}

function figureOf(value: number): string {
  return value < 10 && !Number.isInteger(value) ? String(value) : count(value);
}

/** Three to a chart; nothing of an evaluator that never flagged. */
function flaggedGroups({ evaluators }: ReportFacts): string[][] {
  const names = evaluators
    .filter(({ flagged }) => flagged !== undefined && flagged.hits > 0)
    .sort((a, b) => (b.flagged?.value ?? 0) - (a.flagged?.value ?? 0))
    .slice(0, MAX_EVALUATORS)
    .map(({ name }) => name);
  return Array.from({ length: Math.ceil(names.length / 3) }, (_, i) => names.slice(i * 3, i * 3 + 3));
}

function driftTable({ drift, driftLeftOut }: ReportFacts, detected: number): Html {
  if (drift.length === 0) return html`<p>No lasting change is recorded.</p>`;
  let number = 0;
  const rows = drift.map(({ at, state, signal, direction, scope, pages }) => [
    state === 'detected' ? ++number : '',
    moment(at),
    state === 'detected' ? (direction === 'up' ? 'went up' : 'went down') : 'is back',
    signal,
    scope.kind === 'all' ? 'all calls' : `${scope.kind} ${scope.name}`,
    state === 'detected' ? (pages ? 'yes' : 'no, follows from another') : '',
  ]);
  return html`${table({ caption: `Lasting changes (${detected} detected)`, head: ['No.', 'When', 'What', 'Signal', 'In', 'New incident'], rows })}
${driftLeftOut === 0 ? undefined : html`<p>${count(driftLeftOut)} further events are left out.</p>`}`;
}
