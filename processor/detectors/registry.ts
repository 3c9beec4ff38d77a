import { MonitorError, showValue } from '../../core/errors.js';
import { CombinedDetector } from './combined.js';
import type { Detector } from './detector.js';
import { HalfSpaceTreesDetector } from './half-space-trees.js';
import { IsolationForestDetector } from './isolation-forest.js';
import { OneClassSvmDetector } from './one-class-svm.js';
import { RobustZDetector } from './robust-z.js';

/** What a detector is made from. */
export interface DetectorOptions {
  /** Numbers in a sample. */
  readonly width: number;
  readonly seed: number;
}

/** Every detector by its name: a new one is one file and one row. */
const DETECTORS: ReadonlyMap<string, (options: DetectorOptions) => Detector> = new Map<
  string,
  (options: DetectorOptions) => Detector
>([
  ['combined', options => new CombinedDetector(options)],
  ['isolation_forest', options => new IsolationForestDetector(options)],
  ['one_class_svm', options => new OneClassSvmDetector(options)],
  ['half_space_trees', options => new HalfSpaceTreesDetector(options)],
  ['robust_z', options => new RobustZDetector(options)],
]);

export const DETECTOR_NAMES: readonly string[] = [...DETECTORS.keys()];
/** What runs where nothing was chosen. */
export const DEFAULT_DETECTORS: readonly string[] = ['combined'];

/** One word of a selection: a name, `+name`, `-name` or `none`; or a detector made elsewhere. */
export type DetectorChoice = string | Detector;

/**
 * The detectors that a selection names, each once. `name` alone starts from nothing, `+name` and `-name` change the default set
 * (or what stands before them), `none` clears it, a detector made elsewhere is added. Words may hold several names with commas.
 * @param selection the default set if absent or empty
 * @throws MonitorError CONFIG_INVALID for a name that is not known; the message names those that are
 */
export function createDetectors(
  selection: string | readonly DetectorChoice[] | undefined,
  options: DetectorOptions,
): readonly Detector[] {
  const words = (typeof selection === 'string' ? [selection] : (selection ?? []))
    .flatMap((word): readonly DetectorChoice[] => (typeof word === 'string' ? word.split(',') : [word]))
    .map(word => (typeof word === 'string' ? word.trim() : word))
    .filter(word => word !== '');
  const fromNothing = words.some(word => typeof word === 'string' && word !== 'none' && !/^[+-]/.test(word));
  // A name stands for its detector until the end, so that one which is taken out again is never made.
  const chosen = new Map<string, DetectorChoice>();
  if (!fromNothing) for (const name of DEFAULT_DETECTORS) chosen.set(name, name);
  for (const word of words) {
    if (typeof word !== 'string') chosen.set(checked(word).name, word);
    else if (word === 'none') chosen.clear();
    else {
      const name = word.replace(/^[+-]\s*/, '');
      factory(name);
      if (word.startsWith('-')) chosen.delete(name);
      else chosen.set(name, name);
    }
  }
  return [...chosen.values()].map(each => (typeof each === 'string' ? factory(each)(options) : each));
}

function checked(detector: Detector): Detector {
  if (typeof detector?.scoreOne === 'function' && /^[a-z][a-z0-9_]{0,63}$/.test(detector.name)) return detector;
  throw new MonitorError(
    'CONFIG_INVALID',
    `a detector of your own is named ${showValue(detector?.name)}; expected lower case, digits and _, and a function scoreOne`,
  );
}

function factory(name: string): (options: DetectorOptions) => Detector {
  const create = DETECTORS.get(name);
  if (create !== undefined) return create;
  throw new MonitorError(
    'CONFIG_INVALID',
    `detector ${showValue(name)} is not known; expected none or some of ${DETECTOR_NAMES.join(', ')}`,
  );
}
