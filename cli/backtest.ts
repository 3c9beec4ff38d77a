import { parseArgs } from 'node:util';
import { describeError, MonitorError } from '../core/errors.js';
import { PRESET_TABLE } from '../core/presets.js';
import { Detection, type DriftEvent, DriftWatch } from '../processor/index.js';
import { Replay } from '../processor/recording/replay.js';
import { type AlertRow, RuleAlerts } from './backtest/alerts.js';
import { judge, readIncidents } from './backtest/incidents.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { numbersOf, oneFile, presetOf } from './recording/arguments.js';
import { readRecording } from './recording/read-file.js';
import { takeUp, UNNAMED } from './recording/state.js';

const USAGE = `Usage: llm-monitor backtest FILE [options]

What would have paged over a recording (LLM_MONITOR_RECORD), and when: changes that the drift watch finds, and
the preset's alerts with the windows, floors and holds of the generated rules.

  FILE                      a recording, gzip or not
  --anomaly-threshold N     score from which a call is flagged, 0..1; several in one pass (the preset's)
  --false-pages-per-day N   budget of the drift watch, above 0; several in one pass (0.3)
  --preset NAME             online, finance or healthcare (LLM_MONITOR_PRESET, else online)
  --incidents FILE          what went wrong, one {"from", "to", "name"} a line with ISO times: false pages
                            are counted, and how long until the first page of each
  --state WHERE             start from what monitors saved there
  --service NAME            of which service; the recording's if absent
  --keep-going              leave wrong lines out instead of ending at the first
  --json                    one object instead of a table, with every page
  --help                    this text

Exit codes: 0 done, 2 wrong use or a line that cannot be read.
`;

const OPTIONS = {
  'anomaly-threshold': { type: 'string', multiple: true },
  'false-pages-per-day': { type: 'string', multiple: true },
  preset: { type: 'string' },
  incidents: { type: 'string' },
  state: { type: 'string' },
  service: { type: 'string' },
  'keep-going': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

const DAY = 86_400_000;
const BUDGET = 0.3;
/** Times of an alert that the table shows. */
const SHOWN = 5;

const isoOf = (ms: number): string => new Date(ms).toISOString();

function read(args: readonly string[], io: CommandIo) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const preset = presetOf(values.preset, io.env);
  const usual = PRESET_TABLE[preset].thresholds.anomalyScore;
  return {
    path: oneFile(positionals),
    preset,
    thresholds: numbersOf('anomaly-threshold', values['anomaly-threshold'], usual, {
      text: 'a number from 0 to 1',
      test: value => value >= 0 && value <= 1,
    }),
    budgets: numbersOf('false-pages-per-day', values['false-pages-per-day'], BUDGET, {
      text: 'a number above 0',
      test: value => value > 0 && Number.isFinite(value),
    }),
    values,
  };
}

/** Pages of one drift watch, a row a signal and direction. */
class DriftRows {
  readonly watch: DriftWatch;
  readonly #budget: number;
  readonly #rows = new Map<string, AlertRow>();

  constructor(budget: number) {
    this.watch = new DriftWatch({ falsePagesPerDay: budget });
    this.#budget = budget;
  }

  get rows(): readonly AlertRow[] {
    return [...this.#rows.values()];
  }

  hear(events: readonly DriftEvent[]): void {
    for (const { state, pages, signal, direction, scope, at } of events) {
      if (state !== 'detected' || !pages) continue;
      const alert = `drift ${signal} ${direction} (${this.#budget} a day)`;
      const row = this.#rows.get(alert) ?? { alert, severity: 'warning' as const, pages: [] };
      row.pages.push({ at, about: scope.name });
      this.#rows.set(alert, row);
    }
  }
}

async function backtest(wanted: ReturnType<typeof read>, io: CommandIo): Promise<ExitCode> {
  const { path, preset, thresholds, budgets, values } = wanted;
  const incidents = values.incidents === undefined ? undefined : await readIncidents(values.incidents);
  const detection = new Detection({ threshold: Math.min(...thresholds) });
  const drifts = budgets.map(budget => new DriftRows(budget));
  // The detectors run once; each watch has a pipeline of its own, as all of them see the same calls.
  const pipelines = drifts.map(({ watch }, i) => new Replay(i === 0 ? { detection, drift: watch } : { drift: watch }));
  const alerts = new RuleAlerts(preset, thresholds);
  let service = values.service;
  let [calls, labels, from, to] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for await (const record of readRecording({ path, keepGoing: values['keep-going'] === true, io })) {
    if (record.kind === 'header') service ??= record.service ?? undefined;
    if (record.kind !== 'call' && record.kind !== 'label') continue;
    if (calls + labels === 0 && values.state !== undefined)
      for (const { watch: drift } of drifts) await takeUp(values.state, service ?? UNNAMED, { detection, drift });
    from = Math.min(from, record.at);
    to = Math.max(to, record.at);
    for (const [i, pipeline] of pipelines.entries()) {
      const { findings, drift } = pipeline.take(record);
      drifts[i]?.hear(drift);
      if (i === 0 && record.kind === 'call') alerts.call(record, findings);
    }
    if (record.kind === 'call') calls++;
    else {
      labels++;
      alerts.label(record);
    }
  }
  if (calls === 0) throw new MonitorError('INVALID_ARGUMENT', 'the recording has no call; expected at least one');
  alerts.end(to);
  const days = Math.max(to - from, 1) / DAY;
  const rows = [...drifts.flatMap(drift => drift.rows), ...alerts.rows].map(({ alert, severity, pages }) => ({
    alert,
    severity,
    count: pages.length,
    perDay: Number((pages.length / days).toPrecision(3)),
    pages: pages.sort((a, b) => a.at - b.at).map(({ at, about }) => ({ at: isoOf(at), about })),
    ...(incidents === undefined ? {} : judge(pages, incidents)),
  }));
  const head = { from: isoOf(from), to: isoOf(to), days: Number(days.toPrecision(3)), calls, labels, preset };
  if (values.json === true) {
    const all = incidents === undefined ? {} : { incidents: incidents.length };
    io.out(`${JSON.stringify({ ...head, ...all, alerts: rows }, null, 2)}\n`);
    return 0;
  }
  io.out(
    `${calls} calls and ${labels} labels from ${head.from} to ${head.to} (${head.days} days), preset ${preset}\n\n`,
  );
  io.out(table(rows, incidents?.length));
  return 0;
}

type Row = Pick<AlertRow, 'alert' | 'severity'> & {
  readonly count: number;
  readonly perDay: number;
  readonly pages: readonly { readonly at: string; readonly about: string }[];
} & Partial<ReturnType<typeof judge>>;

function table(rows: readonly Row[], incidents: number | undefined): string {
  const head = [
    'alert',
    'severity',
    'pages',
    'a day',
    ...(incidents === undefined ? [] : ['false', 'found', 'delay s']),
    'when',
  ];
  const lines = rows.map(({ alert, severity, count, perDay, pages, falsePages, found, delay }) => [
    alert,
    severity,
    String(count),
    String(perDay),
    ...(incidents === undefined
      ? []
      : [String(falsePages), `${found} of ${incidents}`, delay === undefined ? '-' : String(Math.round(delay))]),
    count === 0
      ? '-'
      : pages
          .slice(0, SHOWN)
          .map(({ at, about }) => `${at.slice(0, 19)}Z ${about}`)
          .join('; ') + (count > SHOWN ? '; ..' : ''),
  ]);
  const widths = head.map((name, i) => Math.max(name.length, ...lines.map(line => line[i]?.length ?? 0)));
  return [head, ...lines]
    .map(
      line =>
        `${line
          .map((cell, i) => cell.padEnd(widths[i] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

export const backtestCommand: Command = {
  name: 'backtest',
  summary: 'what would have paged over a recording, and when',
  usage: USAGE,
  async run(args, io) {
    try {
      return await backtest(read(args, io), io);
    } catch (error) {
      io.err(`llm-monitor backtest: ${describeError(error)} (llm-monitor backtest --help)\n`);
      return 2;
    }
  },
};
