import { MonitorError } from '../../core/errors.js';
import { type Gguf, metadataStrings } from './gguf.js';

/** How a text is cut before merging: contractions, words with the space before them, digits, marks, spaces (GPT-2's rule). */
const PIECES = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;
const CONTROL = 3;

/** GPT-2's printable stand-in for each byte: itself where it prints, else a character from 256 upwards. */
function byteCharacters(): readonly string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const prints = (byte > 32 && byte < 127) || (byte > 160 && byte < 173) || byte > 173;
    return String.fromCharCode(prints ? byte : next++);
  });
}

/** Byte-level BPE from a model file's vocabulary and merges. */
export class Tokenizer {
  readonly size: number;
  readonly #vocabulary: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;
  readonly #ranks: ReadonlyMap<string, number>;
  readonly #controls: ReadonlySet<number>;
  readonly #characters = byteCharacters();
  readonly #bytes: ReadonlyMap<string, number>;

  constructor(gguf: Gguf) {
    this.#vocabulary = metadataStrings(gguf, 'tokenizer.ggml.tokens');
    this.size = this.#vocabulary.length;
    this.#ids = new Map(this.#vocabulary.map((token, id) => [token, id]));
    this.#ranks = new Map(metadataStrings(gguf, 'tokenizer.ggml.merges').map((merge, rank) => [merge, rank]));
    const types = gguf.metadata.get('tokenizer.ggml.token_type');
    this.#controls = new Set(Array.isArray(types) ? types.flatMap((type, id) => (type === CONTROL ? [id] : [])) : []);
    this.#bytes = new Map(this.#characters.map((character, byte) => [character, byte]));
  }

  /** The id of a token by its own name, such as `<|bos|>`. @throws MonitorError INVALID_ARGUMENT where there is none */
  control(name: string): number {
    const id = this.#ids.get(name);
    if (id !== undefined) return id;
    throw new MonitorError('INVALID_ARGUMENT', `the vocabulary has no token ${name}`);
  }

  /** Ids of a plain text. What looks like a control token is text here: a user cannot type one. */
  encode(text: string): number[] {
    const ids: number[] = [];
    for (const piece of text.match(PIECES) ?? []) for (const token of this.#merge(piece)) ids.push(this.control(token));
    return ids;
  }

  /** The UTF-8 bytes of a token; none for a control token, which is never part of a text. */
  bytes(id: number): number[] {
    if (this.#controls.has(id)) return [];
    return Array.from(this.#vocabulary[id] ?? '', character => this.#bytes.get(character) ?? 0);
  }

  decode(ids: readonly number[]): string {
    return Buffer.from(ids.flatMap(id => this.bytes(id))).toString('utf8');
  }

  /** Joins neighbours, the pair of lowest rank first and the leftmost of equals, until no known pair is left. */
  #merge(piece: string): string[] {
    const parts = Array.from(Buffer.from(piece, 'utf8'), byte => this.#characters[byte] ?? '');
    for (;;) {
      let best = Number.POSITIVE_INFINITY;
      let at = -1;
      for (let i = 0; i + 1 < parts.length; i++) {
        const rank = this.#ranks.get(`${parts[i]} ${parts[i + 1]}`) ?? Number.POSITIVE_INFINITY;
        if (rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at < 0) return parts;
      parts.splice(at, 2, `${parts[at]}${parts[at + 1]}`);
    }
  }
}
