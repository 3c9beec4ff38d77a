import assert from 'node:assert/strict';
import { test } from 'node:test';
import { windowLabel } from '../../processor/truth/task-config.js';
import { createRig } from '../processor/truth/truth-harness.js';
import { skipWithoutShared } from '../shared.js';
import { compare } from './compare.js';
import { type ReferenceStream, referenceStreams } from './reference-files.js';

type Figures = Readonly<Record<string, number | boolean | null | readonly number[]>>;
type Stream = ReferenceStream<{
  readonly count_window: Readonly<Record<string, Figures>>;
  readonly time_window: Readonly<Record<string, Figures>>;
}>;

const streams: readonly Stream[] = referenceStreams();
const RATES = ['precision', 'recall', 'f1'] as const;

test('what is undefined is absent, every other figure and interval is the reference', {
  skip: skipWithoutShared('data', 'reference', 'windows.json'),
}, () => {
  let compared = 0;
  let absent = 0;
  for (const stream of streams) {
    const { labels: classes, positive } = stream;
    const rig = createRig({
      labelTtl: stream.ttl / 1000,
      windows: { count: stream.count_windows, seconds: stream.time_windows.map(ms => ms / 1000) },
      tasks: {
        default: positive === null ? { kind: 'multiclass', classes } : { kind: 'binary', classes, positive },
      },
    });
    let next = 0;
    for (const { at, count_window, time_window } of stream.expected) {
      for (let event = stream.events[next]; event !== undefined && event[0] <= at; event = stream.events[++next]) {
        const [when, kind, id, said, score] = event;
        rig.at(when);
        if (kind === 'label') rig.label(id, said);
        else rig.call(id, { prediction: { value: said, ...(typeof score === 'number' ? { score } : {}) } });
      }
      rig.at(at);
      const value = rig.read('truth.window');
      const low = rig.read('truth.window.low');
      const high = rig.read('truth.window.high');
      const named = [
        ...Object.entries(count_window),
        ...Object.entries(time_window).map(([ms, f]) => [windowLabel({ kind: 'time', ms: Number(ms) }), f] as const),
      ];
      for (const [window, figures] of named) {
        const key = (rest: string): string => `task=default model=all window=${window} ${rest}`;
        const place = `${stream.name} at ${at}, ${window}`;
        const wilson = figures['accuracy_wilson95'];
        const ends = [low[key('measure=accuracy')], high[key('measure=accuracy')]];
        compared += compare(wilson === null ? ends[0] : ends, wilson, `${place} interval of accuracy`);
        // MCC of a single class is 0 with a flag there and absent here.
        const mcc = value[key('measure=mcc')];
        if (mcc === undefined) assert.ok(figures['mcc'] === 0 || figures['mcc'] === null, `${place} mcc`);
        else compared += compare(mcc, figures['mcc'], `${place} mcc`);
        if (positive === null) continue;
        for (const rate of RATES) {
          const found: number | undefined = value[key(`measure=${rate} average=class class=${positive}`)];
          if (figures[`${rate}_undefined`] === true) {
            assert.equal(found, undefined, `${place} ${rate}`);
            absent++;
          } else compared += compare(found, figures[rate], `${place} ${rate}`);
        }
      }
    }
  }
  assert.ok(compared > 1500, `${compared} figures compared`);
  assert.ok(absent > 5, `${absent} figures absent`);
});
