import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { compare, metricSeries, oneOf, seriesText } from '../promql.js';
import { ruleQueries } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

const BY = ['job', 'provider'] as const;
const REFUSED = oneOf('auth', 'permission');
/** Failures in the rate window that may be somebody's attempt with a wrong key; a share would hide one instance of many. */
const ACCEPTED = 3;

/** The provider refuses the key or what it may do. */
export const authFailures: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings } = options;
  const where = { outcome: 'error', error_type: REFUSED } as const;
  const rule: AlertRule = {
    expr: compare(q.growth('calls', timings.rateWindow, { where, by: BY }), '>', ACCEPTED),
    hold: timings.hold.auth,
    keepFiring: timings.keepFiring,
    summary: 'A provider refuses the key',
    description: message`${label('provider')} refused ${value('number')} calls of ${label('job')} within ${timings.rateWindow} because of the key or its rights.`,
  };
  const t = timeline(options);
  const window = t.steps(seconds(timings.rateWindow));
  const until = t.fired(seconds(timings.hold.auth));
  const gone = until + t.ended;
  const target = { job, instance: 'app-1:9464' };
  const labels = { job, provider: 'openai' };
  const call = { ...target, provider: 'openai', model: 'm-1', operation: 'chat' } as const;
  const run = (title: string, at: number, fires: number, error: string, ...refused: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: [
      { series: seriesText('up', target), values: samples(1, [0, at + 1]) },
      {
        series: metricSeries('calls', { ...call, outcome: 'error', error_type: error }),
        values: samples(0, ...refused),
      },
    ],
    firing: fires > 0 ? [{ rule, labels, value: fires }] : [],
  });
  return {
    name: 'LLMAuthFailures',
    severity: 'critical',
    category: 'availability',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.errorShare, variables: ['job', 'provider'] },
    rules: [rule],
    runbook: {
      meaning:
        'The provider answers calls with "not authenticated" or "not allowed". It does not end by itself: a key has expired, was revoked or mistyped, or has lost its right to a model. It is counted, not taken as a share, because one instance with a wrong key is reason enough.',
      impact: 'Every call with this key fails, and retries do not help.',
      diagnosis: [
        {
          text: 'See whether the key (`auth`) or a right (`permission`) is refused, and for which models.',
          query: q.rate('calls', timings.rateWindow, { where, by: ['provider', 'model', 'error_type'] }),
        },
        {
          text: 'See which instances: if it is some of them, they have another key than the others.',
          query: q.rate('calls', timings.rateWindow, { where, by: ['instance', 'provider'] }),
        },
        {
          text: 'See whether calls of the same provider still succeed.',
          query: q.rate('calls', timings.rateWindow, { where: { outcome: 'ok' }, by: ['instance', 'provider'] }),
        },
        { text: 'Compare the start of it with the last rotation of keys and the last deployment.' },
      ],
      mitigation: [
        'Put a valid key in, and restart the instances that read it at their start.',
        'If a right is missing, give it to the key, or ask for a model that the key may use.',
        'If the key was revoked because it leaked, replace it everywhere and see who used it.',
        'If the account is not paid, settle that with the provider.',
      ],
    },
    cases: {
      fires: [
        run('when calls are refused for their key', until, 10 * window, 'auth', [10, until]),
        run('when calls are refused for a right', until, 10 * window, 'permission', [10, until]),
      ],
      below: [
        run('when as few calls are refused as may be chance', until, 0, 'auth', [
          Number((ACCEPTED / window).toFixed(6)) * 0.99,
          until,
        ]),
        run('when calls fail in another way', until, 0, 'server', [10, until]),
      ],
      resolves: [run('once calls are accepted again', gone, 0, 'auth', [10, until], [0, t.ended])],
      idle: [run('without traffic', until, 0, 'auth', [0, until])],
      vanishes: [run('once the series are gone', gone, 0, 'auth', [10, until], ['gone', t.ended])],
    },
  };
};
