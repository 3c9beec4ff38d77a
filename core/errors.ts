/** Every error code of this package, with what it means. An error is data: `code` is stable, the message is for people. */
export const ERROR_CODES = {
  CONFIG_INVALID: 'a setting has a value that is not accepted',
  LABEL_INVALID: 'a label or rating is malformed',
  STATE_MISMATCH: 'saved state has another version, width or kind',
  INVALID_ARGUMENT: 'an argument is outside what the function accepts',
  MISSING_PEER: 'an optional package is needed and not installed',
  REFUSED: 'a server was reached and will not do this, however often it is asked',
  UNAVAILABLE: 'the thing cannot be used now (stopped, or its port or file cannot be had)',
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

const MARKER = Symbol.for('otel-llm-monitor.error');

/**
 * The only error class of this package. The message says what was wrong, the value, and what is accepted; it never holds
 * the text of a message that a user or a model wrote.
 */
export class MonitorError extends Error {
  override readonly name = 'MonitorError';
  readonly code: ErrorCode;
  readonly [MARKER] = true;

  constructor(code: ErrorCode, message: string, options?: { cause?: unknown }) {
    super(message, options);
    this.code = code;
  }

  /** True for errors of this package, also of another copy of it in the same process. */
  static is(value: unknown): value is MonitorError {
    return typeof value === 'object' && value !== null && MARKER in value;
  }
}

/** What to print of anything that was thrown. Never throws, whatever was thrown. */
export function describeError(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error);
  } catch {
    return 'an error that cannot be printed';
  }
}

/** A value as an error message shows it: quoted and cut, so that a wrong setting cannot flood a log. */
export function showValue(value: unknown): string {
  let text: string;
  try {
    text = JSON.stringify(value) ?? String(value);
  } catch {
    // A circle, or nested so deeply that `String` would fail as well.
    text = typeof value === 'bigint' ? String(value) : Array.isArray(value) ? '[array]' : `[${typeof value}]`;
  }
  return text.length > 80 ? `${text.slice(0, 77)}...` : text;
}
