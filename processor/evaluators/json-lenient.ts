/** What kept a text from being JSON although what it means is plain. */
export type JsonDamage = 'comment' | 'trailing_comma' | 'single_quotes' | 'python_literal';

/** A value that was read leniently: where it ends, its strict spelling and what had to be overlooked. */
export interface LenientValue {
  readonly end: number;
  readonly strict: string;
  readonly damage: ReadonlySet<JsonDamage>;
}

const PYTHON: Readonly<Record<string, string>> = { True: 'true', False: 'false', None: 'null' };
const SPACE = /[\s,:[\]{}"']/;

/**
 * Reads an object or array that starts at `from`, overlooking comments, commas before a closing bracket, single quotes and
 * Python's words for true, false and null. It copies everything else: whether `strict` is JSON is for `JSON.parse` to say.
 * One walk, no recursion.
 * @returns undefined where the brackets never close
 */
export function readLenient(text: string, from: number): LenientValue | undefined {
  const damage = new Set<JsonDamage>();
  const pieces: string[] = [];
  let comma = false;
  let depth = 0;
  let at = from;
  const put = (piece: string): void => {
    if (comma) pieces.push(',');
    comma = false;
    pieces.push(piece);
  };
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"' || char === "'") {
      const end = stringEnd(text, at);
      if (end === undefined) return undefined;
      if (char === "'") damage.add('single_quotes');
      put(char === '"' ? text.slice(at, end) : doubleQuoted(text.slice(at + 1, end - 1)));
      at = end;
    } else if (char === '/' && (text.charAt(at + 1) === '/' || text.charAt(at + 1) === '*')) {
      const line = text.charAt(at + 1) === '/';
      const close = text.indexOf(line ? '\n' : '*/', at + 2);
      if (close < 0) return undefined;
      damage.add('comment');
      at = close + (line ? 1 : 2);
    } else if (char === ',') {
      // Two in a row are damage of another kind: the first stays, and the parser refuses it.
      if (comma) pieces.push(',');
      comma = true;
      at++;
    } else if (char === '}' || char === ']') {
      if (comma) damage.add('trailing_comma');
      // Only behind a value: `[,]` is no list with a comma too many.
      if (comma && !/[\w"}\]]$/.test(pieces.at(-1) ?? '')) pieces.push(',');
      comma = false;
      pieces.push(char);
      at++;
      if (--depth === 0) return { end: at, strict: pieces.join(''), damage };
    } else if (char === '{' || char === '[') {
      put(char);
      depth++;
      at++;
    } else if (char === ' ' || char === '\n' || char === '\r' || char === '\t') {
      // White space still parts what it parted.
      pieces.push(' ');
      at++;
    } else if (char === ':') {
      put(char);
      at++;
    } else {
      let end = at + 1;
      while (end < text.length && !SPACE.test(text.charAt(end)) && text.charAt(end) !== '/') end++;
      const word = text.slice(at, end);
      const literal = Object.hasOwn(PYTHON, word) ? PYTHON[word] : undefined;
      if (literal !== undefined) damage.add('python_literal');
      put(literal ?? word);
      at = end;
    }
  }
  return undefined;
}

/** Behind the quotation mark that closes the string at `start`; undefined where none does. */
function stringEnd(text: string, start: number): number | undefined {
  const quote = text.charCodeAt(start);
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === 0x5c) at++;
    else if (unit === quote) return at + 1;
  }
  return undefined;
}

function doubleQuoted(inside: string): string {
  return `"${inside.replace(/\\[\s\S]|"/g, part => (part === "\\'" ? "'" : part === '"' ? '\\"' : part))}"`;
}

/**
 * Whether an object in a text has a key twice, which `JSON.parse` hides. One walk, no recursion.
 * @param json a text that `JSON.parse` accepts
 */
export function hasDuplicateKey(json: string): boolean {
  // One entry for each open bracket: the keys of an object, undefined for an array.
  const open: (Set<string> | undefined)[] = [];
  let key = false;
  for (let at = 0; at < json.length; at++) {
    const char = json.charAt(at);
    if (char === '{' || char === '[') {
      open.push(char === '{' ? new Set() : undefined);
      key = char === '{';
    } else if (char === '}' || char === ']') open.pop();
    else if (char === ',') key = open.at(-1) !== undefined;
    else if (char === '"') {
      const end = stringEnd(json, at) ?? json.length;
      const keys = open.at(-1);
      if (key && keys !== undefined) {
        const raw = json.slice(at, end);
        const name = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
        if (keys.has(name)) return true;
        keys.add(name);
      }
      key = false;
      at = end - 1;
    }
  }
  return false;
}
