import type { ModelFacts, ReportFacts } from './facts.js';
import { count, percent, percents, seconds, usd } from './format.js';
import { type Content, type Html, html } from './html.js';
import { table } from './table.js';

const UNKNOWN = 'not known';
const MAX_SLOW = 10;
/** With fewer calls the 95th percentile is little more than the slowest one. */
const MIN_SLOW = 20;

/** Traffic, errors, time and cost by model. */
export function modelsSection({ models, errors, all }: ReportFacts): Html {
  if (all === undefined)
    return html`<section id="models" aria-labelledby="models-h"><h2 id="models-h">Models, errors and cost</h2><p>There is no call.</p></section>`;
  const noPrice = models.every(({ cost }) => cost === undefined);
  const types = Object.entries(errors).map(([type, cases]) => [type, count(cases), percent(cases / all.calls)]);
  return html`<section id="models" aria-labelledby="models-h"><h2 id="models-h">Models, errors and cost</h2>
${table({ caption: 'Calls by model', head: ['Model', 'Calls', 'Failed', '95 % interval', 'Cancelled', 'Tokens in', 'Tokens out'], rows: models.map(trafficRow) })}
${types.length === 0 ? html`<p>No call ended with an error.</p>` : table({ caption: 'Errors by type', head: ['Type', 'Calls', 'Of all calls'], rows: types })}
${slowest(models)}
${noPrice ? html`<p>No cost: no call has a price, as its model is in no price table or its tokens were not reported. A missing price is no price of 0.</p>` : table({ caption: 'Cost by model, by list price', head: ['Model', 'Cost', 'Per 1,000 calls', '95 % interval', 'Calls with a price', 'Without'], rows: models.map(costRow) })}</section>`;
}

function trafficRow({ name, calls, errors, aborted, tokens }: ModelFacts): Content[] {
  return [
    name,
    count(calls),
    percent(errors.value),
    percents(errors.interval),
    count(aborted),
    tokens === undefined ? UNKNOWN : count(tokens.input),
    tokens === undefined ? UNKNOWN : count(tokens.output),
  ];
}

function slowest(models: readonly ModelFacts[]): Html {
  const known = models.filter(({ latency, calls }) => latency !== undefined && calls >= MIN_SLOW);
  if (known.length === 0)
    return html`<p>No model has the ${MIN_SLOW} answered calls that a comparison of times needs.</p>`;
  const rows = known
    .sort((a, b) => (b.latency?.p95 ?? 0) - (a.latency?.p95 ?? 0))
    .slice(0, MAX_SLOW)
    .map(({ name, latency, firstChunk }): Content[] => {
      if (latency === undefined) return [name];
      const { p50, p95, p99, p95Interval } = latency;
      return [
        name,
        seconds(p50),
        seconds(p95),
        p95Interval.map(seconds).join(' to '),
        seconds(p99),
        firstChunk === undefined ? UNKNOWN : seconds(firstChunk.p50),
      ];
    });
  return table({
    caption: 'Slowest models (at most so long took half, 95 and 99 of 100 answers)',
    head: ['Model', 'p50', 'p95', '95 % interval of p95', 'p99', 'First chunk, p50'],
    rows,
  });
}

function costRow({ name, calls, cost }: ModelFacts): Content[] {
  if (cost === undefined) return [name, UNKNOWN, UNKNOWN, '', 0, count(calls)];
  const { usd: sum, per1000, interval, priced } = cost;
  return [
    name,
    usd(sum),
    usd(per1000),
    interval === undefined ? 'too few calls' : interval.map(usd).join(' to '),
    count(priced),
    count(calls - priced),
  ];
}
