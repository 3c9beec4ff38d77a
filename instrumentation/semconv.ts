import type { Semconv } from './instruments.js';

/**
 * The conventions that `OTEL_SEMCONV_STABILITY_OPT_IN` asks for: v1.41 by default, with `gen_ai_latest_experimental` the newest,
 * with `gen_ai_latest_experimental/dup` both. Other words of the list are for other libraries.
 */
export function defaultSemconv(optIn = process.env['OTEL_SEMCONV_STABILITY_OPT_IN']): Semconv {
  const words = (optIn ?? '').split(',').map(word => word.trim());
  if (words.includes('gen_ai_latest_experimental/dup')) return 'both';
  return words.includes('gen_ai_latest_experimental') ? 'latest' : '1.41';
}
