import { MeterProvider } from '@opentelemetry/sdk-metrics';
import type { LlmCall } from '../core/call.js';
import type { CallEvent } from '../core/calls.js';
import { parseFeedback } from '../core/feedback.js';
import { createWiring, type Wiring } from '../core/wiring.js';
import { MonitorExporter } from '../exporter/index.js';
import type { Undo } from '../instrumentation/index.js';
import { watchClient } from '../instrumentation/wrap.js';
import type { LabelInput, TruthWindows } from '../monitor/index.js';
import {
  type AnyEvaluator,
  createEvaluators,
  Detection,
  GroundTruth,
  LlmSpanProcessor,
  type TaskConfig,
} from '../processor/index.js';

export interface TestMonitorOptions {
  /** Names as in `LLM_MONITOR_EVALUATORS`, and evaluators of one's own beside them. */
  readonly evaluators?: readonly string[];
  readonly customEvaluators?: readonly AnyEvaluator[];
  readonly tasks?: Readonly<Record<string, TaskConfig>>;
  readonly windows?: TruthWindows;
}

/** A monitor without an endpoint, without globals and without loader hooks: for the tests of an app. */
export interface TestMonitor {
  /** Every call that ended, in order. */
  readonly calls: readonly LlmCall[];
  readonly wiring: Wiring;
  readonly processor: LlmSpanProcessor;
  /** Watches a client until `shutdown`; the same client comes back. Of several monitors over one client the latest sees its calls. */
  wrap<T>(client: T): T;
  /** Hands in a call that no SDK made. */
  publish(event: CallEvent): void;
  /** As `recordLabel`. @throws MonitorError LABEL_INVALID */
  label(label: LabelInput): void;
  /** What `/metrics` would say, once all calls that ended are scored. */
  metrics(): Promise<string>;
  /** The value of one series by its Prometheus name and labels, in any order; undefined where there is none. */
  value(name: string, labels?: Readonly<Record<string, string>>): Promise<number | undefined>;
  flush(): Promise<void>;
  /** Takes the patches off its clients; their calls are seen by the monitor before it, if there is one. */
  shutdown(): Promise<void>;
}

const SAMPLE = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /\b([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g;

/** A monitor to test an app with: calls are watched, scored and counted in memory, and nothing listens on a port. */
export function createTestMonitor(options: TestMonitorOptions = {}): TestMonitor {
  const wiring = createWiring();
  const calls: LlmCall[] = [];
  const undo = wiring.calls.subscribe(event => calls.push(event.call));
  const processor = new LlmSpanProcessor({
    wiring,
    evaluators: createEvaluators(options.evaluators, options.customEvaluators),
    detection: new Detection(),
    truth: new GroundTruth({
      wiring,
      ...(options.tasks === undefined ? {} : { tasks: options.tasks }),
      ...(options.windows === undefined ? {} : { windows: options.windows }),
    }),
  });
  const exporter = new MonitorExporter({ wiring, preventServerStart: true, processMetrics: false });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const patches: Undo[] = [];
  const flush = (): Promise<void> => processor.forceFlush();
  const metrics = async (): Promise<string> => {
    await flush();
    return exporter.exposition();
  };
  return {
    calls,
    wiring,
    processor,
    wrap(client) {
      patches.push(watchClient(client, { wiring, meterProvider }));
      return client;
    },
    publish: event => wiring.calls.publish(event),
    label: label => processor.accept(parseFeedback(label)),
    metrics,
    async value(name, labels = {}) {
      const wanted = JSON.stringify(Object.entries(labels).sort());
      for (const line of (await metrics()).split('\n')) {
        const match = SAMPLE.exec(line);
        if (match?.[1] !== name) continue;
        const found = [...(match[2] ?? '').matchAll(LABEL)].map(([, key, value]) => [key, value]);
        if (JSON.stringify(found.sort()) === wanted) return Number(match[3]);
      }
      return undefined;
    },
    flush,
    async shutdown() {
      for (const takeOff of patches.splice(0)) takeOff();
      undo();
      await processor.shutdown();
      await meterProvider.shutdown();
    },
  };
}
