import type { Interval } from '../../processor/truth/interval.js';
import { DRAWS } from './bootstrap.js';
import type { Gate, Measured, Verdict } from './decide.js';
import { printable } from './printable.js';
import type { Report } from './report.js';

/** A number in four decimals; in more where it would look like the threshold and is not. */
export function showNumber(value: number, threshold?: number): string {
  const short = Number.isInteger(value) ? String(value) : String(Number(value.toFixed(4)));
  if (Number(short) === 0 && value !== 0) return value.toPrecision(3);
  return Number(short) === threshold && value !== threshold ? String(Number(value.toPrecision(10))) : short;
}

export function showInterval(interval: Interval | undefined, threshold?: number): string {
  return interval === undefined
    ? '-'
    : `${showNumber(interval[0], threshold)} .. ${showNumber(interval[1], threshold)}`;
}

export function showValueOf({ value }: Measured, threshold?: number): string {
  return value === undefined ? '-' : showNumber(value, threshold);
}

export function showWanted({ bound, threshold }: Gate): string {
  return `${bound === 'min' ? '>=' : '<='} ${threshold}`;
}

/** One or two words. */
export function showVerdict({ ok, result }: Verdict): string {
  const word = ok ? 'pass' : 'FAIL';
  return result === 'undecided' ? `${word} (undecided)` : result === 'unknown' ? `${word} (no value)` : word;
}

function count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

/** A gate and what came of it, in one sentence: the line that a person reads first. */
export function sentence({ gate, measured }: Verdict): string {
  const { bound, threshold } = gate;
  const name = printable(gate.measure.name);
  const wanted = `wanted at ${bound === 'min' ? 'least' : 'most'} ${threshold}`;
  if (measured.value === undefined) return `${name} has no value, as no row says anything of it; ${wanted}`;
  const interval = measured.interval === undefined ? '' : ` (95 % ${showInterval(measured.interval, threshold)})`;
  return `${name} is ${showNumber(measured.value, threshold)}${interval} over ${measured.n}; ${wanted}`;
}

/** How sure a verdict is, where that is not plain. */
export function note({ gate, measured, result, by, moreRows }: Verdict): string | undefined {
  const name = printable(gate.measure.name);
  const { interval, why } = measured;
  if (result === 'undecided') {
    const cause =
      interval === undefined ? 'there are too few rows for an interval' : 'the interval holds the threshold';
    const rule = by === 'value' ? 'decided by the value' : 'only certainty counts';
    const more =
      moreRows !== undefined
        ? `; about ${count(moreRows, 'more row')} like these would decide it`
        : interval === undefined
          ? ''
          : '; it is too close for more rows to tell';
    return `${name}: ${cause}; ${rule}${more}`;
  }
  if (result === 'unknown' || by === 'interval') return undefined;
  if (why === 'same') return `${name}: decided by the value; every draw gave the same, so there is no interval`;
  if (why === 'biased') return `${name}: decided by the value; this measure has no interval that can be trusted`;
  return `${name}: decided by the value; the threshold is the end of its range, which no interval can be beyond`;
}

/** What was checked, in one line. */
export function heading({ dataset, rows, kind, leftOut, asked, policy }: Report): string {
  const parts = [
    count(rows, 'row'),
    ...(kind === undefined ? [] : [kind]),
    ...(leftOut === 0 ? [] : [`${leftOut} left out`]),
    ...(asked === undefined ? [] : [`${asked.answers} answered now`]),
    ...(asked === undefined || asked.resumed === 0 ? [] : [`${asked.resumed} before`]),
    ...(asked === undefined || asked.retries === 0 ? [] : [`${asked.retries} retried`]),
    ...(policy === 'value' ? [] : [policy]),
  ];
  return `${printable(dataset)}: ${parts.join(', ')}`;
}

/** What the sign behind an interval means; undefined where none stands. */
export function legend({ verdicts, shown, slices }: Report): string | undefined {
  const all = [{ verdicts, shown }, ...slices].flatMap(f => [...f.verdicts.map(v => v.measured), ...f.shown]);
  return all.some(({ method }) => method === 'bootstrap')
    ? `~ by ${DRAWS} seeded draws of the rows; the others are Wilson's`
    : undefined;
}

/** The verdicts that fail the check, each as a sentence. */
export function failures(report: Report): string[] {
  const own = report.verdicts.filter(({ ok }) => !ok).map(sentence);
  if (!report.everySlice) return own;
  const sliced = report.slices.flatMap(({ value, verdicts }) =>
    verdicts.filter(({ ok }) => !ok).map(verdict => `${printable(report.slice ?? '')} ${value}: ${sentence(verdict)}`),
  );
  return [...own, ...sliced];
}
