import {
  CAPTURE_ACCEPTED,
  CAPTURE_MODES,
  CAPTURE_VARIABLE,
  type CaptureMode,
  captureMode,
  type Redaction,
} from '../../core/content.js';
import { MonitorError, showValue } from '../../core/errors.js';
import { notice } from '../../core/notice.js';

export interface ContentConfig {
  /**
   * Where the words of calls go: by default where `OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT` says, else nowhere. Without
   * `redact` they go nowhere at all.
   */
  readonly captureContent?: CaptureMode;
  /** Masks each text before it leaves (`maskText` of the processor); `off` lets it out as it is. */
  readonly redact?: Redaction;
}

/** What is done with the words of calls. */
export interface ContentSettings {
  readonly capture: CaptureMode;
  readonly redaction: Redaction | undefined;
}

/**
 * The settings in force. Where words are asked for and cannot be written, or leave as they are, a notice says so.
 * @throws MonitorError CONFIG_INVALID for a `captureContent` or a `redact` in code that is none
 */
export function contentSettings({ captureContent, redact }: ContentConfig): ContentSettings {
  if (redact !== undefined && redact !== 'off' && typeof redact !== 'function')
    throw new MonitorError('CONFIG_INVALID', `redact is ${showValue(redact)}; expected a function of a text, or 'off'`);
  const capture = askedFor(captureContent);
  if (capture === 'none') return { capture, redaction: redact };
  if (redact === undefined) {
    notice(
      `message content is asked for (captureContent or ${CAPTURE_VARIABLE}), but nothing was given to mask it with, so none is ` +
        'written: pass redact (maskText of otel-llm-monitor/processor)',
    );
    return { capture: 'none', redaction: undefined };
  }
  if (redact === 'off') notice('redaction is off: message content leaves this process as it is, unmasked');
  return { capture, redaction: redact };
}

function askedFor(given: unknown): CaptureMode {
  if (given !== undefined) {
    const mode = captureMode(given);
    if (mode === undefined)
      throw new MonitorError(
        'CONFIG_INVALID',
        `captureContent is ${showValue(given)}; expected ${CAPTURE_MODES.join(', ')}`,
      );
    return mode;
  }
  const variable = process.env[CAPTURE_VARIABLE];
  if (variable === undefined || variable === '') return 'none';
  const mode = captureMode(variable);
  if (mode === undefined)
    notice(
      `${CAPTURE_VARIABLE} is ${showValue(variable)}; expected ${CAPTURE_ACCEPTED}: no message content is written`,
    );
  return mode ?? 'none';
}
