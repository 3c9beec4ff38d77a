import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError, MonitorError, showValue } from '../core/errors.js';
import { PRESETS, type PresetName } from '../core/presets.js';
import { type GenerateOptions, generate } from '../grafana/generate.js';
import type { Command, CommandIo, ExitCode } from './command.js';
import { makeFolder } from './make-folder.js';
import { surplusFiles } from './surplus-files.js';

const USAGE = `Usage: llm-monitor generate --out DIR [options]

Writes dashboards, provisioning, rules with their tests, an Alertmanager configuration and runbooks.

  --out DIR            where to write; made if it is not there
  --preset NAME        ${PRESETS.join(', ')} (LLM_MONITOR_PRESET, else online)
  --job NAME           Prometheus' job of the monitored apps (llm-monitor)
  --runbook-url URL    where the runbooks will be served
  --dashboard-url URL  where Grafana is (http://localhost:3000)
  --check              write nothing; exit 1 and name what in DIR is missing, out of date, or left over
                       from an older version
  --help               this text
`;

const OPTIONS = {
  out: { type: 'string' },
  preset: { type: 'string' },
  job: { type: 'string' },
  'runbook-url': { type: 'string' },
  'dashboard-url': { type: 'string' },
  check: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

interface Wanted {
  readonly out: string;
  readonly check: boolean;
  readonly options: GenerateOptions;
}

function isPreset(name: string): name is PresetName {
  return (PRESETS as readonly string[]).includes(name);
}

function read(args: readonly string[], env: CommandIo['env']): Wanted | 'help' {
  const { values } = parseArgs({ args: [...args], options: OPTIONS, strict: true, allowPositionals: false });
  if (values.help === true) return 'help';
  if (values.out === undefined || values.out === '')
    throw new MonitorError('INVALID_ARGUMENT', '--out is missing; expected a folder');
  const preset = values.preset ?? (env['LLM_MONITOR_PRESET'] || undefined);
  if (preset !== undefined && !isPreset(preset)) {
    const name = values.preset === undefined ? 'LLM_MONITOR_PRESET' : '--preset';
    throw new MonitorError('INVALID_ARGUMENT', `${name} is ${showValue(preset)}; expected ${PRESETS.join(', ')}`);
  }
  return {
    out: values.out,
    check: values.check === true,
    options: {
      ...(preset === undefined ? {} : { preset }),
      ...(values.job === undefined ? {} : { job: values.job }),
      ...(values['runbook-url'] === undefined ? {} : { runbookBaseUrl: values['runbook-url'] }),
      ...(values['dashboard-url'] === undefined ? {} : { dashboardBaseUrl: values['dashboard-url'] }),
    },
  };
}

async function stale(out: string, files: ReadonlyMap<string, string>): Promise<string[]> {
  const found: string[] = [];
  for (const [path, content] of files) {
    const file = join(out, path);
    if (!existsSync(file)) found.push(`missing      ${path}`);
    else if ((await readFile(file, 'utf8')) !== content) found.push(`out of date  ${path}`);
  }
  return found;
}

async function write(out: string, files: ReadonlyMap<string, string>): Promise<void> {
  const folders = new Set([...files.keys()].map(path => dirname(join(out, path))));
  for (const folder of folders) await makeFolder(folder);
  for (const [path, content] of files) await writeFile(join(out, path), content);
}

async function check(out: string, files: ReadonlyMap<string, string>, io: CommandIo): Promise<ExitCode> {
  const found = await stale(out, files);
  const surplus = await surplusFiles(out, files);
  if (found.length + surplus.length === 0) {
    io.out(`${files.size} files in ${out} are up to date\n`);
    return 0;
  }
  io.out([...found, ...surplus.map(path => `surplus      ${path}`), ''].join('\n'));
  if (found.length > 0)
    io.err(
      `${found.length} of ${files.size} files in ${out} are not up to date; run the same command without --check\n`,
    );
  if (surplus.length > 0)
    io.err(`files of an older version in ${out}: ${surplus.length}; nothing is written there any more, delete them\n`);
  return 1;
}

export const generateCommand: Command = {
  name: 'generate',
  summary: 'write dashboards, rules, Alertmanager configuration and runbooks',
  usage: USAGE,
  async run(args, io) {
    let wanted: Wanted | 'help';
    try {
      wanted = read(args, io.env);
    } catch (error) {
      io.err(`llm-monitor generate: ${describeError(error)}\n\n${USAGE}`);
      return 2;
    }
    if (wanted === 'help') {
      io.out(USAGE);
      return 0;
    }
    try {
      const files = generate(wanted.options);
      if (wanted.check) return await check(wanted.out, files, io);
      await write(wanted.out, files);
      io.out(`${files.size} files written to ${wanted.out}\n`);
      return 0;
    } catch (error) {
      io.err(`llm-monitor generate: ${describeError(error)}\n`);
      return 2;
    }
  },
};
