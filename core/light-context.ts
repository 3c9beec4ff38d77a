/**
 * The key of a value that marks an OpenTelemetry context as light: who set it is content when the context holds for the
 * synchronous part of what runs in it, unless somebody else in the app uses context anyway. A context key of OpenTelemetry's API
 * is such a symbol.
 */
export const LIGHT_CONTEXT: symbol = Symbol.for('otel-llm-monitor: light context');
