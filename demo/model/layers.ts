import { type Gguf, tensor } from './gguf.js';

/** The weights of one layer, each matrix in rows. */
export interface Layer {
  readonly attentionNorm: Float32Array;
  readonly query: Float32Array;
  readonly key: Float32Array;
  readonly value: Float32Array;
  readonly attentionOutput: Float32Array;
  readonly feedForwardNorm: Float32Array;
  readonly gate: Float32Array;
  readonly up: Float32Array;
  readonly down: Float32Array;
}

/** The layers of a Llama model file. @throws MonitorError INVALID_ARGUMENT where a tensor is missing */
export function readLayers(gguf: Gguf, count: number): readonly Layer[] {
  return Array.from({ length: count }, (_, index) => {
    const weight = (name: string): Float32Array => tensor(gguf, `blk.${index}.${name}.weight`);
    return {
      attentionNorm: weight('attn_norm'),
      query: weight('attn_q'),
      key: weight('attn_k'),
      value: weight('attn_v'),
      attentionOutput: weight('attn_output'),
      feedForwardNorm: weight('ffn_norm'),
      gate: weight('ffn_gate'),
      up: weight('ffn_up'),
      down: weight('ffn_down'),
    };
  });
}
