import type { Attributes, Histogram, Meter } from '@opentelemetry/api';
import { type ConventionKey, METRICS, type MetricDef } from '../core/catalog.js';
import { LABELS, type LabelDef, type LabelName, type Operation } from '../core/labels.js';
import { type Carry, type ChunkGaps, newCarry } from './chunk-gaps.js';

/** Which text of the GenAI conventions to write: v1.41.0, the newest, or both. */
export type Semconv = '1.41' | 'latest' | 'both';

/** The operations whose figures the newest conventions keep under `inference`. */
const INFERENCE: ReadonlySet<Operation> = new Set<Operation>(['chat', 'text_completion', 'generate_content']);

/** The value of each common label of one kind of call. */
export interface CommonLabels {
  readonly operation: Operation;
  readonly provider: string;
  readonly model: string;
  readonly answered_model: string | undefined;
  readonly server_address: string | undefined;
  readonly server_port: number | undefined;
}

/** The attribute sets of one kind of call, made once: the SDK reads them on each record and keeps the first it saw. */
export interface LabelSets {
  readonly operation: Operation;
  readonly common: Attributes;
  readonly input: Attributes;
  readonly output: Attributes;
  readonly byError: Map<string, Attributes>;
  /** Of the times between chunks. */
  readonly carry: Carry;
}

/** What one call adds to the metrics of the conventions. */
export interface Measured {
  /** Seconds; NaN is not recorded. */
  readonly duration: number;
  /** `error.type`; undefined when the call did not fail. */
  readonly errorType: string | undefined;
  readonly firstChunk: number | undefined;
  readonly gaps: ChunkGaps | undefined;
  /** Tokens as the provider reported them; estimates are not written to the conventions' metrics. */
  readonly input: number | undefined;
  readonly output: number | undefined;
}

function attribute(label: LabelName): string {
  const def: LabelDef = LABELS[label];
  return def.convention ?? label;
}

/** The labels of a call as attributes of the conventions; those that are not known are left out. */
export function labelSets(labels: CommonLabels): LabelSets {
  const common: Attributes = {};
  for (const [label, value] of Object.entries(labels)) {
    if (value !== undefined) common[attribute(label as LabelName)] = value;
  }
  const tokenType = attribute('token_type');
  return {
    operation: labels.operation,
    common,
    input: { ...common, [tokenType]: 'input' },
    output: { ...common, [tokenType]: 'output' },
    byError: new Map(),
    carry: newCarry(),
  };
}

function withError(sets: LabelSets, errorType: string | undefined): Attributes {
  if (errorType === undefined) return sets.common;
  let attributes = sets.byError.get(errorType);
  if (attributes === undefined) {
    attributes = { ...sets.common, [attribute('convention_error')]: errorType };
    sets.byError.set(errorType, attributes);
  }
  return attributes;
}

/** The instruments of the conventions' metrics, as the catalogue describes them. */
export class Instruments {
  readonly #histograms: ReadonlyMap<ConventionKey, Histogram>;
  readonly #old: boolean;
  readonly #latest: boolean;

  constructor(meter: Meter, semconv: Semconv) {
    this.#old = semconv !== 'latest';
    this.#latest = semconv !== '1.41';
    const made = new Map<ConventionKey, Histogram>();
    for (const [key, def] of Object.entries(METRICS) as [ConventionKey, MetricDef][]) {
      if (def.convention === undefined) continue;
      // The newest text keeps this one for the operations that are not inference.
      const wanted =
        (this.#old && def.convention === '1.41') ||
        (this.#latest && (def.convention === 'latest' || key === 'operationDuration'));
      if (!wanted) continue;
      const options = { unit: def.unit, description: def.help };
      made.set(
        key,
        meter.createHistogram(
          def.name,
          def.buckets === undefined ? options : { ...options, advice: { explicitBucketBoundaries: [...def.buckets] } },
        ),
      );
    }
    this.#histograms = made;
  }

  record(sets: LabelSets, measured: Measured): void {
    const inference = INFERENCE.has(sets.operation);
    const timed = withError(sets, measured.errorType);
    if (this.#old || !inference) this.#add('operationDuration', measured.duration, timed);
    if (this.#old) {
      this.#add('tokenUsage', measured.input, sets.input);
      this.#add('tokenUsage', measured.output, sets.output);
      this.#add('timeToFirstChunk', measured.firstChunk, sets.common);
    }
    this.#gaps(measured.gaps, sets, inference);
    if (!this.#latest || !inference) return;
    this.#add('inferenceDuration', measured.duration, timed);
    this.#add('inferenceInputTokens', measured.input, timed);
    this.#add('inferenceOutputTokens', measured.output, timed);
    this.#add('inferenceTimeToFirstChunk', measured.firstChunk, sets.common);
  }

  #add(key: ConventionKey, value: number | undefined, attributes: Attributes): void {
    if (value !== undefined && !Number.isNaN(value)) this.#histograms.get(key)?.record(value, attributes);
  }

  #gaps(gaps: ChunkGaps | undefined, sets: LabelSets, inference: boolean): void {
    if (gaps === undefined) return;
    const old = this.#old ? this.#histograms.get('timePerOutputChunk') : undefined;
    const latest = this.#latest && inference ? this.#histograms.get('inferenceTimePerOutputChunk') : undefined;
    gaps.each(sets.carry, seconds => {
      old?.record(seconds, sets.common);
      latest?.record(seconds, sets.common);
    });
  }
}
