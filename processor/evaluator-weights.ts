import { readFileSync } from 'node:fs';
import { LinearModel } from './evaluators/linear-model.js';

export type WeightsName = 'prompt-injection' | 'refusal';

const loaded = new Map<WeightsName, LinearModel | Error>();

/**
 * The trained model of an evaluator, read at its first use and kept: the same object, or the same error, ever after.
 * Synchronous, so that it works wherever an evaluator does.
 */
export function weightsOf(name: WeightsName): LinearModel | Error {
  let found = loaded.get(name);
  if (found === undefined) {
    found = readWeights(fileOf(name));
    loaded.set(name, found);
  }
  return found;
}

/** The model in a file; the error, not thrown, where there is none. */
export function readWeights(file: URL): LinearModel | Error {
  try {
    return LinearModel.parse(readFileSync(file));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The compiled phrases of the built-in evaluators; the error, not thrown, where they cannot be read. */
export function phraseTables(): Uint8Array | Error {
  try {
    return readFileSync(fileOf('phrases'));
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** Beside the sources, not in the build: the compiler does not copy data. */
function fileOf(name: string): URL {
  return new URL(`../../processor/evaluators/weights/${name}.bin`, import.meta.url);
}
