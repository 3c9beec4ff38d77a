import { parseArgs } from 'node:util';
import { systemClock } from '../core/clock.js';
import { describeError, MonitorError } from '../core/errors.js';
import { PRESET_TABLE } from '../core/presets.js';
import { Detection, DriftWatch } from '../processor/index.js';
import { Replay } from '../processor/recording/replay.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { oneFile, presetOf } from './recording/arguments.js';
import { readRecording } from './recording/read-file.js';
import { leaveBehind, UNNAMED } from './recording/state.js';

const USAGE = `Usage: llm-monitor train FILE --state WHERE [options]

Fits the detectors and the drift watch on a recording (LLM_MONITOR_RECORD) and saves what they learnt where a
monitor with LLM_MONITOR_STATE=WHERE looks when it starts: one that has no state of its own is ready at once.

  FILE             a recording, gzip or not
  --state WHERE    a folder, redis://.. or postgres://.. (LLM_MONITOR_STATE)
  --service NAME   whose monitors take it up; the recording's service if absent
  --preset NAME    online, finance or healthcare (LLM_MONITOR_PRESET, else online)
  --keep-going     leave wrong lines out instead of ending at the first
  --json           one object instead of a line
  --help           this text

Exit codes: 0 saved, 1 too few calls for any detector to be ready (nothing is saved), 2 wrong use or cannot run.
`;

const OPTIONS = {
  state: { type: 'string' },
  service: { type: 'string' },
  preset: { type: 'string' },
  'keep-going': { type: 'boolean' },
  json: { type: 'boolean' },
} as const;

function read(args: readonly string[], io: CommandIo) {
  const { values, positionals } = parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  const state = values.state ?? io.env['LLM_MONITOR_STATE'] ?? '';
  if (state === '')
    throw new MonitorError('INVALID_ARGUMENT', '--state is missing; expected a folder, redis://.. or postgres://..');
  return { path: oneFile(positionals), preset: presetOf(values.preset, io.env), state, values };
}

async function train({ path, preset, state, values }: ReturnType<typeof read>, io: CommandIo): Promise<ExitCode> {
  const detection = new Detection({ threshold: PRESET_TABLE[preset].thresholds.anomalyScore });
  const drift = new DriftWatch();
  const pipeline = new Replay({ detection, drift });
  let service = values.service;
  let calls = 0;
  for await (const record of readRecording({ path, keepGoing: values['keep-going'] === true, io })) {
    if (record.kind === 'header') service ??= record.service ?? undefined;
    if (record.kind === 'call') calls++;
    pipeline.take(record);
  }
  const detectors = detection.status().map(({ detector, ready, learnt }) => ({ detector, ready, learnt }));
  if (!detectors.some(({ ready }) => ready)) {
    io.err(`llm-monitor train: ${calls} calls are too few for any detector to be ready; nothing is saved\n`);
    return 1;
  }
  const name = service ?? UNNAMED;
  const location = await leaveBehind(state, name, { detection, drift }, systemClock.now());
  if (values.json === true)
    io.out(`${JSON.stringify({ calls, service: name, state: location, detectors, driftWarm: drift.warm }, null, 2)}\n`);
  else
    io.out(
      `learnt from ${calls} calls and saved for the service ${name} at ${location}: ${detectors.map(one => `${one.detector} ${one.ready ? 'ready' : 'not ready'}`).join(', ')}, drift ${drift.warm ? 'ready' : 'not ready'}\n`,
    );
  return 0;
}

export const trainCommand: Command = {
  name: 'train',
  summary: 'fit detectors and the drift watch on a recording, for monitors to start from',
  usage: USAGE,
  async run(args, io) {
    try {
      return await train(read(args, io), io);
    } catch (error) {
      io.err(`llm-monitor train: ${describeError(error)} (llm-monitor train --help)\n`);
      return 2;
    }
  },
};
