/** What a model that has not answered yet is called in labels, and any past the limit. */
export const OTHER_MODEL = 'other';

/**
 * Which names of models may become label values. A name becomes one with its first successful answer, so that mistyped names,
 * which a provider refuses, never make a series. Names past the limit are `other`.
 */
export class ModelNames {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit = 200) {
    this.#limit = limit;
  }

  /** The label value for a model. */
  label(name: string): string {
    return this.#known.has(name) ? name : OTHER_MODEL;
  }

  /** Makes a name a label value, because a provider answered under it. @returns its label value */
  admit(name: string): string {
    if (this.#known.has(name)) return name;
    if (this.#known.size >= this.#limit || name === '' || name === 'unknown') return OTHER_MODEL;
    this.#known.add(name);
    return name;
  }
}
