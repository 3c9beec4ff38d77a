export type { Binding, Bound, RecorderSource } from './bindings/binding.js';
export { type CallContextAttributes, withCallContext } from './context.js';
export type { Semconv } from './instruments.js';
export { LlmInstrumentation, type LlmInstrumentationConfig } from './llm-instrumentation.js';
export { registerLoaderHooks } from './loader-hooks.js';
export type { Undo } from './patch.js';
export { type Endpoint, PROVIDERS, type ProviderRow } from './readers/table.js';
export type { ErrorFacts, RequestFacts, ResponseFacts, UsageFacts, WireReader } from './readers/wire-reader.js';
export { instrument, type WrapOptions, wrap } from './wrap.js';
