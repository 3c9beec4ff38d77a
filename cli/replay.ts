import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { describeError, MonitorError } from '../core/errors.js';
import { PRESET_TABLE } from '../core/presets.js';
import { Detection, type DriftEvent, DriftWatch, FEATURE_NAMES, type Finding } from '../processor/index.js';
import type { CallRecord } from '../processor/recording/record.js';
import { Replay } from '../processor/recording/replay.js';
import { printable } from './check/printable.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { oneFile, presetOf } from './recording/arguments.js';
import { keepInput } from './recording/keep-input.js';
import { readRecording } from './recording/read-file.js';
import { takeUp, UNNAMED } from './recording/state.js';

const USAGE = `Usage: llm-monitor replay FILE [options]

Pushes a recording (LLM_MONITOR_RECORD) through the detectors and the drift watch that live calls go through,
and says what they find: every flagged call with the features that made it odd, and every change.

  FILE             a recording, gzip or not
  --json           one object instead of lines
  --out FILE       write each call's scores, one JSON object a line
  --state WHERE    start from what monitors saved there (a folder, redis://.., postgres://..)
  --service NAME   of which service; the recording's if absent
  --preset NAME    online, finance or healthcare (LLM_MONITOR_PRESET, else online)
  --keep-going     leave wrong lines out instead of ending at the first
  --help           this text

Exit codes: 0 replayed, 2 wrong use or a line that cannot be read.
`;

const OPTIONS = {
  json: { type: 'boolean' },
  out: { type: 'string' },
  state: { type: 'string' },
  service: { type: 'string' },
  preset: { type: 'string' },
  'keep-going': { type: 'boolean' },
} as const;

interface FlaggedCall {
  readonly id: string;
  /** ISO 8601. */
  readonly time: string;
  readonly model: string;
  readonly detector: string;
  readonly score: number;
  /** The three that contributed most, largest first, shares of 1. */
  readonly features: Readonly<Record<string, number>>;
}

/** What is shown one by one; everything is counted. */
const MOST = 1000;
const TOP = 3;

const isoOf = (ms: number): string => new Date(ms).toISOString();

function topFeatures({ contributions }: Finding): Record<string, number> {
  const shares = [...(contributions ?? [])].map((share, f) => [FEATURE_NAMES[f] as string, share] as const);
  const top = shares.filter(([, share]) => share > 0).sort((a, b) => b[1] - a[1]);
  return Object.fromEntries(top.slice(0, TOP).map(([name, share]) => [name, Number(share.toFixed(3))]));
}

function flaggedOf({ at, call }: CallRecord, found: readonly Finding[]): FlaggedCall[] {
  return found
    .filter(({ flagged }) => flagged)
    .map(finding => ({
      id: call.id,
      time: isoOf(at),
      model: call.model.requested,
      detector: finding.detector,
      score: finding.score,
      features: topFeatures(finding),
    }));
}

function read(args: readonly string[], io: CommandIo) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  return { path: oneFile(positionals), preset: presetOf(values.preset, io.env), values };
}

async function replay({ path, preset, values }: ReturnType<typeof read>, io: CommandIo): Promise<ExitCode> {
  const detection = new Detection({ threshold: PRESET_TABLE[preset].thresholds.anomalyScore });
  const drift = new DriftWatch();
  const pipeline = new Replay({ detection, drift });
  const counts = { calls: 0, labels: 0, scored: 0, flagged: 0, driftPages: 0, wrongLines: 0 };
  const flagged: FlaggedCall[] = [];
  const events: DriftEvent[] = [];
  let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  let service = values.service;
  let begun = false;
  keepInput(path, values.out);
  const out = values.out === undefined ? undefined : createWriteStream(values.out, { mode: 0o600 });
  const failed = out && finished(out);
  failed?.catch(() => undefined);
  const flag = (one: FlaggedCall): void => {
    counts.flagged++;
    if (flagged.length < MOST) flagged.push(one);
    if (values.json !== true)
      io.out(
        `${one.time}  flagged  ${printable(one.model)}  ${one.detector} ${one.score.toFixed(4)}  ${featureText(one)}\n`,
      );
  };
  const tell = (event: DriftEvent): void => {
    if (event.pages && event.state === 'detected') counts.driftPages++;
    if (events.length < MOST) events.push(event);
    if (values.json !== true)
      io.out(
        `${isoOf(event.at)}  drift  ${event.signal} ${event.direction} in ${printable(event.scope.name)} ${event.state}${event.pages ? ', pages' : ''}\n`,
      );
  };
  const keepGoing = values['keep-going'] === true;
  for await (const record of readRecording({ path, keepGoing, io, onWrong: () => counts.wrongLines++ })) {
    if (record.kind === 'header') service ??= record.service ?? undefined;
    if (!begun && record.kind !== 'header') {
      begun = true;
      if (values.state !== undefined) await takeUp(values.state, service ?? UNNAMED, { detection, drift });
    }
    const { findings, drift: changes } = pipeline.take(record);
    for (const event of changes) tell(event);
    if (record.kind === 'label') counts.labels++;
    if (record.kind !== 'call') continue;
    counts.calls++;
    from = Math.min(from, record.at);
    to = Math.max(to, record.at);
    const found = findings?.found ?? [];
    if (found.length > 0) counts.scored++;
    for (const one of flaggedOf(record, found)) flag(one);
    if (out === undefined) continue;
    const scores = Object.fromEntries(found.map(({ detector, score }) => [detector, score]));
    const line = JSON.stringify({ id: record.call.id, at: record.at, model: record.call.model.requested, scores });
    if (!out.write(`${line}\n`)) await Promise.race([once(out, 'drain'), failed]);
  }
  out?.end();
  await failed;
  if (counts.calls === 0)
    throw new MonitorError('INVALID_ARGUMENT', 'the recording has no call; expected at least one');
  const span = { from: isoOf(from), to: isoOf(to) };
  if (values.json === true)
    io.out(`${JSON.stringify({ ...span, ...counts, flaggedCalls: flagged, driftEvents: events }, null, 2)}\n`);
  else
    io.out(
      `${counts.calls} calls and ${counts.labels} labels from ${span.from} to ${span.to}: ${counts.scored} scored, ${counts.flagged} flagged, ${counts.driftPages} drift pages${counts.wrongLines > 0 ? `, ${counts.wrongLines} wrong lines left out` : ''}\n`,
    );
  return 0;
}

function featureText({ features }: FlaggedCall): string {
  return Object.entries(features)
    .map(([name, share]) => `${name} ${Math.round(share * 100)} %`)
    .join(', ');
}

export const replayCommand: Command = {
  name: 'replay',
  summary: 'push a recording through the detectors and the drift watch, and say what they find',
  usage: USAGE,
  async run(args, io) {
    try {
      return await replay(read(args, io), io);
    } catch (error) {
      io.err(`llm-monitor replay: ${describeError(error)} (llm-monitor replay --help)\n`);
      return 2;
    }
  },
};
