import { type HrTime, ValueType } from '@opentelemetry/api';
import { emptyResource } from '@opentelemetry/resources';
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from '@opentelemetry/sdk-metrics';
import { type Clock, systemClock } from '../core/clock.js';
import type { HistogramSeries, NumberSeries, Series } from '../core/series.js';
import type { Family, MetricStore } from '../core/store.js';
import { Source } from './source.js';

/** Name of the scope that our own metrics are in when another reader takes them. */
const SCOPE = 'otel-llm-monitor';

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1000), Math.round((ms % 1000) * 1e6)];

function points<S extends Series, V>(
  family: Family,
  times: { readonly startTime: HrTime; readonly endTime: HrTime },
  value: (series: S) => V,
): DataPoint<V>[] {
  return [...family.series.values()].map(series => ({
    ...times,
    attributes: Object.fromEntries(family.labels.map((name, i) => [name, series.labelValues[i] ?? ''])),
    value: value(series as S),
  }));
}

function metricData(family: Family, times: { readonly startTime: HrTime; readonly endTime: HrTime }): MetricData {
  const { def } = family;
  const base = {
    descriptor: { name: def.name, description: def.help, unit: def.unit, valueType: ValueType.DOUBLE },
    aggregationTemporality: AggregationTemporality.CUMULATIVE,
  };
  const numbers = () => points(family, times, (series: NumberSeries) => series.value);
  switch (def.kind) {
    case 'counter':
    case 'updown':
      return {
        ...base,
        dataPointType: DataPointType.SUM,
        isMonotonic: def.kind === 'counter',
        dataPoints: numbers(),
      };
    case 'gauge':
      return { ...base, dataPointType: DataPointType.GAUGE, dataPoints: numbers() };
    case 'histogram':
      return {
        ...base,
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: points(family, times, (series: HistogramSeries) => ({
          buckets: { boundaries: [...series.bounds], counts: [...series.counts] },
          sum: series.sum,
          count: series.count,
        })),
      };
  }
}

/**
 * Our own metrics as a `MetricProducer`, so that any other reader (OTLP, console) gets them beside the SDK's. Gauges that have
 * vanished are not in the result, which the SDK's own instruments cannot do.
 */
export function storeProducer(store: MetricStore, clock: Clock = systemClock): MetricProducer {
  const startTime = hrTime(clock.now());
  return {
    async collect(): Promise<CollectionResult> {
      const times = { startTime, endTime: hrTime(clock.now()) };
      const metrics = store.collect().map(family => metricData(family, times));
      return {
        resourceMetrics: { resource: emptyResource(), scopeMetrics: [{ scope: { name: SCOPE }, metrics }] },
        errors: [],
      };
    },
  };
}

/**
 * A producer of the user that cannot fail or hang a collection: what it throws, and its silence after `timeout` ms, become an
 * entry of `errors`.
 */
export function guardedProducer(producer: MetricProducer, timeout: number, clock: Clock): MetricProducer {
  const source = new Source('a metric producer', () => producer.collect({ timeoutMillis: timeout }), clock);
  return {
    async collect(options): Promise<CollectionResult> {
      try {
        return await source.read(options?.timeoutMillis ?? timeout);
      } catch (error) {
        return { resourceMetrics: { resource: emptyResource(), scopeMetrics: [] }, errors: [error] };
      }
    },
  };
}
