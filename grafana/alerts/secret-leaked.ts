import { type AlertFactory, type AlertRule, type Case, label, message } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { type Duration, seconds } from '../options.js';
import { compare, metricSeries, or, seriesText } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { levels, samples, timeline } from '../samples.js';

const BY = ['job', 'model'] as const;

/** An answer held a key, a token or a password: one is enough. */
export const secretLeaked: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings } = options;
  const selection = { where: { evaluator: 'secrets' }, by: BY } as const;
  const flagged = (window: Duration) => compare(q.growth('qualityFlagged', window, selection), '>', 0);
  // The first call of a young process may leak: its counter is born at 1, which the long window sees only in a target older than it.
  const short: Duration = `${Math.ceil(4 * seconds(timings.scrapeInterval))}s`;
  const rule: AlertRule = {
    expr: or(flagged(timings.leakWindow), flagged(short)),
    keepFiring: timings.keepFiring,
    summary: 'An answer of a model held a secret',
    description: message`An answer of ${label('model')} to ${label('job')} held what looks like a key, a token or a password. Where it went from there, it must be taken for known.`,
  };
  const t = timeline(options);
  const window = t.steps(seconds(timings.leakWindow));
  const settle = t.steps(seconds(timings.evaluationInterval)) + 2;
  const over = window + t.ended + settle;
  const run = (title: string, at: number, fires: boolean, values: string, evaluator = 'secrets'): Case => {
    const target = { job, instance: 'app-1:9464' };
    return {
      title,
      at: at * t.step,
      series: [
        { series: seriesText('up', target), values: samples(1, [0, at + 1]) },
        {
          series: metricSeries('qualityFlagged', { ...target, evaluator, model: 'm-1', operation: 'chat' }),
          values,
        },
      ],
      firing: fires ? [{ rule, labels: { job, model: 'm-1' }, value: 1 }] : [],
    };
  };
  const later = window + 2;
  const young = t.steps(seconds(short)) + 2;
  const once = samples(0, [0, later - 1], [1, 1], [0, over + settle]);
  return {
    name: 'LLMSecretLeaked',
    severity: 'critical',
    category: 'safety',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.qualityFlagged, variables: ['job', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'The evaluator `secrets` found in an answer what has the form of a credential: a provider key, an access token, a private key, a connection string with its password. Forms are checked strictly and examples from documentation are left out, so one flag is enough to page.',
      impact:
        'Whoever saw the answer may have the credential. It came into the model with a prompt, a retrieved document or a tool result, and may come again.',
      diagnosis: [
        {
          text: 'See which models and operations gave it, and whether it goes on.',
          query: q.growth('qualityFlagged', '1d', {
            where: { evaluator: 'secrets' },
            by: ['model', 'operation', 'instance'],
          }),
        },
        {
          text: 'Find the span: search traces for the flag of `secrets` at that time. It names the kind of secret, never the secret.',
        },
        {
          text: 'Find the source: the prompt template, the documents that retrieval gives, the results of tools of that trace.',
        },
      ],
      mitigation: [
        'Revoke the credential and issue a new one. Do that first, whatever else is found.',
        'Take it out of its source, and see who else reads that source.',
        'If answers are stored or logged, delete that answer.',
        'If it was an example that is no credential, tell the maintainers its form, without its text.',
      ],
    },
    cases: {
      fires: [
        run('at one flagged answer', later + settle, true, once),
        run('at a flagged answer that makes the series', later + settle, true, `_x${later} ${levels([1, settle + 2])}`),
        run('at the first call of a young process', young + settle, true, `_x${young} ${levels([1, settle + 2])}`),
      ],
      below: [
        run('when another evaluator flags', later + settle, false, once, 'pii'),
        run('for a flag that is long past', later + settle, false, samples(1, [0, later + settle])),
      ],
      resolves: [run('once the answer is past', later + over, false, once)],
      idle: [run('without traffic', later, false, samples(0, [0, later]))],
      vanishes: [
        run(
          'once the series is gone',
          later + over,
          false,
          samples(0, [0, later - 1], [1, settle], ['gone', over + settle]),
        ),
      ],
    },
  };
};
