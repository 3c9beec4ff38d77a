import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { report } from './run.js';

const CLASSES = [
  ['cat', 'cat', 4],
  ['cat', 'dog', 1],
  ['dog', 'dog', 3],
  ['dog', 'cat', 2],
] as const;
const classRows = CLASSES.flatMap(([label, prediction, times]) => Array(times).fill({ label, prediction }));

const binaryRows = [
  { label: true, prediction: true, score: 0.9 },
  { label: true, prediction: true, score: 0.6 },
  { label: true, prediction: false, score: 0.4 },
  { label: false, prediction: false, score: 0.1 },
  { label: false, prediction: true, score: 0.7 },
];

const textRows = [
  { label: 'blue whale', output: ' blue whale\n' },
  { label: ['red fox', 'fox'], output: 'the fox' },
];

const numberRows = [
  { label: 10, output: '13' },
  { label: 10, prediction: 6 },
];

describe('measures of check', () => {
  // Worked out by hand from the definitions.
  const cases: readonly [string, readonly unknown[], readonly [string, number][]][] = [
    [
      'classes',
      classRows,
      [
        ['accuracy', 0.7],
        ['precision.cat', 4 / 6],
        ['recall.cat', 4 / 5],
        ['f1.cat', 8 / 11],
        ['f1.dog', 6 / 9],
        ['f1.macro', (8 / 11 + 6 / 9) / 2],
        ['f1.micro', 0.7],
        ['recall.weighted', 0.7],
        ['balanced_accuracy', 0.7],
        ['kappa', 0.4],
        ['mcc', 10 / Math.sqrt(6 * 4 * 5 * 5)],
      ],
    ],
    [
      'yes or no',
      binaryRows,
      [
        ['accuracy', 0.6],
        ['precision', 2 / 3],
        ['recall', 2 / 3],
        ['recall.false', 1 / 2],
        ['auc', 4 / 6],
        ['brier', (0.01 + 0.16 + 0.36 + 0.01 + 0.49) / 5],
        ['log_loss', -(Math.log(0.9) + Math.log(0.6) + Math.log(0.4) + Math.log(0.9) + Math.log(0.3)) / 5],
        ['average_precision', (1 + 2 / 3 + 3 / 4) / 3],
        // Bins of claims: 0.9 twice, both right; 0.6 twice, one right; 0.7, wrong.
        ['ece', (0.2 + 0.2 + 0.7) / 5],
      ],
    ],
    [
      'texts',
      textRows,
      [
        ['exact', 0.5],
        ['accuracy', 0.5],
        ['token_f1', 1],
        ['rouge_l', (1 + 2 / 3) / 2],
        // Of `thefox` 3 of 6, 2 of 5 and 1 of 4 n-grams are in `fox`, which has all of its own there.
        ['chrf', (1 + (5 * 1.15) / (4 * 1.15 + 3)) / 2],
      ],
    ],
    [
      'numbers',
      numberRows,
      [
        ['mae', 3.5],
        ['rmse', Math.sqrt(12.5)],
      ],
    ],
    ['what evaluators say', [{ output: 'Card 4111 1111 1111 1111.' }, { output: 'All fine.' }], [['flagged.pii', 0.5]]],
  ];
  for (const [name, rows, wanted] of cases) {
    it(`of ${name}`, async () => {
      const { report: found, code } = await report(
        rows,
        wanted.flatMap(([measure]) => ['--show', measure]),
      );
      assert.equal(code, 0);
      assert.deepEqual(
        found.shown.map(({ measure }) => measure),
        wanted.map(([measure]) => measure),
      );
      for (const [i, [measure, value]] of wanted.entries())
        assert.ok(
          Math.abs((found.shown[i]?.value ?? Number.NaN) - value) < 1e-12,
          `${measure} is ${found.shown[i]?.value}, not ${value}`,
        );
    });
  }

  const kinds: readonly [string, readonly unknown[], readonly string[], string][] = [
    ['booleans are binary', [{ label: true, prediction: true }], ['--show', 'accuracy'], 'binary'],
    ['classes are multiclass', [{ label: 'a', prediction: 'a' }], ['--show', 'accuracy'], 'multiclass'],
    ['an answer and a text are a text', [{ label: 'a', output: 'a' }], ['--show', 'accuracy'], 'text'],
    ['a measure of classes makes them classes', [{ label: 'a', output: 'a' }], ['--show', 'f1.macro'], 'multiclass'],
    [
      '0 and 1 with a measure of probabilities are binary',
      [{ label: 1, prediction: 1, score: 0.5 }],
      ['--show', 'auc'],
      'binary',
    ],
    [
      'a positive class makes it binary',
      [{ label: 'a', prediction: 'b' }],
      ['--show', 'accuracy', '--positive', 'a'],
      'binary',
    ],
    [
      'listed classes are classes',
      [{ label: 'a', output: 'b' }],
      ['--show', 'accuracy', '--classes', 'a,b'],
      'multiclass',
    ],
    ['numbers are numbers', [{ label: 1, prediction: 2 }], ['--show', 'mae'], 'number'],
  ];
  for (const [name, rows, args, kind] of kinds) {
    it(`guesses: ${name}`, async () => assert.equal((await report(rows, args)).report.kind, kind));
  }

  it('counts all answers that are none of the classes as wrong, and as one class, as live windows do', async () => {
    const rows = [
      { label: 'yes', output: 'yes' },
      { label: 'no', output: 'I would rather not say' },
      { label: 'no', output: 'Who knows' },
    ];
    const { report: found } = await report(rows, ['--classes', 'yes,no', '--show', 'accuracy', '--show', 'f1.macro']);
    assert.deepEqual(
      found.shown.map(({ value }) => value),
      [1 / 3, 1 / 3],
    );
  });

  it('takes classes of any name, and more than the live metrics may have', async () => {
    const names = Array.from({ length: 60 }, (_, i) => `lost card, 失卡 ${i}`);
    const rows = names.flatMap((label, i) => [
      { label, prediction: label },
      { label, prediction: i === 0 ? (names[1] as string) : label },
    ]);
    const { report: found } = await report(rows, ['--show', 'f1.macro', '--show', `precision.${names[1]}`]);
    // 58 classes at 1; the first has P 1 and R 1/2, the second P 2/3 and R 1.
    assert.ok(Math.abs((found.shown[0]?.value ?? 0) - (58 + 2 / 3 + 4 / 5) / 60) < 1e-12);
    assert.equal(found.shown[1]?.value, 2 / 3);
  });

  it('takes what people write, where a class is expected, for one wrong class', async () => {
    const rows = Array.from({ length: 10 }, (_, i) => ({
      label: 'yes',
      output: i < 5 ? 'yes' : `Well, that is ${i}.`,
    }));
    const { report: found } = await report(rows, ['--kind', 'multiclass', '--show', 'accuracy', '--show', 'f1.macro']);
    assert.deepEqual(
      found.shown.map(({ value }) => value),
      [0.5, 1 / 3],
    );
  });

  it('measures per value of a field, in a field too, and sums up past 20', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => ({
      label: 'a',
      prediction: i % 2 ? 'a' : 'b',
      meta: { lang: `l${i % 30}` },
    }));
    const { report: found } = await report(
      [...rows, { label: 'a', prediction: 'a' }],
      ['--show', 'accuracy', '--slice', 'meta.lang'],
    );
    const values = found.slice?.values ?? [];
    assert.equal(values.length, 21);
    assert.deepEqual(values[1], { ...values[1], value: 'l1', rows: 2 });
    assert.equal(values[1]?.shown[0]?.value, 1);
    assert.equal(values[0]?.shown[0]?.value, 0);
    assert.deepEqual([values[20]?.value, values[20]?.rows], ['(other)', 21]);
  });

  it('gives the same interval each time, around the value, narrower with more rows', async () => {
    const many = Array(20).fill(classRows).flat();
    const width = async (rows: readonly unknown[]): Promise<number> => {
      const [first, second] = await Promise.all([
        report(rows, ['--show', 'f1.macro']),
        report(rows, ['--show', 'f1.macro']),
      ]);
      assert.deepEqual(first.report.shown, second.report.shown);
      const { value, interval } = first.report.shown[0] as {
        value: number;
        interval: { low: number; high: number; method: string };
      };
      assert.equal(interval.method, 'bootstrap');
      assert.ok(interval.low < value && value < interval.high);
      return interval.high - interval.low;
    };
    const [few, lots] = [await width([...classRows, ...classRows]), await width(many)];
    assert.ok(lots < few / 2.2 && lots > few / 4.5, `${few} for 20 rows, ${lots} for 200`);
  });
});
