import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Detector } from '../../../processor/detectors/detector.js';
import { createDetectors, DEFAULT_DETECTORS, DETECTOR_NAMES } from '../../../processor/detectors/registry.js';

const OPTIONS = { width: 3, seed: 1 };
const names = (selection: Parameters<typeof createDetectors>[0]): string[] =>
  createDetectors(selection, OPTIONS).map(detector => detector.name);
const own = { ...createDetectors(undefined, OPTIONS)[0]!, name: 'my_own', scoreOne: () => assert.fail() } as Detector;

describe('createDetectors', () => {
  for (const [what, selection, expected] of [
    ['nothing', undefined, DEFAULT_DETECTORS],
    ['an empty list', [], DEFAULT_DETECTORS],
    ['a name', 'isolation_forest', ['isolation_forest']],
    ['a name twice', 'isolation_forest, isolation_forest', ['isolation_forest']],
    ['none', 'none', []],
    ['one taken out', ['-combined'], []],
    ['one taken out and added again', '-combined,+combined', ['combined']],
    ['one beside the default', '+one_class_svm', ['combined', 'one_class_svm']],
    ['one of the user beside the default', [own], ['combined', 'my_own']],
    ['one of the user alone', ['none', own], ['my_own']],
  ] as const) {
    it(`makes of ${what}: ${expected.join(', ') || 'none'}`, () => assert.deepEqual(names(selection), expected));
  }

  it('makes a fresh detector each time, under the name of its row', () => {
    assert.notEqual(createDetectors('isolation_forest', OPTIONS)[0], createDetectors('isolation_forest', OPTIONS)[0]);
    for (const name of DETECTOR_NAMES) assert.deepEqual(names(name), [name]);
  });

  for (const selection of ['isolation_forrest', '+x', '-x', 'toString', ['isolation_forest', 'x']]) {
    it(`refuses ${JSON.stringify(selection)} and names what is known`, () => {
      assert.throws(() => names(selection), { code: 'CONFIG_INVALID', message: /isolation_forest/ });
    });
  }

  it('refuses a detector whose name is no label', () => {
    assert.throws(() => names([{ ...own, name: 'My detector' }]), { code: 'CONFIG_INVALID' });
  });
});
