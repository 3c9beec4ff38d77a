import assert from 'node:assert/strict';
import { test } from 'node:test';
import { confidenceOf, expectedCalibrationError } from '../../processor/truth/calibration.js';
import { CallIndex } from '../../processor/truth/call-index.js';
import { f1Interval, wilson } from '../../processor/truth/interval.js';
import { ALL_MODELS, TaskJoin } from '../../processor/truth/join.js';
import { classification, classMeasures } from '../../processor/truth/measures.js';
import { averagePrecision, brier, logLoss, rocAuc, splitScores } from '../../processor/truth/scores.js';
import {
  NO_VERDICT,
  type Pair,
  type SlidingWindow,
  type Verdict,
  type WindowSpan,
} from '../../processor/truth/sliding-window.js';
import { windowLabel } from '../../processor/truth/task-config.js';
import { createRig, pick, type Rig } from '../processor/truth/truth-harness.js';
import { skipWithoutShared } from '../shared.js';
import { compare } from './compare.js';
import { type ReferenceEvent, type ReferenceStream, referenceStreams } from './reference-files.js';

type Stream = ReferenceStream<Readonly<Record<string, unknown>>>;

const streams: readonly Stream[] = referenceStreams();

function figures(window: SlidingWindow, { labels, positive }: Stream): Record<string, unknown> {
  const { matrix } = window;
  const all = classification(
    matrix,
    labels.map((_, i) => i),
  );
  const out: Record<string, unknown> = {
    n: window.size,
    confusion: matrix.toRows(labels.length),
    accuracy: all?.accuracy,
    accuracy_wilson95: wilson(matrix.right, matrix.total),
    balanced_accuracy: all?.balancedAccuracy,
    macro_f1: all?.macro.f1,
    weighted_f1: all?.weighted.f1,
    mcc: all?.mcc,
    kappa: all?.kappa,
  };
  if (positive === null) return out;
  const index = labels.indexOf(positive);
  const one = classMeasures(index, matrix.counts(index));
  const verdicts = Array.from(window.pairs(), pair => pair.verdict);
  const split = splitScores(
    verdicts.map(v => v.score),
    verdicts.map(v => v.actual === index),
  );
  return {
    ...out,
    precision: one.precision,
    recall: one.recall,
    f1: one.f1,
    precision_undefined: one.precisionUndefined,
    recall_undefined: one.recallUndefined,
    f1_undefined: one.f1Undefined,
    roc_auc: rocAuc(split),
    average_precision: averagePrecision(split),
    log_loss: logLoss(split),
    brier: brier(split),
    ece_confidence: expectedCalibrationError(
      verdicts.map(v => confidenceOf(v.score, v.predicted === index)),
      verdicts.map(v => v.actual === v.predicted),
    ),
  };
}

interface StreamCall {
  readonly predicted: number;
  readonly score: number;
  pair?: Pair;
}

/** The engine under the events of a stream, asked at each checkpoint. */
function replay(stream: Stream): Record<string, unknown>[] {
  const spans: WindowSpan[] = [
    ...stream.count_windows.map((pairs): WindowSpan => ({ kind: 'count', pairs })),
    ...stream.time_windows.map((ms): WindowSpan => ({ kind: 'time', ms })),
  ];
  const count = { calls: 0, matched: 0, replaced: 0, orphan: 0, expired: 0 };
  let pending = 0;
  const calls: StreamCall[] = [];
  const leave = (number: number): void => {
    if (calls[number]?.pair === undefined) pending--;
  };
  const index = new CallIndex({ ttl: stream.ttl, capacity: 10_000, onLeave: leave });
  const join = new TaskJoin(spans);
  const apply = (event: ReferenceEvent): void => {
    const [at, kind, id, said] = event;
    if (kind === 'call') {
      count.calls++;
      pending++;
      const number = index.add({ callId: id }, at);
      calls[number] = { predicted: stream.labels.indexOf(said), score: event[4] ?? Number.NaN };
      return;
    }
    const held = index.find('call_id', id);
    if (held === undefined) count.orphan++;
    else if (index.expired(held, at)) count.expired++;
    else {
      const call = calls[held] as StreamCall;
      const actual = stream.labels.indexOf(said);
      const verdict: Verdict = { ...NO_VERDICT, actual, predicted: call.predicted, score: call.score };
      if (call.pair === undefined) {
        index.advance(at);
        call.pair = join.match('m', verdict, at);
        pending--;
        count.matched++;
      } else {
        join.replace(call.pair, verdict);
        count.replaced++;
      }
    }
  };
  let next = 0;
  return stream.expected.map(({ at }) => {
    for (let event = stream.events[next]; event !== undefined && event[0] <= at; event = stream.events[next]) {
      apply(event);
      next++;
    }
    index.advance(at);
    const read = (kind: WindowSpan['kind'], model: string): Record<string, unknown> => {
      const out: Record<string, unknown> = {};
      for (const { model: of, window } of join.windows(at)) {
        if (of !== model || window.span.kind !== kind) continue;
        out[window.span.kind === 'count' ? window.span.pairs : window.span.ms] = figures(window, stream);
      }
      return out;
    };
    // All calls are of one model: its windows must be those of all models.
    if (count.matched > 0) assert.deepEqual(read('count', 'm'), read('count', ALL_MODELS));
    return {
      at,
      labels: { ...count },
      pending,
      coverage: count.calls === 0 ? undefined : count.matched / count.calls,
      count_window: read('count', ALL_MODELS),
      time_window: read('time', ALL_MODELS),
      since_start: {
        confusion_first_labels: join.first.toRows(stream.labels.length),
        confusion_latest_labels: join.latest.toRows(stream.labels.length),
      },
    };
  });
}

test('every checkpoint of every stream equals the reference', {
  skip: skipWithoutShared('data', 'reference', 'windows.json'),
}, () => {
  let checkpoints = 0;
  for (const stream of streams) {
    for (const [i, actual] of replay(stream).entries()) {
      const expected = stream.expected[i];
      assert.deepEqual(Object.keys(actual).sort(), Object.keys(expected ?? {}).sort());
      compare(actual, expected, `${stream.name} at ${expected?.at}`);
      checkpoints++;
    }
  }
  assert.equal(checkpoints, 119);
});

/** The gauges of one window of all models, under the reference's names. */
function gauges(rig: Rig, window: string, { positive }: Stream): Record<string, number | undefined> {
  const series = pick(rig.read('truth.window'), 'model=all', `window=${window}`);
  const get = (rest: string): number | undefined => series[`task=default model=all window=${window} ${rest}`];
  const plain = {
    accuracy: get('measure=accuracy'),
    balanced_accuracy: get('measure=balanced_accuracy'),
    macro_f1: get('measure=f1 average=macro'),
    weighted_f1: get('measure=f1 average=weighted'),
    kappa: get('measure=kappa'),
  };
  if (positive === null) return plain;
  return {
    ...plain,
    roc_auc: get('measure=auc'),
    average_precision: get('measure=average_precision'),
    log_loss: get('measure=log_loss'),
    brier: get('measure=brier'),
    ece_confidence: get('measure=ece'),
  };
}

test('the gauges equal the reference', { skip: skipWithoutShared('data', 'reference', 'windows.json') }, () => {
  let compared = 0;
  for (const stream of streams) {
    const rig = createRig({
      labelTtl: stream.ttl / 1000,
      windows: { count: stream.count_windows, seconds: stream.time_windows.map(ms => ms / 1000) },
      tasks: {
        default: {
          kind: stream.positive === null ? 'multiclass' : 'binary',
          classes: stream.labels,
          ...(stream.positive === null ? {} : { positive: stream.positive }),
        },
      },
    });
    let next = 0;
    for (const expected of stream.expected) {
      for (
        let event = stream.events[next];
        event !== undefined && event[0] <= expected.at;
        event = stream.events[next]
      ) {
        const [at, kind, id, said] = event;
        rig.at(at);
        if (kind === 'label') rig.label(id, said);
        else rig.call(id, { prediction: { value: said, ...(event[4] === null ? {} : { score: event[4] }) } });
        next++;
      }
      rig.at(expected.at);
      const at = `${stream.name} at ${expected.at}`;
      const windows = { ...(expected['count_window'] as object), ...(expected['time_window'] as object) };
      for (const [name, figuresOf] of Object.entries(windows) as [string, Record<string, unknown>][]) {
        const isCount = name in (expected['count_window'] as object);
        const label = isCount ? name : windowLabel({ kind: 'time', ms: Number(name) });
        for (const [measure, value] of Object.entries(gauges(rig, label, stream)))
          compared += compare(value, figuresOf[measure], `${at}, ${label} ${measure}`);
      }
      const { calls: _calls, ...results } = expected['labels'] as Record<string, number>;
      for (const [result, count] of Object.entries(results))
        compare(rig.read('truth.labels')[`task=default result=${result}`], count, `${at} ${result}`);
      compare(rig.read('truth.pending')['task=default'], expected['pending'], at);
      compare(rig.read('truth.coverage')['task=default'], expected['coverage'], at);
    }
  }
  assert.ok(compared > 3000, `${compared} figures compared`);
});

test('intervals of nothing are undefined', () => {
  assert.equal(wilson(0, 0), undefined);
  assert.equal(f1Interval(0, 0, 0), undefined);
});
