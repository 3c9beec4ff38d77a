import type { Random } from '../../core/random.js';
import { choose } from './choose.js';
import { type Gguf, metadataNumber, tensor } from './gguf.js';
import { type Layer, readLayers } from './layers.js';
import { addTo, gateBySilu, multiply, rmsNorm } from './linear.js';
import { Tokenizer } from './tokenizer.js';

/** Keys and values of the tokens so far, one pair a layer; one cache an answer. */
type Cache = readonly { readonly keys: Float32Array; readonly values: Float32Array }[];

/** One token of an answer, the end mark included. */
export interface Token {
  readonly id: number;
  /** Natural logarithm of the probability the model gave it. */
  readonly logprob: number;
  /** True for the end mark, which has no text. */
  readonly end: boolean;
}

export interface AnswerOptions {
  /** At most this many tokens, the end mark counted. */
  readonly maxTokens?: number;
  /** 0 takes the likeliest token; above, `random` draws. */
  readonly temperature?: number;
  readonly random?: Random;
}

export interface Answer {
  readonly text: string;
  /** Without the end mark. */
  readonly ids: readonly number[];
  readonly logprobs: readonly number[];
  readonly finish: 'stop' | 'length';
  readonly inputTokens: number;
  readonly outputTokens: number;
}

const DEFAULT_MAX_TOKENS = 64;
const NOTHING = new Float32Array(0);

/**
 * Inference of a small Llama (grouped queries, interleaved rotary positions, SwiGLU, tied embeddings) with the demo's prompt
 * form. One token takes about half a millisecond; each step runs to its end, so answers may interleave between tokens.
 */
export class TinyLlama {
  readonly tokenizer: Tokenizer;
  /** Tokens that a prompt and its answer may have together. */
  readonly context: number;
  readonly #width: number;
  readonly #heads: number;
  readonly #groups: number;
  readonly #headWidth: number;
  readonly #hidden: number;
  readonly #epsilon: number;
  readonly #end: number;
  readonly #embedding: Float32Array;
  readonly #outputNorm: Float32Array;
  readonly #output: Float32Array;
  readonly #layers: readonly Layer[];
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  // Work space of #step, shared by all answers: a step never pauses.
  readonly #work: Readonly<
    Record<'x' | 'y' | 'q' | 'k' | 'v' | 'mixed' | 'out' | 'gate' | 'up' | 'scores', Float32Array>
  >;

  constructor(gguf: Gguf) {
    const size = (key: string): number => metadataNumber(gguf, `llama.${key}`);
    this.tokenizer = new Tokenizer(gguf);
    this.context = size('context_length');
    this.#width = size('embedding_length');
    this.#heads = size('attention.head_count');
    this.#groups = size('attention.head_count_kv');
    this.#headWidth = this.#width / this.#heads;
    this.#hidden = size('feed_forward_length');
    this.#epsilon = size('attention.layer_norm_rms_epsilon');
    this.#end = metadataNumber(gguf, 'tokenizer.ggml.eos_token_id');
    this.#embedding = tensor(gguf, 'token_embd.weight');
    this.#outputNorm = tensor(gguf, 'output_norm.weight');
    this.#output = gguf.tensors.get('output.weight') ?? this.#embedding;
    this.#layers = readLayers(gguf, size('block_count'));
    const half = this.#headWidth / 2;
    const base = size('rope.freq_base');
    const angle = (i: number): number => Math.floor(i / half) * base ** ((-2 * (i % half)) / this.#headWidth);
    this.#cos = Float64Array.from({ length: this.context * half }, (_, i) => Math.cos(angle(i)));
    this.#sin = Float64Array.from({ length: this.context * half }, (_, i) => Math.sin(angle(i)));
    const floats = (length: number): Float32Array => new Float32Array(length);
    const keyWidth = this.#groups * this.#headWidth;
    this.#work = {
      x: floats(this.#width),
      y: floats(this.#width),
      q: floats(this.#width),
      k: floats(keyWidth),
      v: floats(keyWidth),
      mixed: floats(this.#width),
      out: floats(this.#width),
      gate: floats(this.#hidden),
      up: floats(this.#hidden),
      scores: floats(this.context),
    };
  }

  /** The prompt of a question. The answer follows its last token. */
  promptIds(question: string): number[] {
    const { tokenizer } = this;
    return [
      tokenizer.control('<|bos|>'),
      tokenizer.control('<|user|>'),
      ...tokenizer.encode(question),
      tokenizer.control('<|bot|>'),
    ];
  }

  /**
   * Answers a question one token at a time; ends with the end mark, at `maxTokens`, or when the context is full.
   * @throws RangeError where the question alone fills the context
   */
  *stream(question: string, options: AnswerOptions = {}): Generator<Token, void, void> {
    const { maxTokens = DEFAULT_MAX_TOKENS, temperature = 0, random = () => 0 } = options;
    const prompt = this.promptIds(question);
    if (prompt.length >= this.context)
      throw new RangeError(`the question is ${prompt.length} tokens with its marks; at most ${this.context - 1} fit`);
    const cache = this.#createCache();
    const last = prompt.pop() as number;
    let position = 0;
    for (const id of prompt) this.#step(id, position++, cache, false);
    let next = last;
    for (let count = 1; count <= maxTokens && position < this.context; count++) {
      const logits = this.#step(next, position++, cache, true);
      const token = choose(logits, temperature, random);
      const end = token.id === this.#end;
      yield { ...token, end };
      if (end) return;
      next = token.id;
    }
  }

  /** The same, plus the text each token adds; a character that is split over two tokens comes whole with the second. */
  *pieces(question: string, options: AnswerOptions = {}): Generator<Token & { readonly text: string }, void, void> {
    const decoder = new TextDecoder();
    for (const token of this.stream(question, options)) {
      const bytes = token.end ? [] : this.tokenizer.bytes(token.id);
      yield { ...token, text: decoder.decode(Uint8Array.from(bytes), { stream: true }) };
    }
  }

  /** The whole answer at once. */
  answer(question: string, options: AnswerOptions = {}): Answer {
    const ids: number[] = [];
    const logprobs: number[] = [];
    let finish: Answer['finish'] = 'length';
    for (const token of this.stream(question, options)) {
      logprobs.push(token.logprob);
      if (token.end) finish = 'stop';
      else ids.push(token.id);
    }
    const inputTokens = this.promptIds(question).length;
    return { text: this.tokenizer.decode(ids), ids, logprobs, finish, inputTokens, outputTokens: logprobs.length };
  }

  #createCache(): Cache {
    const length = this.context * this.#groups * this.#headWidth;
    return this.#layers.map(() => ({ keys: new Float32Array(length), values: new Float32Array(length) }));
  }

  /** Feeds one token and gives the logits of the next; `read` false skips what only the logits need. */
  #step(id: number, position: number, cache: Cache, read: boolean): Float32Array {
    const { x, y, q, k, v, out, mixed, gate, up } = this.#work;
    const width = this.#width;
    const hidden = this.#hidden;
    const keyWidth = this.#groups * this.#headWidth;
    x.set(this.#embedding.subarray(id * width, (id + 1) * width));
    for (const [index, layer] of this.#layers.entries()) {
      const { keys, values } = cache[index] as Cache[number];
      rmsNorm(y, x, layer.attentionNorm, this.#epsilon);
      multiply(k, layer.key, y, keyWidth, width);
      multiply(v, layer.value, y, keyWidth, width);
      this.#rotate(k, this.#groups, position);
      keys.set(k, position * keyWidth);
      values.set(v, position * keyWidth);
      // Of a prompt token before the last nobody reads more than its keys and values.
      if (!read && index === this.#layers.length - 1) return NOTHING;
      multiply(q, layer.query, y, width, width);
      this.#rotate(q, this.#heads, position);
      this.#attend(keys, values, position);
      multiply(out, layer.attentionOutput, mixed, width, width);
      addTo(x, out);
      rmsNorm(y, x, layer.feedForwardNorm, this.#epsilon);
      multiply(gate, layer.gate, y, hidden, width);
      multiply(up, layer.up, y, hidden, width);
      gateBySilu(gate, up);
      multiply(out, layer.down, gate, width, hidden);
      addTo(x, out);
    }
    rmsNorm(y, x, this.#outputNorm, this.#epsilon);
    const logits = new Float32Array(this.tokenizer.size);
    multiply(logits, this.#output, y, this.tokenizer.size, width);
    return logits;
  }

  /** Turns each head's pairs by the angle of the position (Su et al. 2021). */
  #rotate(z: Float32Array, heads: number, position: number): void {
    const half = this.#headWidth / 2;
    for (let head = 0; head < heads; head++) {
      for (let i = 0; i < half; i++) {
        const cos = this.#cos[position * half + i]!;
        const sin = this.#sin[position * half + i]!;
        const at = head * this.#headWidth + 2 * i;
        const a = z[at]!;
        const b = z[at + 1]!;
        z[at] = a * cos - b * sin;
        z[at + 1] = a * sin + b * cos;
      }
    }
  }

  /** Softmax attention of the queries over the cached positions, each group of heads sharing keys and values. */
  #attend(keys: Float32Array, values: Float32Array, position: number): void {
    const { q, mixed, scores } = this.#work;
    const headWidth = this.#headWidth;
    const keyWidth = this.#groups * headWidth;
    const root = Math.sqrt(headWidth);
    mixed.fill(0);
    for (let head = 0; head < this.#heads; head++) {
      const group = Math.floor((head * this.#groups) / this.#heads) * headWidth;
      const offset = head * headWidth;
      let highest = Number.NEGATIVE_INFINITY;
      let sum = 0;
      for (let t = 0; t <= position; t++) {
        let dot = 0;
        for (let i = 0; i < headWidth; i++) dot += q[offset + i]! * keys[t * keyWidth + group + i]!;
        scores[t] = dot / root;
        if (scores[t]! > highest) highest = scores[t]!;
      }
      for (let t = 0; t <= position; t++) {
        scores[t] = Math.exp(scores[t]! - highest);
        sum += scores[t]!;
      }
      for (let t = 0; t <= position; t++) {
        const weight = scores[t]! / sum;
        for (let i = 0; i < headWidth; i++) mixed[offset + i]! += weight * values[t * keyWidth + group + i]!;
      }
    }
  }
}
