import { printable } from './printable.js';
import type { Findings, Report } from './report.js';
import { conclusion, HEADER, tableRows } from './table.js';
import { heading, legend, note } from './words.js';

/** Text in which no sign means anything to Markdown or HTML. */
export function markdown(text: string): string {
  return printable(text)
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/[\\`*_{}[\]()#+!|~@:-]/g, sign => `&#${sign.charCodeAt(0)};`);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    line(header.map(markdown)),
    line(header.map(() => '---')),
    ...rows.map(cells => line(cells.map(markdown))),
  ].join('\n');
}

function cellsOf(findings: Findings): readonly (readonly string[])[] {
  return tableRows(findings).map(({ cells }) => cells);
}

/** The report as a page that GitHub shows beside a run. */
export function markdownReport(report: Report): string {
  const title = report.verdicts.length === 0 ? 'Measures' : report.ok ? 'Check passed' : 'Check failed';
  const parts = [`### ${title}`, markdown(heading(report)), table(HEADER, cellsOf(report))];
  if (report.slices.length > 0) {
    const rows = report.slices.flatMap(slice => cellsOf(slice).map(cells => [slice.value, ...cells]));
    parts.push(table([report.slice ?? '', ...HEADER], rows));
  }
  const notes = [...report.verdicts.map(note), legend(report)].filter(text => text !== undefined);
  if (!report.ok) notes.unshift(...conclusion(report).split('\n'));
  if (notes.length > 0) parts.push(notes.map(text => `- ${markdown(text)}`).join('\n'));
  return `${parts.join('\n\n')}\n\n`;
}
