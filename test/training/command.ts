import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { WeightsName } from '../../processor/evaluator-weights.js';
import type { LinearModel } from '../../processor/evaluators/linear-model.js';

/** What a report says of a row that its model has not learnt from. */
export interface ReportedRow {
  readonly id: string;
  readonly score: number;
  readonly flagged: boolean;
}

/** Runs a training script: writes the weights, or with `--check` compares them, or with `--report OUT` writes scores. */
export function runTraining(name: WeightsName, model: () => LinearModel, report: () => readonly ReportedRow[]): void {
  const { values } = parseArgs({ options: { check: { type: 'boolean' }, report: { type: 'string' } } });
  const file = new URL(`../../../processor/evaluators/weights/${name}.bin`, import.meta.url);
  if (values.report !== undefined) {
    writeFileSync(
      values.report,
      report()
        .map(row => JSON.stringify(row))
        .join('\n'),
    );
    return;
  }
  const bytes = model().toBytes();
  if (values.check !== true) writeFileSync(file, bytes);
  else if (!readFileSync(file).equals(bytes)) {
    console.error(`${name}.bin is not what the training gives`);
    process.exitCode = 1;
  }
}
