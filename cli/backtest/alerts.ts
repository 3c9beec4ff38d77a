import { PRESET_TABLE, type Preset, type PresetName, type Severity, type Thresholds } from '../../core/presets.js';
import { LEAST_FLAGGED } from '../../grafana/alerts/flagged-share.js';
import { defaultTimings, seconds } from '../../grafana/options.js';
import type { Findings } from '../../processor/detection.js';
import type { CallRecord, LabelRecordLine } from '../../processor/recording/record.js';
import { AccuracyAlert } from './accuracy.js';
import { type Page, ShareAlert, type ShareRule } from './alert.js';

/** One row of the table: an alert, who hears of it, and when it paged. */
export interface AlertRow {
  readonly alert: string;
  readonly severity: Severity;
  readonly pages: Page[];
}

/** Whether a call is a bad case; undefined where it is none. */
type Case = (record: CallRecord) => boolean | undefined;

interface ShareDef {
  readonly alert: string;
  readonly severity: Severity;
  readonly rule: ShareRule;
  readonly bad: Case;
}

const ms = (duration: Parameters<typeof seconds>[0]): number => seconds(duration) * 1000;
/** The p95 is above a time where more than so many calls take longer. */
const BEYOND_P95 = 0.05;
/** Models, tasks and detectors that are followed apart; later ones are followed together. */
const MOST_GROUPS = 1000;

const QUALITY = [
  ['LLMPersonalDataRatioHigh', 'pii', 'personalDataRatio'],
  ['LLMRefusalRatioHigh', 'refusal', 'refusalRatio'],
  ['LLMPromptInjectionBurst', 'prompt_injection', 'injectionRatio'],
] as const;

const flagged =
  (evaluator: string): Case =>
  ({ evaluations }) => {
    const found = evaluations.get(evaluator);
    return found === undefined || 'skipped' in found ? undefined : found.flagged;
  };

function shareRule(threshold: number, hold: number): ShareRule {
  const { rateWindow, keepFiring, evaluationInterval, floorCalls } = defaultTimings;
  return {
    threshold,
    window: ms(rateWindow),
    hold,
    keepFiring: ms(keepFiring),
    every: ms(evaluationInterval),
    least: floorCalls,
  };
}

/** The preset's alerts over the calls and labels of a recording, with the windows, floors and holds of the generated rules. */
export class RuleAlerts {
  readonly rows: readonly AlertRow[];
  readonly #shares: readonly {
    readonly def: ShareDef;
    readonly row: AlertRow;
    readonly groups: Map<string, ShareAlert>;
  }[];
  readonly #bursts: readonly {
    readonly threshold: number;
    readonly row: AlertRow;
    readonly groups: Map<string, ShareAlert>;
  }[];
  readonly #accuracy: AlertRow;
  readonly #tasks = new Map<string, AccuracyAlert>();
  readonly #thresholds: Thresholds;

  /** @param anomalyThresholds each a row of its own */
  constructor(preset: PresetName, anomalyThresholds: readonly number[]) {
    const { thresholds, severities } = PRESET_TABLE[preset];
    this.#thresholds = thresholds;
    this.#shares = shareDefs(preset).map(def => ({
      def,
      row: { alert: def.alert, severity: def.severity, pages: [] },
      groups: new Map(),
    }));
    this.#bursts = anomalyThresholds.map(threshold => ({
      threshold,
      row: { alert: `LLMAnomalyBurst (${threshold})`, severity: severities.anomaly, pages: [] },
      groups: new Map(),
    }));
    this.#accuracy = { alert: 'LLMAccuracyLow', severity: severities.accuracy, pages: [] };
    this.rows = [this.#accuracy, ...this.#shares.map(({ row }) => row), ...this.#bursts.map(({ row }) => row)];
  }

  call(record: CallRecord, findings: Findings | undefined): void {
    const { at, call } = record;
    const model = call.model.requested;
    const about = `${call.provider} ${model}`;
    for (const { def, row, groups } of this.#shares) {
      const bad = def.bad(record);
      if (bad === undefined) continue;
      const [name, alert] = groupOf(groups, about, () => new ShareAlert(def.rule));
      tell(row, name, alert.add(at, bad));
    }
    const { anomalyRatio } = this.#thresholds;
    for (const { detector, score } of findings?.found ?? [])
      for (const { threshold, row, groups } of this.#bursts) {
        const rule = (): ShareAlert => new ShareAlert(shareRule(anomalyRatio, ms(defaultTimings.hold.anomaly)));
        const [name, alert] = groupOf(groups, `${detector} ${model}`, rule);
        tell(row, name, alert.add(at, score >= threshold));
      }
  }

  label({ at, call, task, model, correct, replaced }: LabelRecordLine): void {
    if (correct === undefined) return;
    const { hold, keepFiring, evaluationInterval, truthWindow } = defaultTimings;
    const rule = {
      threshold: this.#thresholds.accuracy,
      labels: Number(truthWindow),
      hold: ms(hold.accuracy),
      keepFiring: ms(keepFiring),
      every: ms(evaluationInterval),
    };
    const [name, alert] = groupOf(this.#tasks, `${task} ${model ?? 'all'}`, () => new AccuracyAlert(rule));
    tell(this.#accuracy, name, alert.add(at, call, correct, replaced));
  }

  /** Ends with the recording: what held long enough by then has paged. */
  end(at: number): void {
    for (const { row, groups } of [...this.#shares, ...this.#bursts])
      for (const [name, alert] of groups) tell(row, name, alert.advance(at));
    for (const [name, alert] of this.#tasks) tell(this.#accuracy, name, alert.advance(at));
  }
}

function shareDefs(preset: PresetName): readonly ShareDef[] {
  const { thresholds, severities } = PRESET_TABLE[preset];
  const { hold } = defaultTimings;
  return [
    {
      alert: 'LLMErrorRatioHigh',
      severity: severities.errors,
      rule: shareRule(thresholds.errorRatio, ms(hold.errors)),
      bad: ({ call }) => call.outcome.kind === 'error',
    },
    {
      alert: 'LLMLatencyP95High',
      severity: severities.latency,
      rule: shareRule(BEYOND_P95, ms(hold.latency)),
      bad: ({ call }) => (Number.isNaN(call.duration) ? undefined : call.duration > thresholds.latencyP95),
    },
    ...qualityDefs(PRESET_TABLE[preset]),
  ];
}

/** Shares of answers that an evaluator flags, where the preset has a threshold for them. */
function qualityDefs({ thresholds, severities }: Preset): readonly ShareDef[] {
  const known = new Map<string, number>(Object.entries(thresholds));
  return QUALITY.flatMap(([alert, evaluator, name]) => {
    const threshold = known.get(name);
    if (threshold === undefined) return [];
    const rule = { ...shareRule(threshold, ms(defaultTimings.hold.quality)), leastBad: LEAST_FLAGGED };
    const severity = evaluator === 'pii' ? severities.personalData : 'warning';
    return [{ alert, severity, rule, bad: flagged(evaluator) }];
  });
}

function groupOf<T>(groups: Map<string, T>, wanted: string, make: () => T): readonly [string, T] {
  const name = groups.has(wanted) || groups.size < MOST_GROUPS ? wanted : 'other';
  let alert = groups.get(name);
  if (alert === undefined) {
    alert = make();
    groups.set(name, alert);
  }
  return [name, alert];
}

function tell({ pages }: AlertRow, about: string, times: readonly number[]): void {
  for (const at of times) pages.push({ at, about });
}
