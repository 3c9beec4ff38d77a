/** How an answer ends: enough to tell a whole one from one that was cut off. */
export interface EndFacts {
  /** Offset behind the last visible character; 0 if there is none. */
  readonly at: number;
  /** The last visible character (a code point); empty if there is none. */
  readonly last: string;
  /** The last line with something on it, at most its last 240 units. */
  readonly line: string;
  /** The line with something on it before that, at most its last 240 units; empty if there is none near. */
  readonly previousLine: string;
  /** White space behind the last visible character holds a line break. */
  readonly newline: boolean;
}

const LINE = 240;
/** A look back at more than this would make the work depend on the text before. */
const WINDOW = 1000;

/** Reads the end of a text: constant work beside stepping over white space at its end. */
export function endFacts(text: string): EndFacts {
  const at = text.trimEnd().length;
  if (at === 0) return { at, last: '', line: '', previousLine: '', newline: false };
  const window = text.slice(Math.max(0, at - WINDOW), at);
  const lines = window.split('\n');
  const line = lines.pop() as string;
  let previousLine = lines.pop() ?? '';
  while (previousLine.trim() === '' && lines.length > 0) previousLine = lines.pop() as string;
  const pair = at > 1 ? (text.codePointAt(at - 2) as number) : 0;
  return {
    at,
    last: pair > 0xffff ? String.fromCodePoint(pair) : text.charAt(at - 1),
    line: line.slice(-LINE),
    previousLine: previousLine.slice(-LINE),
    newline: text.indexOf('\n', at) >= 0,
  };
}
