import { type Alert, type AlertRule, type Case, label, message, type Runbook, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { type ResolvedOptions, seconds } from '../options.js';
import { and, compare, metricSeries, seriesText, times } from '../promql.js';
import { fromRecord } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

const BY = ['job', 'evaluator', 'model'] as const;
/** Evaluators are wrong now and then: so many calls of a window must be flagged, whatever share they are. */
export const LEAST_FLAGGED = 3;

export interface FlaggedShare extends Pick<Alert, 'name' | 'severity' | 'category'> {
  readonly evaluator: string;
  /** Share of the calls that it scored, 0..1, above which the alert fires. */
  readonly threshold: number;
  readonly summary: string;
  /** What flagged calls are, as in "3% of the calls ...". */
  readonly what: string;
  readonly runbook: Runbook;
}

/** An alert on the share of the calls of a model that one evaluator flags: silent below a floor of calls, and of flagged ones. */
export function flaggedShare(one: FlaggedShare, options: ResolvedOptions): Alert {
  const { job, timings } = options;
  const { name, severity, category, evaluator, threshold, summary, what, runbook } = one;
  const flagged = fromRecord('flaggedShare', options, { evaluator });
  const evaluated = fromRecord('evaluated', options, { evaluator });
  const enough = and(
    compare(evaluated, '>=', timings.floorCalls),
    compare(times(flagged, evaluated), '>=', LEAST_FLAGGED),
  );
  const rule: AlertRule = {
    expr: and(compare(flagged, '>', threshold), enough, BY),
    hold: timings.hold.quality,
    keepFiring: timings.keepFiring,
    summary,
    description: message`${value('percent')} of the calls of ${label('job')} to ${label('model')} within ${timings.rateWindow} ${what}; up to ${String(Number((threshold * 100).toPrecision(4)))}% is accepted.`,
  };
  const t = timeline(options);
  const until = t.fired(seconds(timings.hold.quality));
  const gone = until + t.ended;
  const perStep = 1000;
  const many = Math.round(perStep * (threshold + (1 - threshold) / 2));
  const just = Math.floor(perStep * threshold * 0.99);
  const labels = { job, evaluator, model: 'm-1' };
  const run = (title: string, at: number, all: readonly Segment[], bad: readonly Segment[], fires = 0): Case => {
    const call = { ...labels, instance: 'app-1:9464', operation: 'chat' };
    return {
      title,
      at: at * t.step,
      series: [
        { series: seriesText('up', { job, instance: 'app-1:9464' }), values: samples(1, [0, at + 1]) },
        { series: metricSeries('qualityEvaluated', call), values: samples(0, ...all) },
        { series: metricSeries('qualityFlagged', call), values: samples(0, ...bad) },
      ],
      firing: fires > 0 ? [{ rule, labels, value: fires }] : [],
    };
  };
  const window = t.steps(seconds(timings.rateWindow));
  const few = (timings.floorCalls - 1) / window;
  const pair = (timings.floorCalls + 1) / (window - 1);
  const stopped = (last: Segment): readonly (readonly Segment[])[] => [
    [[perStep, until], last],
    [[many, until], last],
  ];
  const [quietAll = [], quietBad = []] = stopped([0, t.ended]);
  const [goneAll = [], goneBad = []] = stopped(['gone', t.ended]);
  return {
    name,
    severity,
    category,
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.qualityFlagged, variables: ['job', 'model'] },
    rules: [rule],
    runbook,
    cases: {
      fires: [run('when many calls are flagged', until, [[perStep, until]], [[many, until]], many / perStep)],
      below: [
        run('when just few enough calls are flagged', until, [[perStep, until]], [[just, until]]),
        run('when too few calls are scored to say', until, [[few, until]], [[few, until]]),
        run(
          'when only two calls are flagged, whatever share they are',
          until,
          [[pair, until]],
          [
            [0, until - window + 1],
            [1, 2],
            [0, window - 3],
          ],
        ),
      ],
      resolves: [
        run(
          'once no call is flagged any more',
          gone,
          [[perStep, gone]],
          [
            [many, until],
            [0, t.ended],
          ],
        ),
        run('once calls have stopped being made', gone, quietAll, quietBad),
      ],
      idle: [run('without traffic', until, [[0, until]], [[0, until]])],
      vanishes: [run('once the series are gone', gone, goneAll, goneBad)],
    },
  };
}
