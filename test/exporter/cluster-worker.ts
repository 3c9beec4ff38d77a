import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { MonitorExporter } from '../../exporter/index.js';

/** A worker of a cluster that serves its metrics: says where, and what it was told, and leaves when its parent lets go. */
const told: string[] = [];
process.on('warning', warning => {
  if (warning.name === 'otel-llm-monitor') told.push(warning.message);
});
process.once('disconnect', () => process.exit());

const exporter = new MonitorExporter({ host: '127.0.0.1', port: Number(process.env['TEST_PORT']) });
new MeterProvider({ readers: [exporter] });
await exporter.listening;
// A warning comes on the tick after it was given.
setImmediate(() => process.send?.({ url: exporter.url, told }));
