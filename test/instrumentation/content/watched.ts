import { DiagLogLevel, diag } from '@opentelemetry/api';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import OpenAI from 'openai';
import type { CaptureMode, Redaction } from '../../../core/content.js';
import { createWiring } from '../../../core/wiring.js';
import { MonitorExporter } from '../../../exporter/index.js';
import { LlmInstrumentation, wrap } from '../../../instrumentation/index.js';
import { memoryProviders } from '../otel.js';

export interface Reply {
  readonly status?: number;
  /** Events of a stream, or one answer. */
  readonly body: unknown;
}

interface LogRecord {
  readonly eventName?: string;
  readonly timestamp?: unknown;
  readonly severityNumber?: number;
  readonly attributes?: Readonly<Record<string, unknown>>;
  readonly context?: unknown;
}

/** A logger provider that keeps everything. */
export function memoryLogs() {
  const records: LogRecord[] = [];
  const logger = { emit: (record: LogRecord) => void records.push(record), enabled: () => true };
  return { records, provider: { getLogger: () => logger } };
}

/** A client whose provider answers from memory, watched with content capture; and everything that leaves by it. */
export function watched(
  captureContent: CaptureMode,
  redact: Redaction | undefined,
  semconv: '1.41' | 'latest' = '1.41',
) {
  const wiring = createWiring();
  const otel = memoryProviders();
  const logs = memoryLogs();
  const exporter = new MonitorExporter({ wiring, preventServerStart: true, processMetrics: false });
  const meterProvider = new MeterProvider({ readers: [exporter] });
  const told: string[] = [];
  const onWarning = (warning: Error): void => void told.push(warning.message);
  process.on('warning', onWarning);
  const hear = (...parts: unknown[]): void => void told.push(parts.map(String).join(' '));
  diag.setLogger({ error: hear, warn: hear, info: hear, debug: hear, verbose: hear }, { logLevel: DiagLogLevel.ALL });
  const calls: unknown[] = [];
  wiring.calls.subscribe(({ call, rejected }) => calls.push(call, rejected));
  const on = new LlmInstrumentation({
    wiring,
    semconv,
    modules: [],
    captureContent,
    ...(redact === undefined ? {} : { redact }),
  });
  on.setTracerProvider(otel.tracerProvider);
  on.setMeterProvider(meterProvider);
  on.setLoggerProvider(logs.provider);
  on.enable();
  let reply: Reply = { body: {} };
  const fetch = async (): Promise<Response> => {
    const { status = 200, body } = reply;
    return Array.isArray(body)
      ? new Response(`${body.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`, {
          headers: { 'content-type': 'text/event-stream' },
        })
      : new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } });
  };
  const client = wrap(
    new OpenAI({ apiKey: 'test', maxRetries: 0, logLevel: 'off', baseURL: 'http://model.test/v1', fetch }),
  );
  const resources = {
    chat: client.chat.completions,
    responses: client.responses,
    completions: client.completions,
    embeddings: client.embeddings,
  } as unknown as Record<Api, { create(body: unknown): Promise<unknown> }>;
  return {
    wiring,
    otel,
    records: logs.records,
    told,
    /** Makes one call to its end; an error of the provider is part of it. */
    async call(api: Api, request: unknown, answer: Reply): Promise<void> {
      reply = answer;
      const stream = Array.isArray(answer.body);
      try {
        const given = await resources[api].create(stream ? { ...(request as object), stream } : request);
        if (stream) for await (const _ of given as AsyncIterable<unknown>);
      } catch {
        // The app would see it; what we say of it is on the span.
      }
      wiring.calls.settle();
    },
    /** The attributes of the spans so far, and all else that left. */
    async left(): Promise<{ readonly spans: string; readonly events: string; readonly rest: string }> {
      const spans = otel.spans();
      const metrics = await exporter.exposition();
      return {
        spans: JSON.stringify(spans.map(span => [span.name, span.attributes, span.status, span.events, span.links])),
        events: JSON.stringify(logs.records.map(({ eventName, attributes }) => [eventName, attributes])),
        rest: JSON.stringify([calls, told, metrics]),
      };
    },
    stop(): void {
      on.disable();
      process.off('warning', onWarning);
      diag.disable();
    },
  };
}

export type Api = 'chat' | 'responses' | 'completions' | 'embeddings';
