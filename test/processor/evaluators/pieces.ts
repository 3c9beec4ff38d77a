/** Texts that an expression begins to match: what an attacker would repeat. */

const MOST_COPIES = 12;
const MOST_CHOICES = 3;
const ESCAPED: Readonly<Record<string, string>> = {
  d: '1',
  w: 'a',
  s: ' ',
  S: 'x',
  D: 'x',
  W: '-',
  n: '\n',
  t: '\t',
  r: '\r',
};
const NOTHING = new Set(['b', 'B']);

/**
 * Samples of what an expression matches: one choice of each group, the least copies that a quantifier asks for, at least one.
 * Rough: look-arounds and back-references are left out, so that not every sample matches.
 * @param source of the expression
 */
export function samplesOf(source: string): string[] {
  let at = 0;
  /** The choices of the group that begins here. */
  const choices = (): string[] => {
    const all: string[] = [];
    let now = [''];
    while (at < source.length && source.charAt(at) !== ')') {
      if (source.charAt(at) === '|') {
        all.push(...now);
        now = [''];
        at++;
        continue;
      }
      const part = repeat(atom());
      now = now.flatMap(before => part.map(piece => before + piece)).slice(0, MOST_CHOICES);
    }
    all.push(...now);
    return spread(all);
  };
  const atom = (): string[] => {
    const char = source.charAt(at++);
    if (char === '^' || char === '$') return [''];
    if (char === '.') return ['a'];
    if (char === '[') return [oneOfClass()];
    if (char === '\\') return [escaped()];
    if (char !== '(') return [char];
    const head = /^\?(?:<?[=!]|:|<\w{1,30}>)?/.exec(source.slice(at))?.[0] ?? '';
    at += head.length;
    const inside = choices();
    at++;
    return /[=!]$/.test(head) ? [''] : inside;
  };
  const escaped = (): string => {
    const char = source.charAt(at++);
    const code = /^(?:u\{([0-9a-f]{1,6})\}|u([0-9a-f]{4})|x([0-9a-f]{2}))/i.exec(source.slice(at - 1));
    if (code !== null) {
      at += code[0].length - 1;
      return String.fromCodePoint(Number.parseInt((code[1] ?? code[2] ?? code[3]) as string, 16));
    }
    if (char === 'p' || char === 'P') {
      at = source.indexOf('}', at) + 1;
      return 'a';
    }
    if (NOTHING.has(char) || /[1-9]/.test(char)) return '';
    return ESCAPED[char] ?? char;
  };
  /** The first character of a class; for one that excludes, a letter. */
  const oneOfClass = (): string => {
    const excludes = source.charAt(at) === '^';
    if (excludes) at++;
    let first: string | undefined;
    while (at < source.length && source.charAt(at) !== ']') {
      const char = source.charAt(at++);
      const one = char === '\\' ? escaped() : char;
      first ??= one;
    }
    at++;
    return excludes ? 'x' : (first ?? '');
  };
  const repeat = (part: string[]): string[] => {
    const copies = /^(?:[*+?]|\{(\d{1,6}),?\d{0,6}\})\??/.exec(source.slice(at));
    if (copies === null) return part;
    at += copies[0].length;
    const count = Math.min(MOST_COPIES, Math.max(1, Number(copies[1] ?? 1)));
    return part.map(piece => piece.repeat(count));
  };
  const found = choices();
  return found.filter(sample => sample !== '');
}

/** At most `MOST_CHOICES` of a list: the first, the last, and those between in even steps. */
function spread(list: readonly string[]): string[] {
  if (list.length <= MOST_CHOICES) return [...list];
  return Array.from(
    { length: MOST_CHOICES },
    (_, i) => list[Math.round((i * (list.length - 1)) / (MOST_CHOICES - 1))] as string,
  );
}

/** What to repeat of an expression: its beginning, and all of a match but the end. */
export function piecesOf(source: string): string[] {
  return samplesOf(source).flatMap(sample => [sample.slice(0, 6), sample.slice(0, Math.max(1, sample.length - 1))]);
}
