import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  calibrationErrorEqualMass,
  confidenceOf,
  expectedCalibrationError,
} from '../../processor/truth/calibration.js';
import { Confusion } from '../../processor/truth/confusion.js';
import { f1Interval, wilson } from '../../processor/truth/interval.js';
import { classification, classMeasures } from '../../processor/truth/measures.js';
import {
  averagePrecision,
  brier,
  brierOfClasses,
  logLoss,
  logLossOfClasses,
  rocAuc,
  rocAucOneVsOne,
  rocAucOneVsRest,
  splitScores,
} from '../../processor/truth/scores.js';
import { skipWithoutShared } from '../shared.js';
import { compare } from './compare.js';
import { type ReferenceCase, type ReferenceLabel, referenceCases } from './reference-files.js';

type Case = ReferenceCase<Readonly<Record<string, unknown>>>;

const cases: readonly Case[] = referenceCases();

function matrixOf({ labels, y_true, y_pred }: Case): Confusion {
  const matrix = new Confusion();
  for (const [i, truth] of y_true.entries())
    matrix.add(labels.indexOf(truth), labels.indexOf(y_pred[i] as ReferenceLabel));
  return matrix;
}

/** Everything the reference expects of the labels alone, under its names. */
function labelFigures(c: Case): Record<string, unknown> {
  const matrix = matrixOf(c);
  const indices = c.labels.map((_, i) => i);
  const all = classification(matrix, indices);
  const perClass = indices.map(i => {
    const m = classMeasures(i, matrix.counts(i));
    return {
      label: c.labels[i],
      tp: m.tp,
      fp: m.fp,
      fn: m.fn,
      tn: m.tn,
      precision: m.precision,
      recall: m.recall,
      f1: m.f1,
      precision_undefined: m.precisionUndefined,
      recall_undefined: m.recallUndefined,
      f1_undefined: m.f1Undefined,
      f1_wilson95: f1Interval(m.tp, m.fp, m.fn),
    };
  });
  const nothing = { precision: undefined, recall: undefined, f1: undefined };
  const out: Record<string, unknown> = {
    n: matrix.total,
    confusion: matrix.toRows(c.labels.length),
    accuracy: all?.accuracy,
    accuracy_wilson95: wilson(matrix.right, matrix.total),
    balanced_accuracy: all?.balancedAccuracy,
    per_class: perClass,
    macro: all?.macro ?? nothing,
    weighted: all?.weighted ?? nothing,
    micro: all?.micro ?? nothing,
    macro_defined: all?.macroDefined ?? nothing,
    mcc_undefined: all?.mccUndefined ?? true,
    mcc: all?.mcc,
    kappa_undefined: all?.kappa === undefined,
    kappa: all?.kappa,
  };
  if (c.positive !== null) {
    const {
      label: _label,
      tp: _tp,
      fp: _fp,
      fn: _fn,
      tn: _tn,
      ...rest
    } = perClass[c.labels.indexOf(c.positive)] as (typeof perClass)[number];
    out['positive'] = rest;
  }
  return out;
}

function binaryFigures(c: Case, scores: readonly number[]): Record<string, unknown> {
  const truth = c.y_true.map(label => label === c.positive);
  const confidence = scores.map((score, i) => confidenceOf(score, c.y_pred[i] === c.positive));
  const right = c.y_true.map((label, i) => label === c.y_pred[i]);
  const split = splitScores(scores, truth);
  return {
    roc_auc: rocAuc(split),
    average_precision: averagePrecision(split),
    log_loss: logLoss(split),
    brier: brier(split),
    ece_positive: expectedCalibrationError(scores, truth),
    ece_positive_equal_mass: calibrationErrorEqualMass(scores, truth),
    ece_confidence: expectedCalibrationError(confidence, right),
    ece_confidence_equal_mass: calibrationErrorEqualMass(confidence, right),
  };
}

function multiclassFigures(c: Case, rows: readonly (readonly number[])[]): Record<string, unknown> {
  const truth = c.y_true.map(label => c.labels.indexOf(label));
  const confidence = rows.map((row, i) => row[c.labels.indexOf(c.y_pred[i] as ReferenceLabel)] as number);
  const right = c.y_true.map((label, i) => label === c.y_pred[i]);
  const scores = { rows, truth, classes: c.labels.length };
  return {
    roc_auc_ovr_macro: rocAucOneVsRest(scores),
    roc_auc_ovo_macro: rocAucOneVsOne(scores),
    log_loss: logLossOfClasses(scores),
    brier: brierOfClasses(scores),
    ece_confidence: expectedCalibrationError(confidence, right),
    ece_confidence_equal_mass: calibrationErrorEqualMass(confidence, right),
  };
}

test('classification measures equal the reference', {
  skip: skipWithoutShared('data', 'reference', 'classification.json'),
}, () => {
  let compared = 0;
  for (const c of cases) {
    const figures = labelFigures(c);
    if (c.y_score !== null) {
      const scored =
        c.positive !== null
          ? binaryFigures(c, c.y_score as readonly number[])
          : multiclassFigures(c, c.y_score as readonly (readonly number[])[]);
      Object.assign(figures, scored);
    }
    // A bootstrap is random; ours is the interval by Wilson.
    const { f1_bootstrap95: _random, ...expected } = c.expected;
    assert.deepEqual(Object.keys(figures).sort(), Object.keys(expected).sort(), c.name);
    compared += compare(figures, expected, c.name);
  }
  assert.equal(cases.length, 75);
  assert.ok(compared > 5000, `${compared} values compared`);
});
