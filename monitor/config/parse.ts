import { MonitorError, showValue } from '../../core/errors.js';

/**
 * How one setting is read: `parse` takes what code or a config file gave, or the text of a variable, and gives undefined for
 * what is not accepted. `accepted` completes the sentence "expected ..".
 */
export interface Parser<T> {
  readonly accepted: string;
  parse(value: unknown): T | undefined;
}

export const text = (accepted: string, pattern: RegExp): Parser<string> => ({
  accepted,
  parse: value => (typeof value === 'string' && pattern.test(value) ? value : undefined),
});

export const oneOf = <const T extends string>(values: readonly T[]): Parser<T> => ({
  accepted: values.join(', '),
  parse: value => values.find(known => known === value),
});

export const flag: Parser<boolean> = {
  accepted: 'true, false, on, off, 1 or 0',
  parse(value) {
    if (typeof value === 'boolean') return value;
    const word = String(value).trim().toLowerCase();
    if (['true', 'on', '1', 'yes'].includes(word)) return true;
    return ['false', 'off', '0', 'no'].includes(word) ? false : undefined;
  },
};

/** OpenTelemetry's own switches know two words only. */
export const trueOrFalse: Parser<boolean> = {
  accepted: 'true or false',
  parse(value) {
    if (typeof value === 'boolean') return value;
    const word = String(value).trim().toLowerCase();
    return word === 'true' ? true : word === 'false' ? false : undefined;
  },
};

export const whole = (min: number, max: number): Parser<number> => ({
  accepted: `a whole number from ${min} to ${max}`,
  parse(value) {
    if (typeof value !== 'number' && !(typeof value === 'string' && /^\s*\d{1,15}\s*$/.test(value))) return undefined;
    const number = Number(value);
    return Number.isInteger(number) && number >= min && number <= max ? number : undefined;
  },
});

const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };

/** A duration in seconds: a number of seconds, or a text such as `90s`, `15m`, `12h`, `7d`. */
export const duration = (maxSeconds: number): Parser<number> => ({
  accepted: `a duration such as 90s, 15m, 12h or 7d, up to ${maxSeconds / 86_400}d`,
  parse(value) {
    const match = typeof value === 'string' ? /^\s*(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw])\s*$/.exec(value) : null;
    const seconds = match === null ? value : Number(match[1]) * (SECONDS[match[2] as string] as number);
    return typeof seconds === 'number' && seconds > 0 && seconds <= maxSeconds ? seconds : undefined;
  },
});

/** Names, comma-separated or an array: `a,b`, `+a`, `-b`, `none`. Whether a name is known is for who makes the things named. */
export const selection: Parser<readonly string[]> = {
  accepted: 'names separated by commas, +name to add, -name to leave out, or none',
  parse(value) {
    const items = typeof value === 'string' ? value.split(',').map(item => item.trim()) : value;
    if (!Array.isArray(items)) return undefined;
    const names = items.filter(item => item !== '');
    return names.every(name => typeof name === 'string' && /^[+-]?[a-z0-9_.-]{1,64}$/i.test(name)) ? names : undefined;
  },
};

const LABEL = /^[a-zA-Z][a-zA-Z0-9_]{0,62}$/;
const RESERVED = new Set([
  'provider',
  'model',
  'operation',
  'outcome',
  'error_type',
  'class',
  'source',
  'le',
  'quantile',
  'job',
  'instance',
  'prediction',
  'template',
  'task',
]);

/** `team=search|support;tier=free|pro`, or the same as an object of arrays. At most 8 labels of at most 50 values. */
export const callLabels: Parser<Readonly<Record<string, readonly string[]>>> = {
  accepted: `label=value|value;label=value: at most 8 labels of at most 50 values, none named ${[...RESERVED].join(', ')}`,
  parse(value) {
    let entries: [string, unknown][];
    if (typeof value === 'string') {
      const parts = value.split(';').filter(part => part.trim() !== '');
      if (!parts.every(part => part.includes('='))) return undefined;
      entries = parts.map(part => [
        part.slice(0, part.indexOf('=')).trim(),
        part
          .slice(part.indexOf('=') + 1)
          .split('|')
          .map(one => one.trim()),
      ]);
    } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) entries = Object.entries(value);
    else return undefined;
    const good = entries.every(
      ([name, values]) =>
        LABEL.test(name) &&
        !RESERVED.has(name) &&
        Array.isArray(values) &&
        values.length >= 1 &&
        values.length <= 50 &&
        values.every(one => typeof one === 'string' && one.length >= 1 && one.length <= 64),
    );
    return good && entries.length <= 8 ? (Object.fromEntries(entries) as Record<string, readonly string[]>) : undefined;
  },
};

/** Reads one value or says which setting is wrong, what it was (unless it is a secret), and what is accepted. */
export function read<T>(parser: Parser<T>, value: unknown, name: string, secret = false): T {
  const parsed = parser.parse(value);
  if (parsed === undefined) {
    throw new MonitorError(
      'CONFIG_INVALID',
      `${name} is ${secret ? 'not usable (its value is not shown)' : showValue(value)}; expected ${parser.accepted}`,
    );
  }
  return parsed;
}
