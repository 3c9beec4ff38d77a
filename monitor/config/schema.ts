import { CAPTURE_ACCEPTED, CAPTURE_VARIABLE, type CaptureMode, captureMode } from '../../core/content.js';
import { PRESETS } from '../../core/presets.js';
import { DEFAULT_SERIES_LIMIT } from '../../core/store.js';
import { ACCEPTED_LOCATIONS, readStateLocation } from '../../processor/state/location.js';
import { callLabels, duration, flag, oneOf, type Parser, selection, text, trueOrFalse, whole } from './parse.js';

/** One setting: the variable that sets it, how it is read, and what it is if nobody says. */
interface Setting<T, D> {
  readonly env?: string;
  readonly parser: Parser<T>;
  readonly fallback: D;
  readonly secret?: boolean;
}

const setting = <T, D extends T | undefined>(
  env: string | undefined,
  parser: Parser<T>,
  fallback: D,
  secret = false,
): Setting<T, D> => ({
  ...(env === undefined ? {} : { env }),
  parser,
  fallback,
  secret,
});

const CAPTURE: Parser<CaptureMode> = { accepted: CAPTURE_ACCEPTED, parse: captureMode };

/** Two words and no synonyms: what lets text out unmasked is not switched by a slip of the pen. */
const REDACTION: Parser<'on' | 'off'> = {
  accepted: 'on or off',
  parse(value) {
    const word = String(value).trim().toLowerCase();
    return word === 'on' || word === 'off' ? word : undefined;
  },
};

const STATE: Parser<string> = {
  accepted: ACCEPTED_LOCATIONS,
  parse(value) {
    if (typeof value !== 'string') return undefined;
    try {
      readStateLocation(value);
      return value;
    } catch {
      return undefined;
    }
  },
};

/** The standard variable is a list for all areas: only our words in it concern us. In code: the profile itself. */
const SEMCONV: Parser<'1.41' | 'latest' | 'both'> = {
  accepted: "1.41, latest or both (in OTEL_SEMCONV_STABILITY_OPT_IN: gen_ai_latest_experimental, or with '/dup' both)",
  parse(value) {
    if (typeof value !== 'string') return undefined;
    if (value === '1.41' || value === 'latest' || value === 'both') return value;
    const words = value.split(',').map(word => word.trim());
    if (words.includes('gen_ai_latest_experimental/dup')) return 'both';
    return words.includes('gen_ai_latest_experimental')
      ? 'latest'
      : words.some(word => word.startsWith('gen_ai'))
        ? undefined
        : '1.41';
  },
};

/**
 * Every setting of the monitor: the one place where its variable, what it accepts and its default stand.
 * Precedence: code, then environment, then the config file, then the default.
 */
export const SETTINGS = {
  disabled: setting('OTEL_SDK_DISABLED', trueOrFalse, false),
  serviceName: setting('OTEL_SERVICE_NAME', text('1 to 255 characters', /^[^\p{C}]{1,255}$/u), undefined),
  preset: setting('LLM_MONITOR_PRESET', oneOf(PRESETS), 'online'),
  semconv: setting('OTEL_SEMCONV_STABILITY_OPT_IN', SEMCONV, '1.41'),
  captureContent: setting(CAPTURE_VARIABLE, CAPTURE, 'none'),
  redaction: setting('LLM_MONITOR_REDACTION', REDACTION, 'on'),
  host: setting(
    'OTEL_EXPORTER_PROMETHEUS_HOST',
    text('a host name or an IP address', /^[A-Za-z0-9.:[\]_-]{1,253}$/),
    '127.0.0.1',
  ),
  port: setting('OTEL_EXPORTER_PROMETHEUS_PORT', whole(0, 65_535), 9464),
  token: setting(
    'LLM_MONITOR_TOKEN',
    text('8 to 1024 printable ASCII characters without blanks', /^[\x21-\x7e]{8,1024}$/),
    undefined,
    true,
  ),
  evaluators: setting('LLM_MONITOR_EVALUATORS', selection, undefined),
  detectors: setting('LLM_MONITOR_DETECTORS', selection, undefined),
  seriesLimit: setting('LLM_MONITOR_SERIES_LIMIT', whole(1, 100_000), DEFAULT_SERIES_LIMIT),
  labelTtl: setting('LLM_MONITOR_LABEL_TTL', duration(90 * 86_400), 7 * 86_400),
  state: setting('LLM_MONITOR_STATE', STATE, undefined, true),
  labels: setting('LLM_MONITOR_LABELS', callLabels, {}),
  prices: setting('LLM_MONITOR_PRICES', text('the path of a JSON file', /^[^\0]{1,4096}$/), undefined),
  record: setting('LLM_MONITOR_RECORD', text('the path of a file', /^[^\0]{1,4096}$/), undefined),
  processMetrics: setting('LLM_MONITOR_PROCESS_METRICS', flag, true),
} as const;

export type SettingName = keyof typeof SETTINGS;
type Value<S> = S extends Setting<infer T, infer D> ? (undefined extends D ? T | undefined : T) : never;
export type Settings = { readonly [K in SettingName]: Value<(typeof SETTINGS)[K]> };
