import type { Interval } from '../../processor/truth/interval.js';

/** No line ends between a figure and its unit. */
const GAP = '\u00a0';
/** How figures are written: the same on any machine, whatever its language. */
const plainNumber = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function count(value: number): string {
  return plainNumber.format(value);
}

/** One decimal, two below 1 %. */
export function percent(value: number): string {
  const digits = value > 0 && value < 0.01 ? 2 : 1;
  return `${(value * 100).toFixed(digits)}${GAP}%`;
}

export function percents([low, high]: Interval): string {
  return `${percent(low)} to ${percent(high)}`;
}

export function seconds(value: number): string {
  if (value < 1) return `${Number((value * 1000).toPrecision(3))}${GAP}ms`;
  return value < 100 ? `${Number(value.toPrecision(3))}${GAP}s` : `${count(value)}${GAP}s`;
}

export function usd(value: number): string {
  if (value !== 0 && value < 0.01) return `$${Number(value.toPrecision(2))}`;
  return `$${value.toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 })}`;
}

/** A figure without a unit, to three decimals or three digits. */
export function figure(value: number): string {
  return Math.abs(value) <= 1 ? value.toFixed(3) : Number(value.toPrecision(4)).toLocaleString('en-US');
}

export function figures([low, high]: Interval): string {
  return `${figure(low)} to ${figure(high)}`;
}

/** A point of time in UTC, to the second. */
export function moment(at: number): string {
  return `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

const UNITS = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A length of time in its largest unit. */
export function span(secondsLong: number): string {
  for (const [unit, of] of UNITS) {
    if (secondsLong < of) continue;
    const value = Number((secondsLong / of).toFixed(1));
    return `${value} ${unit}${value === 1 ? '' : 's'}`;
  }
  return 'less than a second';
}
