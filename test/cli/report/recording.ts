/** Milliseconds since the epoch: a full minute, so that slots begin with it. */
export const START = 1_764_000_000_000;
export const HEADER = JSON.stringify({ kind: 'header', version: 1, service: 'help-desk', startedAt: START });

export interface CallChange {
  readonly model?: string;
  readonly context?: Readonly<Record<string, string>>;
  readonly outcome?: object;
  /** Null: not known. */
  readonly usage?: null;
  readonly cost?: null;
  readonly evaluations?: object;
  readonly findings?: readonly object[];
}

/** A line of a call that began so many seconds after the start. */
export function callLine(second: number, change: CallChange): string {
  const { model = 'small', context = {}, outcome = { kind: 'ok', finishReasons: ['stop'] }, usage, cost } = change;
  const at = START + second * 1000;
  const call = {
    id: `call-${second}`,
    provider: 'openai',
    operation: 'chat',
    model: { requested: model },
    startedAt: at,
    duration: 1.5,
    context,
    outcome,
    ...(usage === null ? {} : { usage: { source: 'reported', input_uncached: 100, output: 20 } }),
  };
  return JSON.stringify({
    kind: 'call',
    at: at + 1500,
    call,
    ...(cost === null ? {} : { cost: 0.002 }),
    evaluations: change.evaluations ?? { confidence: { score: 0.8, flagged: false } },
    findings: change.findings ?? [],
  });
}

/** A line of a label of the call of that second. */
export function labelLine(second: number, fields: object): string {
  return JSON.stringify({
    kind: 'label',
    at: START + second * 1000,
    call: `call-${second}`,
    task: 'default',
    taskKind: 'multiclass',
    model: 'small',
    replaced: false,
    ...fields,
  });
}

export function driftLine(second: number): string {
  return JSON.stringify({
    kind: 'drift',
    state: 'detected',
    signal: 'latency',
    direction: 'up',
    scope: { kind: 'model', name: 'small' },
    pages: true,
    at: START + second * 1000,
    calls: 20,
    evidence: 12,
  });
}
