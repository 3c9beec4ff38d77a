import { createRequire } from 'node:module';
import { type Attributes, type Context, ROOT_CONTEXT, type Span, trace } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import type { Json } from '../../core/json.js';
import { notice } from '../../core/notice.js';
import { VERSION } from '../../core/version.js';

export type LoggerProvider = Parameters<NonNullable<Instrumentation['setLoggerProvider']>>[0];
type Logger = ReturnType<LoggerProvider['getLogger']>;

/** The conventions' event that carries the content of a call. */
export const DETAILS = 'gen_ai.client.inference.operation.details';
const SCOPE = 'otel-llm-monitor';
/** `DEBUG`; only the newest conventions say so. */
const DEBUG = 5;

export interface Details {
  readonly span: Span | undefined;
  /** When the call ended, in milliseconds since the epoch. */
  readonly at: number;
  readonly attributes: Attributes;
  readonly content: Readonly<Record<string, Json>>;
}

/**
 * Writes log events through the logs API of OpenTelemetry: by the provider that was set, else by the global one. The API is a
 * dependency of `@opentelemetry/instrumentation`, and its global place is shared by all its copies, so that it is taken from
 * there and is no dependency of ours.
 */
export class ContentEvents {
  readonly #provider: () => LoggerProvider | undefined;
  readonly #debug: boolean;
  #logger: { readonly from: LoggerProvider; readonly logger: Logger } | undefined;
  #told = false;

  /** @param provider the one that was set, if one was */
  constructor(provider: () => LoggerProvider | undefined, debug: boolean) {
    this.#provider = () => provider() ?? globalProvider();
    this.#debug = debug;
  }

  /** Whether somebody takes events now; says once that nobody does. */
  get enabled(): boolean {
    const logger = this.#current();
    if (logger !== undefined && logger.enabled?.({ eventName: DETAILS }) !== false) return true;
    if (!this.#told) {
      this.#told = true;
      notice(
        'message content is to go into log events, but no LoggerProvider of OpenTelemetry is registered: none is written',
      );
    }
    return false;
  }

  emit({ span, at, attributes, content }: Details): void {
    const context: Context = span === undefined ? ROOT_CONTEXT : trace.setSpan(ROOT_CONTEXT, span);
    this.#current()?.emit({
      eventName: DETAILS,
      timestamp: at,
      context,
      attributes: { ...attributes, ...content } as NonNullable<Parameters<Logger['emit']>[0]['attributes']>,
      ...(this.#debug ? { severityNumber: DEBUG } : {}),
    });
  }

  #current(): Logger | undefined {
    const from = this.#provider();
    if (from === undefined) return undefined;
    if (this.#logger?.from !== from) this.#logger = { from, logger: from.getLogger(SCOPE, VERSION) };
    return this.#logger.logger;
  }
}

interface LogsApi {
  readonly logs: { getLoggerProvider(): LoggerProvider };
}

let api: LogsApi | false | undefined;

function globalProvider(): LoggerProvider | undefined {
  api ??= loadApi() ?? false;
  return api === false ? undefined : api.logs.getLoggerProvider();
}

function loadApi(): LogsApi | undefined {
  // A bundle of CommonJS has no address.
  const address: string | undefined = import.meta.url;
  if (address === undefined) return undefined;
  const require = createRequire(address);
  for (const from of [() => require, () => createRequire(require.resolve('@opentelemetry/instrumentation'))]) {
    try {
      return from()('@opentelemetry/api-logs') as LogsApi;
    } catch {
      // Where packages do not see those of others, the second way leads there.
    }
  }
  return undefined;
}
