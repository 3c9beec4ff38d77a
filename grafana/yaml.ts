/** What a file of settings holds. */
export type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain | undefined };

/** Words and figures that YAML 1.1 or 1.2 would read as something else than a text. */
const RESERVED = /^(?:~|null|true|false|yes|no|on|off|y|n|\.nan|[-+]?\.inf|[-+]?[\d.][\d_.,:eE+-]*|0[xob][\da-f_]+)$/i;
const SIMPLE = /^[A-Za-z0-9_./$][A-Za-z0-9_ ./$%()+@*-]*(?::[A-Za-z0-9_/][A-Za-z0-9_ ./$%()+@*:-]*)?$/;
/** Longer single lines are put on a line of their own. */
const WIDE = 90;

function scalar(value: string | number | boolean | null): string {
  if (typeof value !== 'string') return typeof value === 'number' && !Number.isFinite(value) ? 'null' : String(value);
  const simple = SIMPLE.test(value) && !RESERVED.test(value) && !/\s$|:$|: /.test(value);
  if (simple) return value;
  if (/^[\u0020-\u007e]*$/.test(value) && value.includes('"') && !value.includes("'")) return `'${value}'`;
  // JSON's strings are YAML's double-quoted ones, but for two separators that YAML reads as line ends.
  return JSON.stringify(value).replace(/[\u007f-\u00a0\u2028\u2029\ufeff]/g, escapeCode);
}

function escapeCode(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** True for texts that a literal block holds unchanged: printable lines, the first not indented, no blank at the end. */
function blockable(value: string): boolean {
  if (!value.includes('\n') && value.length <= WIDE) return false;
  return /^[^\s]/.test(value) && !/[ \t]$/m.test(value) && !/[^\n\u0020-\u007e\u00a1-\ud7ff\ue000-\ufefe]/.test(value);
}

function literal(value: string, pad: string): string {
  const body = value.replace(/(?<!\n)\n+$/, '');
  const end = value.length - body.length;
  const lines = [...body.split('\n'), ...(end > 1 ? new Array<string>(end - 1).fill('') : [])];
  const mark = end === 0 ? '|-' : end === 1 ? '|' : '|+';
  return `${mark}\n${lines.map(line => (line === '' ? '' : pad + line)).join('\n')}`;
}

const isList = (value: Plain): value is readonly Plain[] => Array.isArray(value);

/** Text after `key:` or `-`, on the same line or on the next ones. */
function node(value: Plain, depth: number): string {
  const pad = '  '.repeat(depth);
  if (typeof value === 'string' && blockable(value)) return ` ${literal(value, pad)}`;
  if (value === null || typeof value !== 'object') return ` ${scalar(value)}`;
  if (isList(value)) {
    if (value.length === 0) return ' []';
    return `\n${value.map(item => `${pad}-${entry(item, depth + 1)}`).join('\n')}`;
  }
  const keys = Object.keys(value).filter(key => value[key] !== undefined);
  if (keys.length === 0) return ' {}';
  return `\n${keys.map(key => `${pad}${scalar(key)}:${node(value[key] as Plain, depth + 1)}`).join('\n')}`;
}

/** An item of a list: its first line stands beside the dash. */
function entry(value: Plain, depth: number): string {
  const text = node(value, depth);
  return text.startsWith('\n') ? ` ${text.slice(1 + 2 * depth)}` : text;
}

/**
 * Plain data as block-style YAML that YAML 1.1 and 1.2 readers understand alike. Keys keep their order, undefined ones are left
 * out, long texts become literal blocks. A number that is not finite becomes null.
 * @param header comment lines for the top, without their `#`
 */
export function toYaml(value: Plain, header: readonly string[] = []): string {
  const text = node(value, 0);
  return `${header.map(line => `# ${line}\n`).join('')}${text.startsWith('\n') ? text.slice(1) : text.trimStart()}\n`;
}
