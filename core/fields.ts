/** An object whose fields are not known: what a provider sent, or what an app passed. */
export type Fields = Readonly<Record<string, unknown>>;

const NO_FIELDS: Fields = Object.freeze({});
const NO_ITEMS: readonly unknown[] = Object.freeze([]);

/** The fields of an object; none where the value is not one. */
export function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : NO_FIELDS;
}

/** The items of an array; none where the value is not one. */
export function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NO_ITEMS;
}

/** A string with something in it. */
export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** A finite number. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The strings of an array, or a string as an array of one. */
export function textsOf(value: unknown): readonly string[] | undefined {
  if (typeof value === 'string') return [value];
  const texts = itemsOf(value).filter((item): item is string => typeof item === 'string');
  return texts.length > 0 ? texts : undefined;
}
