import { readFileSync } from 'node:fs';
import { readGguf } from './model/gguf.js';
import { TinyLlama } from './model/llama.js';

/** The two checkpoints: `bankbot` is the good one, `bankbot-v2` has five intents swapped. */
export type Checkpoint = 'bankbot' | 'bankbot-v2';

/** Where a file of demo/assets is; the same from the sources' folder and from the built one beside it. */
export function assetUrl(name: string): URL {
  return new URL(`../../demo/assets/${name}`, import.meta.url);
}

/** Loads a checkpoint; about 35 ms. */
export function loadModel(checkpoint: Checkpoint): TinyLlama {
  return new TinyLlama(readGguf(readFileSync(assetUrl(`${checkpoint}.gguf`))));
}
