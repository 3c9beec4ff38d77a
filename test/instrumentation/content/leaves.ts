/** One string in a value of JSON: the way to it, and that way without the numbers. JSON inside a string is gone into. */
export interface Leaf {
  readonly path: readonly (string | number | typeof INSIDE)[];
  readonly pattern: string;
  readonly text: string;
}

/** The step into JSON that stands in a string. */
export const INSIDE = Symbol('inside');

function inner(text: string): unknown {
  if (!/^[{[]/.test(text)) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function leaves(value: unknown, path: Leaf['path'] = []): Leaf[] {
  if (typeof value === 'string') {
    const nested = inner(value);
    if (nested !== undefined) return leaves(nested, [...path, INSIDE]);
    const pattern = path
      .map(step => (step === INSIDE ? '~' : typeof step === 'number' ? '[]' : `.${String(step)}`))
      .join('')
      .replace(/^\./, '');
    return [{ path, pattern, text: value }];
  }
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, item]) =>
    leaves(item, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The value with another text in the place of one of its strings. */
export function planted(value: unknown, [step, ...rest]: Leaf['path'], text: string): unknown {
  if (step === undefined) return text;
  if (step === INSIDE) return JSON.stringify(planted(inner(value as string), rest, text));
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? planted(item, rest, text) : item));
  const given = value as Readonly<Record<string, unknown>>;
  return { ...given, [step as string]: planted(given[step as string], rest, text) };
}
