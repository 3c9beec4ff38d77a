import { METRICS } from '../../core/catalog.js';
import { type AlertFactory, type AlertRule, type Case, label, message, value } from '../alert.js';
import { OVERVIEW } from '../boards/places.js';
import { seconds } from '../options.js';
import { and, compare, metricSeries, seriesText } from '../promql.js';
import { fromRecord, ruleQueries } from '../recording.js';
import { type Segment, samples, timeline } from '../samples.js';

const BY = ['job', 'provider', 'model'] as const;
const BOUNDS: readonly number[] = METRICS.operationDuration.buckets;

/** The 95th percentile that Prometheus sees when every call falls into one bucket: interpolated in it, its bound past the last. */
function p95Within(bucket: number): number {
  const low = BOUNDS[bucket - 1] ?? 0;
  const high = BOUNDS[bucket];
  return high === undefined ? low : low + 0.95 * (high - low);
}

/** Calls take too long. */
export const latencyP95High: AlertFactory = options => {
  const q = ruleQueries(options);
  const { job, timings, thresholds, severities } = options;
  const enough = compare(fromRecord('timedCalls', options), '>=', timings.floorCalls);
  const rule: AlertRule = {
    expr: and(compare(fromRecord('durationP95', options), '>', thresholds.latencyP95), enough, BY),
    hold: timings.hold.latency,
    keepFiring: timings.keepFiring,
    summary: 'Model calls are slow',
    description: message`One call in twenty of ${label('job')} to ${label('model')} at ${label('provider')} takes longer than ${value('seconds')}; up to ${String(thresholds.latencyP95)} s is accepted.`,
  };
  const t = timeline(options);
  const until = t.fired(seconds(timings.hold.latency));
  const gone = until + t.ended;
  const slow = [...BOUNDS.keys(), BOUNDS.length].find(i => p95Within(i) > thresholds.latencyP95) ?? BOUNDS.length;
  const target = { job, instance: 'app-1:9464' };
  const call = { ...target, provider: 'openai', model: 'm-1', operation: 'chat' as const };
  const part = (bucket: number, segments: readonly Segment[], at: number) => [
    { series: seriesText('up', target), values: samples(1, [0, at + 1]) },
    ...[...BOUNDS, Number.POSITIVE_INFINITY].map((bound, i) => ({
      series: metricSeries(
        'operationDuration',
        call,
        'bucket',
        bound === Number.POSITIVE_INFINITY ? '+Inf' : String(bound),
      ),
      values: samples(
        0,
        ...(i < bucket ? segments.map(([n, steps]): Segment => [n === 'gone' ? n : 0, steps]) : segments),
      ),
    })),
    { series: metricSeries('operationDuration', call, 'count'), values: samples(0, ...segments) },
  ];
  const run = (title: string, at: number, bucket: number, fires: boolean, ...segments: readonly Segment[]): Case => ({
    title,
    at: at * t.step,
    series: part(bucket, segments, at),
    firing: fires ? [{ rule, labels: { job, provider: 'openai', model: 'm-1' }, value: p95Within(bucket) }] : [],
  });
  const few = (timings.floorCalls - 1) / t.steps(seconds(timings.rateWindow));
  return {
    name: 'LLMLatencyP95High',
    severity: severities.latency,
    category: 'latency',
    shown: { uid: OVERVIEW.uid, panel: OVERVIEW.panels.durationP95, variables: ['job', 'provider', 'model'] },
    rules: [rule],
    runbook: {
      meaning:
        'The slowest twentieth of the calls of a model takes longer than is accepted, from sending to the last byte, retries included. The figure is interpolated within the buckets of the histogram.',
      impact: 'Users wait. Where calls are cut off by a timeout, errors follow.',
      diagnosis: [
        {
          text: 'See which models and operations are slow.',
          query: q.quantile(0.95, 'operationDuration', timings.rateWindow, { by: ['model', 'operation'] }),
        },
        {
          text: 'See whether the first chunk is late too: then the provider queues calls; if not, answers became longer.',
          query: q.quantile(0.95, 'timeToFirstChunk', timings.rateWindow, { by: ['model'] }),
        },
        {
          text: 'See whether answers became longer.',
          query: q.rate('tokens', timings.rateWindow, { where: { class: 'output' }, by: ['model'] }),
        },
        {
          text: 'See whether retries add up.',
          query: q.rate('callsRetries', timings.rateWindow, { by: ['provider', 'model'] }),
        },
        {
          text: 'Run this in Explore with exemplars switched on: each dot leads to the trace of one call.',
          query: q.quantile(0.95, 'operationDuration', timings.rateWindow),
        },
      ],
      mitigation: [
        'If the provider is slow, use another region, model or provider.',
        'If answers became longer, bound their length, or take back the change of the prompt.',
        'If retries add up, lower the number of attempts or the timeout of the SDK.',
        'If the first chunk is quick and users read along, raise the threshold for this kind of call.',
      ],
    },
    cases: {
      fires: [run('when calls are slow', until, slow, true, [1000, until])],
      below: [
        ...(slow > 0 ? [run('when calls are just quick enough', until, slow - 1, false, [1000, until])] : []),
        run('when too few calls are made to say', until, slow, false, [few, until]),
      ],
      resolves: [run('once calls have stopped being made', gone, slow, false, [1000, until], [0, t.ended])],
      idle: [run('without traffic', until, slow, false, [0, until])],
      vanishes: [run('once the series are gone', gone, slow, false, [1000, until], ['gone', t.ended])],
    },
  };
};
