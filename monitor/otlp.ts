import { createRequire } from 'node:module';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { describeError, MonitorError } from '../core/errors.js';

type Env = Readonly<Record<string, string | undefined>>;

const PACKAGE = '@opentelemetry/exporter-trace-otlp-http';

/**
 * The span processor that the standard variables ask for: OTLP over HTTP when `OTEL_EXPORTER_OTLP_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set and `OTEL_TRACES_EXPORTER` does not say `none`. The exporter itself reads the
 * rest of `OTEL_EXPORTER_OTLP_*`; it is an optional package, so that who only scrapes does not install it.
 * @throws MonitorError MISSING_PEER when it is asked for and not installed
 */
export function otlpProcessor(env: Env): SpanProcessor | undefined {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  let exporter: SpanExporter;
  try {
    const { OTLPTraceExporter } = createRequire(import.meta.url)(PACKAGE) as {
      OTLPTraceExporter: new () => SpanExporter;
    };
    exporter = new OTLPTraceExporter();
  } catch (cause) {
    throw new MonitorError(
      'MISSING_PEER',
      `an OTLP endpoint is set, and ${PACKAGE} cannot be loaded: npm install ${PACKAGE}@0.223 (${describeError(cause)})`,
      { cause },
    );
  }
  return new BatchSpanProcessor(exporter);
}
