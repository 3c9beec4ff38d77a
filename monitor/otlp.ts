import { createRequire } from 'node:module';
import { BatchSpanProcessor, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { describeError } from '../core/errors.js';
import { notice } from '../core/notice.js';

type Env = Readonly<Record<string, string | undefined>>;

const PACKAGE = '@opentelemetry/exporter-trace-otlp-http';

/**
 * The span processor that the standard variables ask for: OTLP over HTTP when `OTEL_EXPORTER_OTLP_ENDPOINT` or
 * `OTEL_EXPORTER_OTLP_TRACES_ENDPOINT` is set and `OTEL_TRACES_EXPORTER` does not say `none`. The exporter itself reads the
 * rest of `OTEL_EXPORTER_OTLP_*`; it is an optional package, so that who only scrapes does not install it. The variables are often
 * set for a whole cluster: where the package is missing, or another protocol is asked for, a notice says so and no span is sent.
 */
export function otlpProcessor(env: Env): SpanProcessor | undefined {
  const endpoint = env['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
  if (!endpoint || env['OTEL_TRACES_EXPORTER'] === 'none') return undefined;
  const protocol = env['OTEL_EXPORTER_OTLP_TRACES_PROTOCOL'] || env['OTEL_EXPORTER_OTLP_PROTOCOL'];
  if (protocol && !protocol.startsWith('http/')) {
    notice(
      `the OTLP protocol is "${protocol.slice(0, 40)}"; the monitor sends spans over HTTP only, so none are sent (http/protobuf, http/json)`,
    );
    return undefined;
  }
  try {
    const { OTLPTraceExporter } = createRequire(import.meta.url)(PACKAGE) as {
      OTLPTraceExporter: new () => SpanExporter;
    };
    return new BatchSpanProcessor(new OTLPTraceExporter());
  } catch (cause) {
    notice(
      `an OTLP endpoint is set, but no span is sent, for ${PACKAGE} cannot be loaded: npm install ${PACKAGE}@0.223 (${describeError(cause)})`,
    );
    return undefined;
  }
}
