import { MonitorError, showValue } from '../../core/errors.js';
import { EVALUATORS } from '../../processor/evaluators/registry.js';
import { TASK_KINDS, type TaskKind } from '../../processor/truth/task-config.js';

const CLASSIFY = ['binary', 'multiclass'] as const;
export const AVERAGES = ['macro', 'micro', 'weighted'] as const;
export type Average = (typeof AVERAGES)[number];

interface Family {
  /** Kinds of task that have it; absent for what an evaluator says, which needs no label. */
  readonly kinds?: readonly TaskKind[];
  readonly low: number;
  readonly high: number;
  /** What may follow the dot: an average or a class, or an evaluator. */
  readonly part?: 'class' | 'evaluator';
}

const share = { low: 0, high: 1 } as const;
const correlation = { low: -1, high: 1 } as const;
const error = { low: 0, high: Number.POSITIVE_INFINITY } as const;

/** Every measure, by the first word of its name. */
export const FAMILIES = {
  accuracy: { kinds: ['binary', 'multiclass', 'text'], ...share },
  balanced_accuracy: { kinds: CLASSIFY, ...share },
  precision: { kinds: CLASSIFY, ...share, part: 'class' },
  recall: { kinds: CLASSIFY, ...share, part: 'class' },
  f1: { kinds: CLASSIFY, ...share, part: 'class' },
  mcc: { kinds: CLASSIFY, ...correlation },
  kappa: { kinds: CLASSIFY, ...correlation },
  auc: { kinds: ['binary'], ...share },
  average_precision: { kinds: ['binary'], ...share },
  log_loss: { kinds: ['binary'], ...error },
  brier: { kinds: ['binary'], ...share },
  ece: { kinds: CLASSIFY, ...share },
  exact: { kinds: ['text'], ...share },
  token_f1: { kinds: ['text'], ...share },
  rouge_l: { kinds: ['text'], ...share },
  chrf: { kinds: ['text'], ...share },
  mae: { kinds: ['number'], ...error },
  rmse: { kinds: ['number'], ...error },
  flagged: { ...share, part: 'evaluator' },
  score: { ...share, part: 'evaluator' },
  left_out: { ...share },
} as const satisfies Readonly<Record<string, Family>>;

export type FamilyName = keyof typeof FAMILIES;

/** A measure that was asked for. */
export interface Measure {
  /** As it was written. */
  readonly name: string;
  readonly family: FamilyName;
  /** An average, a class or an evaluator. */
  readonly part?: string;
  readonly low: number;
  readonly high: number;
}

/** The names that are accepted, for a person who got one wrong. */
export function knownMeasures(): string {
  const names = Object.entries<Family>(FAMILIES).map(([name, { part }]) => {
    if (part === 'class') return `${name}[.${AVERAGES.join('|.')}|.CLASS]`;
    return part === 'evaluator' ? `${name}.EVALUATOR` : name;
  });
  return `${names.join(', ')}; evaluators are ${[...EVALUATORS.keys()].join(', ')}`;
}

function isFamily(name: string): name is FamilyName {
  return Object.hasOwn(FAMILIES, name);
}

/** Reads a measure's name. @throws MonitorError INVALID_ARGUMENT that lists the known ones */
export function parseMeasure(name: string): Measure {
  const dot = name.indexOf('.');
  const head = dot < 0 ? name : name.slice(0, dot);
  const part = dot < 0 ? undefined : name.slice(dot + 1);
  const family = isFamily(head) ? head : undefined;
  const { part: takes, low, high }: Family = family === undefined ? { low: 0, high: 0 } : FAMILIES[family];
  const fits =
    family !== undefined &&
    (part === undefined
      ? takes !== 'evaluator'
      : takes === 'class'
        ? part !== ''
        : takes === 'evaluator' && EVALUATORS.has(part));
  if (!fits)
    throw new MonitorError('INVALID_ARGUMENT', `measure ${showValue(name)} is not known; expected ${knownMeasures()}`);
  return { name, family, ...(part === undefined ? {} : { part }), low, high };
}

/** True for a measure that compares with a label. */
export function needsLabel({ family }: Measure): boolean {
  return 'kinds' in FAMILIES[family];
}

/** The class that a measure is of; undefined for an average, and for what is of no class. */
export function classOf({ family, part }: Measure): string | undefined {
  const { part: takes }: Family = FAMILIES[family];
  return takes === 'class' && !AVERAGES.some(average => average === part) ? part : undefined;
}

/** The kinds of task that have all these measures. */
export function kindsOf(measures: readonly Measure[]): readonly TaskKind[] {
  return TASK_KINDS.filter(kind =>
    measures.every(({ family, part }) => {
      const { kinds, part: takes }: Family = FAMILIES[family];
      // Without an average or a class it is that of the positive class.
      if (takes === 'class' && part === undefined) return kind === 'binary';
      return kinds?.includes(kind) ?? true;
    }),
  );
}

/** The evaluators that are asked for, each once. */
export function evaluatorsOf(measures: readonly Measure[]): string[] {
  return [...new Set(measures.flatMap(m => (needsLabel(m) || m.part === undefined ? [] : [m.part])))];
}
