import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cleanCall } from '../../core/call.js';
import { parseFeedback } from '../../core/feedback.js';
import { createWiring } from '../../core/wiring.js';
import { GroundTruth, type TaskConfig } from '../../processor/truth/ground-truth.js';
import { parseExposition } from '../exporter/exposition-parser.js';
import { running } from '../exporter/harness.js';
import { FakeClock } from '../fake-clock.js';
import { skipWithoutShared } from '../shared.js';
import { type ReferenceCase, type ReferenceLabel, referenceCases } from './reference-files.js';

type Rates = Readonly<Record<'precision' | 'recall' | 'f1', number>>;
type Flags = Readonly<Record<'precision_undefined' | 'recall_undefined' | 'f1_undefined', boolean>>;
type Case = ReferenceCase<
  Readonly<Record<string, unknown>> & {
    readonly n: number;
    readonly mcc_undefined: boolean;
    readonly kappa_undefined: boolean;
    readonly per_class: readonly (Rates & Flags & { readonly label: ReferenceLabel })[];
  }
>;

const RATES = ['precision', 'recall', 'f1'] as const;
const TOLERANCE = 1e-8;
const cases: readonly Case[] = referenceCases();

const key = (measure: string, average = '', name = ''): string => JSON.stringify([measure, average, name]);

/** Every sample that a page should hold of a case; what is undefined or null there is not in it. */
function expectedSamples({ expected, positive, y_score }: Case): Map<string, number> {
  const out = new Map<string, number>();
  if (expected.n === 0) return out;
  const put = (name: string, value: unknown): void => {
    if (typeof value === 'number') out.set(name, value);
  };
  put(key('accuracy'), expected['accuracy']);
  put(key('balanced_accuracy'), expected['balanced_accuracy']);
  if (!expected.mcc_undefined) put(key('mcc'), expected['mcc']);
  if (!expected.kappa_undefined) put(key('kappa'), expected['kappa']);
  for (const average of ['macro', 'micro', 'weighted'])
    for (const rate of RATES) put(key(rate, average), (expected[average] as Rates)[rate]);
  for (const one of expected.per_class)
    for (const rate of RATES) if (!one[`${rate}_undefined`]) put(key(rate, 'class', String(one.label)), one[rate]);
  if (y_score === null) return out;
  put(key('ece'), expected['ece_confidence']);
  if (positive === null) return out;
  put(key('auc'), expected['roc_auc']);
  for (const measure of ['average_precision', 'log_loss', 'brier']) put(key(measure), expected[measure]);
  return out;
}

function taskOf({ labels, positive }: Case): TaskConfig {
  const classes = labels.map(String);
  return positive === null ? { kind: 'multiclass', classes } : { kind: 'binary', classes, positive: String(positive) };
}

/** P(positive), or of more classes the probability of the one that was predicted. */
function scoreOf({ labels, y_pred, y_score }: Case, row: number): number | undefined {
  const given = y_score?.[row];
  return typeof given === 'object' ? given[labels.indexOf(y_pred[row] as ReferenceLabel)] : given;
}

test('a page shows every measure of the reference that has a value, and no sample of one that has none', {
  skip: skipWithoutShared('data', 'reference', 'classification.json'),
}, async t => {
  const clock = new FakeClock();
  const wiring = createWiring({ clock, seriesLimit: 100_000 });
  const truth = new GroundTruth({
    wiring,
    tasks: Object.fromEntries(cases.map(one => [one.name, taskOf(one)])),
    windows: { count: [1000], seconds: [] },
  });
  t.after(() => truth.stop());
  for (const one of cases)
    for (const [row, label] of one.y_true.entries()) {
      const id = `${one.name} ${row}`;
      const raw = {
        ...{
          id,
          provider: 'openai',
          operation: 'chat',
          model: { requested: 'm' },
          startedAt: clock.now(),
          duration: 1,
        },
        outcome: { kind: 'ok', finishReasons: ['stop'] },
      };
      truth.observe(cleanCall(raw, clock.now()).call);
      const score = scoreOf(one, row);
      const record = { call_id: id, task: one.name, label, prediction: one.y_pred[row] };
      truth.accept(parseFeedback(score === undefined ? record : { ...record, score }));
    }
  const { scrape } = await running(t, { wiring });
  const families = parseExposition(await scrape(), false);
  const samplesOf = (metric: string, task: string): Map<string, number> =>
    new Map(
      (families.find(family => family.name === metric)?.samples ?? [])
        .filter(({ labels }) => labels['task'] === task && labels['model'] === 'all')
        .map(({ labels: { measure = '', average, class: name }, value }) => [key(measure, average, name), value]),
    );
  let compared = 0;
  let without = 0;
  for (const one of cases) {
    const found = samplesOf('llm_monitor_truth_window', one.name);
    const expected = expectedSamples(one);
    assert.deepEqual([...found.keys()].sort(), [...expected.keys()].sort(), one.name);
    for (const [name, value] of expected) {
      const shown = found.get(name) as number;
      assert.ok(Math.abs(shown - value) <= TOLERANCE, `${one.name} ${name}: ${shown} is not ${value}`);
      compared++;
    }
    // An end of an interval without its figure would page for nothing.
    for (const end of ['low', 'high'])
      for (const name of samplesOf(`llm_monitor_truth_window_${end}`, one.name).keys())
        assert.ok(expected.has(name), `${one.name} ${end} ${name}`);
    without += one.expected.per_class.flatMap(c => RATES.filter(rate => c[`${rate}_undefined`])).length;
    without += Number(one.expected.mcc_undefined) + Number(one.expected.kappa_undefined);
  }
  assert.equal(cases.length, 75);
  assert.ok(compared > 1500 && without > 60, `${compared} compared, ${without} undefined`);
  t.diagnostic(`${compared} samples compared, ${without} values undefined and absent`);
});
