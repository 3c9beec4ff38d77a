import { type AlertFactory, type AlertRule, type Case, label, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { compare, metricSeries, seriesText } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, samples, timeline } from '../samples.js';

const BY = ['job', 'provider', 'requested_model', 'from', 'to'] as const;

/** The provider answers with another model than before under the same name. */
export const modelChanged: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, severities } = options;
  const rule: AlertRule = {
    expr: compare(q.growth('modelChanges', timings.changeWindow, { by: BY }), '>', 0),
    labels: { model: message`${label('requested_model')}` },
    summary: 'The provider answers with another model',
    description: message`${label('provider')} now answers calls of ${label('job')} for ${label('requested_model')} with ${label('to')} instead of ${label('from')}.`,
  };
  const t = timeline(options);
  const window = t.steps(seconds(timings.changeWindow));
  const settle = t.steps(seconds(timings.evaluationInterval)) + 2;
  const target = { job, instance: 'app-1:9464' };
  const change = { provider: 'openai', requested_model: 'm-1', from: 'm-1-may', to: 'm-1-june' };
  const run = (title: string, at: number, values: string, fires: boolean): Case => ({
    title,
    at: at * t.step,
    series: [
      { series: seriesText('up', target), values: samples(1, [0, at + 1]) },
      { series: metricSeries('modelChanges', { ...target, ...change }), values },
    ],
    firing: fires ? [{ rule, labels: { job, ...change, model: 'm-1' }, value: 1 }] : [],
  });
  // Counters of changes are born with the first change: before it there is no series.
  const born = (after: number, steps: number): string => `_x${after} ${levels([1, steps])}`;
  const later = 2 * window;
  return {
    name: 'LLMModelChanged',
    severity: severities.modelChange,
    category: 'drift',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.modelChanges, variables: ['job', 'provider'] },
    rules: [rule],
    runbook: {
      meaning:
        'The app asks for the same model name as before, and the provider says that another model answered. Names that are aliases, such as those without a date, are moved by providers now and then.',
      impact:
        'Answers, their length, price and speed may change at once. Thresholds, prompts and tests were made for the earlier model.',
      diagnosis: [
        {
          text: 'See which names changed, from what to what.',
          query: q.growth('modelChanges', '1d', { by: ['provider', 'requested_model', 'from', 'to'] }),
        },
        {
          text: 'See whether both answer in turn: then the provider is rolling the change out, or balances between them.',
          query: q.rate('modelChanges', timings.changeWindow, { by: ['requested_model', 'from', 'to'] }),
        },
        {
          text: 'See whether accuracy moved; give labels time to arrive.',
          query: q.gauge('truthWindow', { measure: 'accuracy', average: '', class: '', window: timings.truthWindow }),
        },
        {
          text: 'See whether answers became longer or calls slower.',
          query: q.quantile(0.95, 'operationDuration', timings.rateWindow, { by: ['model'] }),
        },
      ],
      mitigation: [
        'If the earlier model can still be had by its dated name, ask for that until the new one is checked.',
        'Run the checks that the earlier model passed: `llm-monitor check --dataset FILE`.',
        'If the change was planned, do nothing; the alert ends by itself.',
      ],
    },
    cases: {
      fires: [
        run('at the first change, which makes the series', later + settle, born(later, settle + 4), true),
        run('at a further change', later + settle, samples(3, [0, later - 1], [1, 1], [0, settle + 4]), true),
      ],
      below: [
        run('for a change that is long past', later + settle, samples(1, [0, later + settle]), false),
        run(
          'for an old change that Prometheus sees for the first time with its target',
          settle,
          samples(1, [0, settle]),
          false,
        ),
      ],
      resolves: [run('once the change is past', later + window + 2 * settle, born(later, window + 3 * settle), false)],
      idle: [run('without traffic', later, samples(0, [0, later]), false)],
      vanishes: [
        run(
          'once the series is gone',
          later + window + 2 * settle,
          `${born(later, settle)} ${levels(['gone', window + 2 * settle])}`,
          false,
        ),
      ],
    },
  };
};
