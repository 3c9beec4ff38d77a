/** Colours for a terminal, or none of them. */
export interface Style {
  bold(text: string): string;
  dim(text: string): string;
  good(text: string): string;
  bad(text: string): string;
}

const wrap =
  (code: number, end: number) =>
  (text: string): string =>
    `\u001b[${code}m${text}\u001b[${end}m`;
const plain = (text: string): string => text;

export const PLAIN: Style = { bold: plain, dim: plain, good: plain, bad: plain };
export const COLOURED: Style = { bold: wrap(1, 22), dim: wrap(2, 22), good: wrap(32, 39), bad: wrap(31, 39) };

const ESCAPE = /\u001b\[[0-9;]*m/g;

/** Cuts a line to so many visible characters; colours take no room. */
export function fit(line: string, columns: number): string {
  if (line.replace(ESCAPE, '').length <= columns) return line;
  let out = '';
  let room = columns - 1;
  let last = 0;
  for (const match of line.matchAll(ESCAPE)) {
    const part = line.slice(last, match.index).slice(0, room);
    out += part + match[0];
    room -= part.length;
    last = match.index + match[0].length;
  }
  return `${out}${line.slice(last).slice(0, Math.max(0, room))}…`;
}
