import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { and, compare, metricSeries, seriesText } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

const BY = ['job', 'provider', 'model'] as const;

/** Too large a share of the calls of a model fails. */
export const errorRatioHigh: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds, severities } = options;
  const enough = compare(fromRecord('calls', options), '>=', timings.floorCalls);
  const rule: AlertRule = {
    expr: and(compare(fromRecord('errorShare', options), '>', thresholds.errorRatio), enough, BY),
    hold: timings.hold.errors,
    keepFiring: timings.keepFiring,
    summary: 'Model calls fail',
    description: message`${value('percent')} of the calls of ${label('job')} to ${label('model')} at ${label('provider')} failed within ${timings.rateWindow}; up to ${String(thresholds.errorRatio * 100)}% is accepted.`,
  };
  const t = timeline(options);
  const until = t.fired(seconds(timings.hold.errors));
  const gone = until + t.ended;
  const perStep = 1000;
  const many = Math.round(perStep * (thresholds.errorRatio + (1 - thresholds.errorRatio) / 2));
  const just = Math.floor(perStep * thresholds.errorRatio * 0.99);
  const labels = { job, provider: 'openai', model: 'm-1' };
  const run = (title: string, at: number, ok: readonly Segment[], bad: readonly Segment[], fires = 0): Case => {
    const call = { ...labels, instance: 'app-1:9464', operation: 'chat' };
    return {
      title,
      at: at * t.step,
      series: [
        { series: seriesText('up', { job, instance: 'app-1:9464' }), values: samples(1, [0, at + 1]) },
        { series: metricSeries('calls', { ...call, outcome: 'ok', error_type: '' }), values: samples(0, ...ok) },
        {
          series: metricSeries('calls', { ...call, outcome: 'error', error_type: 'server' }),
          values: samples(0, ...bad),
        },
      ],
      firing: fires > 0 ? [{ rule, labels, value: fires }] : [],
    };
  };
  const few = (timings.floorCalls - 1) / t.steps(seconds(timings.rateWindow));
  return {
    name: 'LLMErrorRatioHigh',
    severity: severities.errors,
    category: 'availability',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.errorShare, variables: ['job', 'provider', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'More calls of one model fail than is accepted. A timeout is a failure; a call that the app itself gave up is not. Below a floor of calls the alert stays silent, because a share of a few calls says nothing.',
      impact: 'Users see errors, or wait for retries. Calls that fail after they were begun may still cost money.',
      diagnosis: [
        {
          text: 'See how calls fail.',
          query: q.rate('calls', timings.rateWindow, {
            where: { outcome: 'error' },
            by: ['provider', 'model', 'error_type'],
          }),
        },
        {
          text: 'See whether one instance fails or all of them.',
          query: q.rate('calls', timings.rateWindow, { where: { outcome: 'error' }, by: ['instance'] }),
        },
        {
          text: 'See whether the SDK already tries again.',
          query: q.rate('callsRetries', timings.rateWindow, { by: ['provider', 'model'] }),
        },
        { text: 'Compare with the status page of the provider.' },
      ],
      mitigation: [
        '`rate_limit`, `overloaded`: slow down, spread the load, or ask for a higher limit; use another model meanwhile.',
        '`auth`, `permission`: the key has expired or lost a right; replace it.',
        '`context_length`, `bad_request`: a change of the app sends what the model refuses; take it back.',
        '`timeout`, `connection`, `server`: the provider or the network fails; go to another provider if there is one.',
        '`content_filter`: see what kind of traffic is refused; it may be an attack on the app.',
      ],
    },
    cases: {
      fires: [
        run('when many calls fail', until, [[perStep - many, until]], [[many, until]], many / perStep),
        run('when every call fails', until, [[0, until]], [[perStep, until]], 1),
      ],
      below: [
        run('when just few enough calls fail', until, [[perStep - just, until]], [[just, until]]),
        run('when too few calls are made to say', until, [[0, until]], [[few, until]]),
      ],
      resolves: [
        run(
          'once calls succeed again',
          gone,
          [
            [perStep - many, until],
            [perStep, t.ended],
          ],
          [
            [many, until],
            [0, t.ended],
          ],
        ),
      ],
      idle: [run('without traffic', until, [[0, until]], [[0, until]])],
      vanishes: [
        run(
          'once the series are gone',
          gone,
          [
            [perStep - many, until],
            ['gone', t.ended],
          ],
          [
            [many, until],
            ['gone', t.ended],
          ],
        ),
      ],
    },
  };
};
