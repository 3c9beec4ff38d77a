/** A strict reader of both text formats for tests: it throws on whatever a scraper would refuse. */
export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: {
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
    readonly seconds: number;
  };
}
export interface ParsedFamily {
  readonly name: string;
  type?: string;
  help?: string;
  unit?: string;
  readonly samples: ParsedSample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(,?)/;

const unquote = (text: string): string => text.replace(/\\(.)/g, (_, c: string) => (c === 'n' ? '\n' : c));

function number(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY;
  if (text === '-Inf') return Number.NEGATIVE_INFINITY;
  if (text === 'NaN') return Number.NaN;
  if (!/^-?\d+(?:\.\d+)?(?:e[+-]?\d+)?$/.test(text)) throw new Error(`not a number: ${text}`);
  return Number(text);
}

/** Reads `{..}`, if there is one, and gives what follows it. */
function labels(text: string): [Record<string, string>, string] {
  const out: Record<string, string> = {};
  if (!text.startsWith('{')) return [out, text];
  let rest = text.slice(1);
  while (!rest.startsWith('}')) {
    const found = LABEL.exec(rest);
    if (found === null) throw new Error(`not a label: ${rest}`);
    const [whole, name = '', value = ''] = found;
    if (Object.hasOwn(out, name)) throw new Error(`label ${name} twice`);
    Object.defineProperty(out, name, { value: unquote(value), enumerable: true });
    rest = rest.slice(whole.length);
  }
  return [out, rest.slice(1)];
}

function sample(line: string, openMetrics: boolean): ParsedSample {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw new Error(`not a sample: ${line}`);
  const [found, rest] = labels(line.slice(name.length));
  const [value = '', tail] = rest.slice(1).split(' # ');
  if (!rest.startsWith(' ')) throw new Error(`no space before the value: ${line}`);
  if (tail === undefined) return { name, labels: found, value: number(value) };
  if (!openMetrics) throw new Error(`an exemplar in the older format: ${line}`);
  const [exemplarLabels, after] = labels(tail);
  const [, exemplarValue = '', seconds = ''] = after.split(' ');
  const exemplar = { labels: exemplarLabels, value: number(exemplarValue), seconds: number(seconds) };
  return { name, labels: found, value: number(value), exemplar };
}

const SUFFIXES = ['', '_total', '_bucket', '_sum', '_count', '_info'];

/** Reads a whole answer; families in order of appearance. */
export function parseExposition(text: string, openMetrics: boolean): ParsedFamily[] {
  if (!text.endsWith('\n')) throw new Error('no line feed at the end');
  const lines = text.slice(0, -1).split('\n');
  if (openMetrics && lines.pop() !== '# EOF') throw new Error('no # EOF at the end');
  const families = new Map<string, ParsedFamily>();
  const series = new Set<string>();
  let current: ParsedFamily | undefined;
  for (const line of lines) {
    const meta = /^# (HELP|TYPE|UNIT) (\S+) (.*)$/.exec(line);
    if (meta !== null) {
      const [, what = '', name = '', rest = ''] = meta;
      if (current?.name !== name) {
        if (families.has(name)) throw new Error(`family ${name} in two blocks`);
        current = { name, samples: [] };
        families.set(name, current);
      }
      const field = what.toLowerCase() as 'help' | 'type' | 'unit';
      if (current[field] !== undefined) throw new Error(`second ${what} of ${name}`);
      if (current.samples.length > 0) throw new Error(`${what} after samples of ${name}`);
      current[field] = field === 'help' ? unquote(rest) : rest;
      continue;
    }
    if (current === undefined || line === '' || line.startsWith('#')) throw new Error(`unexpected line: ${line}`);
    const one = sample(line, openMetrics);
    const family = current;
    if (!SUFFIXES.some(suffix => one.name === family.name + suffix))
      throw new Error(`${one.name} within family ${family.name}`);
    const key = JSON.stringify([one.name, Object.entries(one.labels).sort()]);
    if (series.has(key)) throw new Error(`series twice: ${key}`);
    series.add(key);
    family.samples.push(one);
  }
  return [...families.values()];
}

/** All samples of an answer by name and labels, for looking one up. */
export function sampleValue(
  text: string,
  name: string,
  wanted: Readonly<Record<string, string>> = {},
  openMetrics = false,
): number | undefined {
  for (const family of parseExposition(text, openMetrics)) {
    for (const one of family.samples) {
      if (one.name === name && Object.entries(wanted).every(([label, value]) => one.labels[label] === value))
        return one.value;
    }
  }
  return undefined;
}
