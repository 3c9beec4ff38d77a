import { printable } from './printable.js';
import type { Findings, Report } from './report.js';
import { failures, heading, legend, note, showInterval, showValueOf, showVerdict, showWanted } from './words.js';

export const HEADER = ['measure', 'n', 'value', '95 % interval', 'wanted', 'verdict'] as const;
/** Columns of numbers, which end alike. */
const RIGHT: ReadonlySet<number> = new Set([1, 2]);

export interface Cells {
  readonly cells: readonly string[];
  readonly tone: 'good' | 'bad' | 'unsure' | 'plain';
}

/** The rows of a table, gates first. */
export function tableRows({ verdicts, shown }: Findings): Cells[] {
  return [
    ...verdicts.map((verdict): Cells => {
      const { gate, measured, ok, result } = verdict;
      const { threshold } = gate;
      return {
        cells: [
          printable(gate.measure.name),
          String(measured.n),
          showValueOf(measured, threshold),
          showInterval(measured.interval, threshold) + (measured.method === 'bootstrap' ? ' ~' : ''),
          showWanted(gate),
          showVerdict(verdict),
        ],
        tone: result === 'undecided' ? 'unsure' : ok ? 'good' : 'bad',
      };
    }),
    ...shown.map((measured): Cells => {
      const sign = measured.method === 'bootstrap' ? ' ~' : '';
      const { measure, n } = measured;
      const interval = showInterval(measured.interval) + sign;
      return { cells: [printable(measure.name), String(n), showValueOf(measured), interval, '', ''], tone: 'plain' };
    }),
  ];
}

const COLOURS = { good: '32', bad: '31', unsure: '33', plain: '' } as const;

function render(
  header: readonly string[],
  rows: readonly Cells[],
  right: ReadonlySet<number>,
  colour: boolean,
): string {
  const widths = header.map((title, i) => Math.max(title.length, ...rows.map(({ cells }) => cells[i]?.length ?? 0)));
  const line = (cells: readonly string[], paint: (text: string) => string = text => text): string =>
    cells
      .map((cell, i) => {
        const width = widths[i] ?? 0;
        const padded = right.has(i) ? cell.padStart(width) : i === cells.length - 1 ? cell : cell.padEnd(width);
        return i === cells.length - 1 ? paint(padded) : padded;
      })
      .join('  ')
      .trimEnd();
  const painted = rows.map(({ cells, tone }) =>
    line(cells, text =>
      colour && tone !== 'plain' && text !== '' ? `\u001b[${COLOURS[tone]}m${text}\u001b[0m` : text,
    ),
  );
  return [line(header), ...painted].join('\n');
}

/** The report as a person reads it. */
export function textReport(report: Report, colour: boolean): string {
  const parts = [heading(report), render(HEADER, tableRows(report), RIGHT, colour)];
  if (report.slices.length > 0) {
    const rows = report.slices.flatMap(slice =>
      tableRows(slice).map(({ cells, tone }): Cells => ({ cells: [slice.value, ...cells], tone })),
    );
    const right = new Set(Array.from(RIGHT, i => i + 1));
    parts.push(render([printable(report.slice ?? ''), ...HEADER], rows, right, colour));
  }
  const notes = [...report.verdicts.map(note), legend(report)].filter(text => text !== undefined);
  if (notes.length > 0) parts.push(notes.join('\n'));
  parts.push(conclusion(report));
  return `${parts.join('\n\n')}\n`;
}

/** The last line: what the exit code says, and why. */
export function conclusion(report: Report): string {
  if (report.verdicts.length === 0) return 'nothing was wanted, so nothing failed';
  if (report.ok) return 'passed';
  return failures(report)
    .map(text => `failed: ${text}`)
    .join('\n');
}
