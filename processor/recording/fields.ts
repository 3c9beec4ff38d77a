/** An object of which nobody knows yet what is in it. */
export type Fields = Readonly<Record<string, unknown>>;
/** Refuses a field, with what it should be; never returns. */
export type FieldReader = (field: string, expected: string) => never;

export function fieldsOf(value: unknown, path: string, fail: FieldReader): Fields {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(path, 'an object');
  return value as Fields;
}

export function numberOf(fields: Fields, name: string, fail: FieldReader): number {
  const value = fields[name];
  return typeof value === 'number' && Number.isFinite(value) ? value : fail(name, 'a number');
}

/** The latest time that a `Date` holds. */
const LAST = 8.64e15;

/** Milliseconds since the epoch that are a date. */
export function timeOf(fields: Fields, name: string, fail: FieldReader): number {
  const value = fields[name];
  return typeof value === 'number' && value >= 0 && value <= LAST ? value : fail(name, 'milliseconds since the epoch');
}

/** A number in 0..1. */
export function shareOf(fields: Fields, name: string, fail: FieldReader): number {
  const value = fields[name];
  return typeof value === 'number' && value >= 0 && value <= 1 ? value : fail(name, 'a number from 0 to 1');
}

export function wordOf(fields: Fields, name: string, fail: FieldReader): string {
  const value = fields[name];
  return typeof value === 'string' && value !== '' ? value : fail(name, 'a name');
}

export function flagOf(fields: Fields, name: string, fail: FieldReader): boolean {
  const value = fields[name];
  return typeof value === 'boolean' ? value : fail(name, 'true or false');
}

export function choiceOf<const T extends string>(
  fields: Fields,
  name: string,
  choices: readonly T[],
  fail: FieldReader,
): T {
  return choices.find(choice => choice === fields[name]) ?? fail(name, choices.join(', '));
}

export function optionalNumber<const N extends string>(
  fields: Fields,
  name: N,
  fail: FieldReader,
): { readonly [K in N]?: number } {
  return fields[name] === undefined ? {} : ({ [name]: numberOf(fields, name, fail) } as { readonly [K in N]?: number });
}

export function optionalWord<const N extends string>(
  fields: Fields,
  name: N,
  fail: FieldReader,
): { readonly [K in N]?: string } {
  if (fields[name] === undefined) return {};
  const value = fields[name];
  // A class may be the empty text.
  return (typeof value === 'string' ? { [name]: value } : fail(name, 'a name')) as { readonly [K in N]?: string };
}
