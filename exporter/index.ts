export { MonitorExporter } from './monitor-exporter.js';
export type { MonitorExporterOptions } from './options.js';
export { storeProducer } from './producer.js';
export type { PromRegistry } from './prom.js';
