import type { ErrorType } from '../core/labels.js';
import type { AlertRule, Case, Cases } from './alert.js';
import { type ResolvedOptions, seconds } from './options.js';
import { metricSeries, seriesText } from './promql.js';
import { type Segment, samples, timeline } from './samples.js';

/** What an alert on calls that fail in one way is tested with. */
export interface FailingShare {
  readonly rule: AlertRule;
  /** The labels of what fires. */
  readonly labels: Readonly<Record<string, string>>;
  readonly error: ErrorType;
  /** A failure that the alert is not about, however often it happens. */
  readonly foreign: ErrorType;
  readonly threshold: number;
}

/** The cases of an alert on the share of calls that fail in one way, above a floor of calls in the rate window. */
export function shareCases(options: ResolvedOptions, { rule, labels, error, foreign, threshold }: FailingShare): Cases {
  const { job, timings } = options;
  const t = timeline(options);
  const until = t.fired(rule.hold === undefined ? 0 : seconds(rule.hold));
  const gone = until + t.ended;
  const perStep = 1000;
  const many = Math.round(perStep * (threshold + (1 - threshold) / 2));
  const just = Math.floor(perStep * threshold * 0.99);
  const few = (timings.floorCalls - 1) / t.steps(seconds(timings.rateWindow));
  const target = { job, instance: 'app-1:9464' };
  const run = (
    title: string,
    at: number,
    ok: readonly Segment[],
    bad: readonly Segment[],
    value = 0,
    type: ErrorType = error,
  ): Case => {
    const call = { ...target, provider: 'openai', model: 'm-1', operation: 'chat' };
    return {
      title,
      at: at * t.step,
      series: [
        { series: seriesText('up', target), values: samples(1, [0, at + 1]) },
        { series: metricSeries('calls', { ...call, outcome: 'ok', error_type: '' }), values: samples(0, ...ok) },
        { series: metricSeries('calls', { ...call, outcome: 'error', error_type: type }), values: samples(0, ...bad) },
      ],
      firing: value > 0 ? [{ rule, labels, value }] : [],
    };
  };
  const then = (first: number, after: Segment[0]): readonly Segment[] => [
    [first, until],
    [after, t.ended],
  ];
  return {
    fires: [
      run('when many calls fail so', until, [[perStep - many, until]], [[many, until]], many / perStep),
      run('when every call fails so', until, [[0, until]], [[perStep, until]], 1),
    ],
    below: [
      run('when just few enough calls fail so', until, [[perStep - just, until]], [[just, until]]),
      run('when too few calls are made to say', until, [[0, until]], [[few, until]]),
      run('when calls fail in another way', until, [[perStep - many, until]], [[many, until]], 0, foreign),
    ],
    resolves: [run('once calls succeed again', gone, then(perStep - many, perStep), then(many, 0))],
    idle: [run('without traffic', until, [[0, until]], [[0, until]])],
    vanishes: [run('once the series are gone', gone, then(perStep - many, 'gone'), then(many, 'gone'))],
  };
}
