import { confidenceOf } from '../../processor/truth/calibration.js';
import { Coverage } from '../../processor/truth/coverage.js';
import {
  MAX_WINDOW_PAIRS,
  NO_SLICES,
  NO_VERDICT,
  type Pair,
  SlidingWindow,
  type Verdict,
} from '../../processor/truth/sliding-window.js';
import { Task } from '../../processor/truth/task.js';
import type { TaskKind } from '../../processor/truth/task-config.js';
import { weighedMean } from '../../processor/truth/weighed-mean.js';
import { asShare, type WindowMeasure } from '../../processor/truth/window-measure.js';
import { windowMeasures } from '../../processor/truth/window-measures.js';
import { BadLine, type LabelRecord } from './record.js';
import { Reliability } from './reliability.js';

/** The labels of one task; measures are taken over the newest 100,000. */
export class TaskTally {
  readonly kind: TaskKind;
  readonly task: Task;
  readonly window = new SlidingWindow({ kind: 'count', pairs: MAX_WINDOW_PAIRS });
  labels = 0;
  replaced = 0;
  /** Labels that replaced one which is not known any more. */
  lost = 0;
  #next = 0;

  /** @param positive the positive class of a binary task, where it is neither `true` nor 1 */
  constructor(name: string, kind: TaskKind, positive: string | undefined) {
    this.kind = kind;
    const config = kind === 'binary' && positive !== undefined ? { kind, positive } : { kind };
    this.task = new Task(name, config, [], { guessed: false, coverage: new Coverage() });
  }

  /** @throws BadLine for what is not of this kind */
  verdict(label: LabelRecord): Verdict {
    const { actual, predicted, correct, error, score, weight } = label;
    if (this.task.classifies) {
      if (actual === undefined || predicted === undefined) throw new BadLine('actual or predicted is missing');
      return this.task.verdict(actual, predicted, score, weight) as Verdict;
    }
    if (this.kind === 'number') {
      if (error === undefined) throw new BadLine('error is missing; expected predicted less true number');
      return { ...NO_VERDICT, error, weight };
    }
    const right = correct ?? Number(actual === predicted);
    // A verdict of a text has no place for a share that came from elsewhere; token F1 is one.
    return { ...NO_VERDICT, predicted: right >= 1 ? 0 : 1, tokenF1: right, weight };
  }

  enter(verdict: Verdict, at: number): Pair {
    this.labels++;
    const pair: Pair = { seq: this.#next++, at, model: '', slices: NO_SLICES, verdict };
    this.window.enter(pair);
    return pair;
  }

  replace(pair: Pair, verdict: Verdict): void {
    this.replaced++;
    this.window.change(pair, verdict);
    pair.verdict = verdict;
  }

  /** The figure of one label: how right, 0..1, or of a number how far off. */
  figureOf({ actual, predicted, tokenF1, error }: Verdict): number {
    if (this.task.classifies) return actual === predicted ? 1 : 0;
    return this.kind === 'number' ? Math.abs(error) : tokenF1;
  }

  measures(): readonly WindowMeasure[] {
    if (this.kind !== 'text') return windowMeasures(this.task, this.window);
    const right: number[] = [];
    const weights: number[] = [];
    this.window.each(({ tokenF1, weight }) => {
      right.push(tokenF1);
      weights.push(weight);
    });
    return asShare('correct', weighedMean(right, weights));
  }

  /** What scores claimed against what came true; empty where the positive class of a binary task is not known. */
  reliability(): Reliability {
    const out = new Reliability();
    const { positive } = this.task;
    if (!this.task.classifies || (this.kind === 'binary' && positive === undefined)) return out;
    this.window.each(({ actual, predicted, score, weight }) => {
      if (Number.isNaN(score)) return;
      const claimed = positive === undefined ? score : confidenceOf(score, predicted === positive);
      out.add(claimed, actual === predicted ? 1 : 0, weight);
    });
    return out;
  }
}
