import { readFile } from 'node:fs/promises';
import { describeError, MonitorError, showValue } from '../../core/errors.js';
import type { Page } from './alert.js';

/** A time in which a page is right. */
export interface Incident {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
  readonly name: string;
}

/** How pages stand to what went wrong. */
export interface Judged {
  readonly falsePages: number;
  /** Incidents with a page. */
  readonly found: number;
  /** Seconds from the begin of a found incident to its first page, the middle one; undefined where none was found. */
  readonly delay: number | undefined;
}

/** How long after its end an incident may still be paged, milliseconds: a window of five minutes that must hold for ten. */
const LATE = 15 * 60_000;

/**
 * Reads incidents, one JSON object a line: `{"from": "2026-..Z", "to": "..", "name": ".."}`.
 * @throws MonitorError UNAVAILABLE for a file that cannot be read, INVALID_ARGUMENT with the line and the field
 */
export async function readIncidents(path: string): Promise<readonly Incident[]> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new MonitorError(
      'UNAVAILABLE',
      `--incidents is ${showValue(path)}, which cannot be read: ${describeError(error)}`,
    );
  }
  return text.split('\n').flatMap((line, i) => (line.trim() === '' ? [] : [readIncident(line, i + 1)]));
}

function readIncident(line: string, number: number): Incident {
  const fail = (what: string): never => {
    throw new MonitorError('INVALID_ARGUMENT', `--incidents: line ${number}: ${what}`);
  };
  let fields: Record<string, unknown> | null = null;
  try {
    fields = JSON.parse(line);
  } catch {
    fail('it is not JSON; expected {"from", "to", "name"}');
  }
  const timeOf = (name: string): number => {
    const value = fields?.[name];
    const at = typeof value === 'string' ? Date.parse(value) : Number.NaN;
    return Number.isNaN(at) ? fail(`${name} is wrong; expected a time in ISO 8601`) : at;
  };
  const [from, to] = [timeOf('from'), timeOf('to')];
  if (to < from) fail('to is before from');
  const name = fields?.['name'];
  return { from, to, name: typeof name === 'string' ? name : fail('name is wrong; expected a text') };
}

export function judge(pages: readonly Page[], incidents: readonly Incident[]): Judged {
  const within = (at: number, { from, to }: Incident): boolean => at >= from && at <= to + LATE;
  const delays = incidents
    .map(incident => {
      const first = Math.min(...pages.map(({ at }) => at).filter(at => within(at, incident)));
      return (first - incident.from) / 1000;
    })
    .filter(Number.isFinite)
    .sort((a, b) => a - b);
  return {
    falsePages: pages.filter(({ at }) => !incidents.some(incident => within(at, incident))).length,
    found: delays.length,
    delay: delays[Math.floor((delays.length - 1) / 2)],
  };
}
