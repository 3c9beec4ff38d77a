import { cleanLabelName, escapeValue, type LabelPair, labelText, valueText } from './label-text.js';

type Attributes = Readonly<Record<string, unknown>>;

/** The labels of one point, and whether no other attribute set can have the same text. */
export interface PointLabels {
  readonly text: string;
  readonly exact: boolean;
}

/**
 * Turns the attribute sets of one scope into label texts, sorted by name; what all points of the scope share is put into words
 * once. A name that meets another one when cleaned takes the slow way that joins their values.
 */
export class Labeller {
  readonly #fixed: readonly LabelPair[];
  /** What every point gets. */
  readonly fixedText: string;
  /** Cleaned name of each attribute, or undefined for the slow way. */
  readonly #clean = new Map<string, string | undefined>();
  readonly #owner = new Map<string, string>();

  constructor(fixed: readonly LabelPair[]) {
    this.#fixed = fixed;
    this.fixedText = labelText(fixed);
    for (const [name] of fixed) {
      this.#owner.set(cleanLabelName(name), name);
      this.#clean.set(name, undefined);
    }
  }

  labels(attributes: Attributes): PointLabels {
    const names = Object.keys(attributes).sort();
    const parts: string[] = [];
    let exact = true;
    for (const name of names) {
      const clean = this.#clean.has(name) ? this.#clean.get(name) : this.#learn(name);
      if (clean === undefined)
        return {
          text: labelText([...names.map((n): LabelPair => [n, attributes[n]]), ...this.#fixed]),
          exact: false,
        };
      const value = attributes[name];
      const written = escapeValue(valueText(value));
      // The number 1 and the text "1", or two characters that cannot be written, end up alike.
      if (written !== value) exact = false;
      parts.push(`${clean}="${written}"`);
    }
    if (this.fixedText !== '') parts.push(this.fixedText);
    return { text: parts.join(','), exact };
  }

  #learn(name: string): string | undefined {
    const clean = cleanLabelName(name);
    const owner = this.#owner.get(clean);
    this.#owner.set(clean, owner ?? name);
    if (owner !== undefined) this.#clean.set(owner, undefined);
    this.#clean.set(name, owner === undefined ? clean : undefined);
    return this.#clean.get(name);
  }
}

interface Known {
  readonly fixedText: string;
  readonly attributes: Attributes[];
  readonly labels: PointLabels[];
}

/**
 * The label texts of the last scrape. The SDK keeps its points in order and hands out the same attribute object for a series each
 * time, so a text is found by comparing two references: 10,000 series cost a tenth of putting them into words again. What an app
 * changes in an attribute object after it recorded with it is not seen, which is right: the series was recorded before.
 */
export class LabelMemory {
  #known: ReadonlyMap<string, Known> = new Map();

  begin(): { labels(metric: string, labeller: Labeller): (attributes: Attributes) => PointLabels; end(): void } {
    const before = this.#known;
    const now = new Map<string, Known>();
    return {
      labels: (metric, labeller) => {
        const { fixedText } = labeller;
        const same = before.get(metric);
        const old = same?.fixedText === fixedText ? same : undefined;
        const known: Known = { fixedText, attributes: [], labels: [] };
        now.set(metric, known);
        return attributes => {
          const at = known.attributes.length;
          const kept = old?.attributes[at] === attributes ? old.labels[at] : undefined;
          const labels = kept ?? labeller.labels(attributes);
          known.attributes.push(attributes);
          known.labels.push(labels);
          return labels;
        };
      },
      end: () => {
        this.#known = now;
      },
    };
  }
}
