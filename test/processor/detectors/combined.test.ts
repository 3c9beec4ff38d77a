import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Json } from '../../../core/json.js';
import { createRandom } from '../../../core/random.js';
import { CombinedDetector } from '../../../processor/detectors/combined.js';
import { IsolationForestDetector } from '../../../processor/detectors/isolation-forest.js';

const WIDTH = 4;

/** Usual deviations, of which no single precision number is exact. */
function samples(count: number, seed: number): Float64Array[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, () =>
    Float64Array.from({ length: WIDTH }, () => Math.asinh(2 * (random() + random() + random() - 1.5))),
  );
}

function settle(detector: CombinedDetector): void {
  for (const _ of detector.refit());
}

function taught(): CombinedDetector {
  const detector = new CombinedDetector({ width: WIDTH });
  for (const row of samples(1500, 1)) {
    detector.learnOne(row);
    if (detector.stale) settle(detector);
  }
  return detector;
}

/** The ranks' scores, in the order of their places. */
function isolations(detector: CombinedDetector): Float64Array {
  const { isolations } = detector.save() as { isolations: { scores: string } };
  const bytes = Buffer.from(isolations.scores, 'base64');
  return new Float64Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

describe('CombinedDetector', () => {
  it('ranks among scores of the forest in use, also those of samples that came during a refit', () => {
    const detector = taught();
    const before = isolations(detector);
    const between = samples(2000, 2);
    const slices = detector.refit();
    // The first slices grow the forest; to the last ones, which score, more samples come than are kept.
    for (let i = 0; slices.next().done !== true; i++)
      for (const row of between.splice(0, i < 24 ? 2 : 200)) {
        detector.scoreOne(row);
        detector.learnOne(row);
      }
    const after = isolations(detector);
    assert.ok(between.length < 2000 - 48 - 1024, `${between.length} left`);
    assert.notDeepEqual(after, before);
    // The same forest, asked anew for the samples that are kept.
    const state = detector.save() as { forest: Json; rows: string };
    const forest = new IsolationForestDetector({ width: WIDTH });
    forest.restore(state.forest);
    const rows = Buffer.from(state.rows, 'base64');
    const expected = Float64Array.from({ length: after.length }, (_, place) => {
      const row = Float64Array.from({ length: WIDTH }, (__, f) => rows.readFloatLE(4 * (place * WIDTH + f)));
      return forest.scoreOne(row).value;
    });
    assert.deepEqual(after, expected);
  });

  it('goes on after restore(save()) in the midst of a refit as it would have without that', () => {
    const detector = taught();
    const slices = detector.refit();
    for (let i = 0; i < 28; i++) slices.next();
    const copy = new CombinedDetector({ width: WIDTH });
    copy.restore(JSON.parse(JSON.stringify(detector.save())) as Json);
    for (const row of samples(50, 3)) assert.equal(copy.scoreOne(row).value, detector.scoreOne(row).value);
    // A refit that is given up leaves no trace.
    slices.return(undefined);
    settle(detector);
    settle(copy);
    assert.equal(JSON.stringify(copy.save()), JSON.stringify(detector.save()));
  });

  it('refuses a state whose samples are not those of its scores', () => {
    const good = taught().save() as Record<string, Json>;
    assert.throws(() => new CombinedDetector({ width: WIDTH }).restore({ ...good, rows: 'AAAAAA==' }), {
      code: 'STATE_MISMATCH',
    });
  });
});
