/**
 * Tells whoever runs the app something once, through Node's own channel for warnings: it can be listened to, and switched off.
 * For what a person should know although nothing is broken; never for message text or secrets.
 */
export function notice(message: string): void {
  process.emitWarning(message, { type: 'otel-llm-monitor', code: 'OTEL_LLM_MONITOR' });
}
