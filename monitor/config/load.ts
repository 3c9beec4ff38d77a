import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import { MonitorError, showValue } from '../../core/errors.js';
import { ERROR_TYPES } from '../../core/labels.js';
import type { DriftOptions } from '../../processor/drift-monitor.js';
import type { AnyEvaluator } from '../../processor/evaluators/async-evaluator.js';
import type { TaskConfig } from '../../processor/truth/ground-truth.js';
import { type ConfigFile, readConfigFile } from './file.js';
import { type Parser, read } from './parse.js';
import { SETTINGS, type SettingName, type Settings } from './schema.js';

/** Sliding windows over labelled calls: by number of labels, and by time in seconds. */
export interface TruthWindows {
  readonly count?: readonly number[];
  readonly seconds?: readonly number[];
}

/** What only code or a config module can say, because it holds functions or objects. */
export interface CodeOnlyConfig {
  /**
   * Tasks whose labels will come, the windows their measures are taken over, and the attributes of a call that they are also taken
   * by: `template`, or names of `labels`.
   */
  readonly truth?: {
    readonly tasks?: Readonly<Record<string, TaskConfig>>;
    readonly windows?: TruthWindows;
    readonly slices?: readonly string[];
  };
  /** The watch for lasting changes: its budget of false pages a day; false for none. */
  readonly drift?: DriftOptions | false;
  /** Evaluators of one's own, beside the selected ones: functions of the text, and judges. */
  readonly customEvaluators?: readonly AnyEvaluator[];
  /** Where spans go, beside the OTLP exporter that `OTEL_EXPORTER_OTLP_*` asks for. */
  readonly spanProcessors?: readonly SpanProcessor[];
  /** Attributes of the resource, beside `OTEL_RESOURCE_ATTRIBUTES`. */
  readonly resourceAttributes?: Readonly<Record<string, string | number | boolean>>;
}

/** What `startMonitor` and `defineConfig` take: every setting by name, and what only code can say. */
export type MonitorConfig = { readonly [K in SettingName]?: Settings[K] } & CodeOnlyConfig;

const CODE_ONLY: readonly (keyof CodeOnlyConfig)[] = [
  'truth',
  'drift',
  'customEvaluators',
  'spanProcessors',
  'resourceAttributes',
];
/** Variables of ours that are not settings of the monitor itself. */
const OTHER_VARIABLES = new Set(['LLM_MONITOR_CONFIG']);

export interface LoadedConfig {
  readonly settings: Settings;
  readonly code: CodeOnlyConfig;
  /** The config file that was read. */
  readonly file?: string;
  /** Lines worth telling: variables of ours that nobody knows, call labels that the series limit cannot hold. */
  readonly notices: readonly string[];
}

type Env = Readonly<Record<string, string | undefined>>;

function unknownKeys(values: Readonly<Record<string, unknown>>, where: string): void {
  const known = [...Object.keys(SETTINGS), ...CODE_ONLY];
  for (const key of Object.keys(values)) {
    if (!known.includes(key))
      throw new MonitorError(
        'CONFIG_INVALID',
        `${where} has the unknown setting ${showValue(key)}; known are ${known.join(', ')}`,
      );
  }
}

function one(
  name: SettingName,
  code: Readonly<Record<string, unknown>>,
  env: Env,
  file: ConfigFile | undefined,
): unknown {
  const setting: {
    readonly env?: string;
    readonly parser: Parser<unknown>;
    readonly fallback: unknown;
    readonly secret?: boolean;
  } = SETTINGS[name];
  if (code[name] !== undefined) return read(setting.parser, code[name], name, setting.secret);
  const variable = setting.env === undefined ? undefined : env[setting.env];
  // An empty variable counts as unset, as OpenTelemetry's specification has it.
  if (variable !== undefined && variable !== '')
    return read(setting.parser, variable, setting.env as string, setting.secret);
  const given = file?.values[name];
  return given === undefined
    ? setting.fallback
    : read(setting.parser, given, `${name} in ${file?.path}`, setting.secret);
}

/** `calls` has a series for every kind of error, and for `ok` and `aborted`, of each combination of the call labels' values. */
function tooManyLabels({ labels, seriesLimit }: Settings): readonly string[] {
  const sets = Object.values(labels).reduce((product, values) => product * values.length, 1);
  const series = sets * (ERROR_TYPES.length + 2);
  if (Object.keys(labels).length === 0 || series <= seriesLimit) return [];
  return [
    `labels (LLM_MONITOR_LABELS) allow ${sets} combinations of values, up to ${series} series of a metric for each model, but ` +
      `seriesLimit (LLM_MONITOR_SERIES_LIMIT) is ${seriesLimit}; combinations past it become other: allow fewer values, or raise it`,
  ];
}

/**
 * The settings in force: code over environment over config file over default.
 * @throws MonitorError CONFIG_INVALID that names the setting, its value and what is accepted
 */
export function loadConfig(config: MonitorConfig, env: Env, folder: string): LoadedConfig {
  const code = config as Readonly<Record<string, unknown>>;
  unknownKeys(code, 'the configuration');
  const file = readConfigFile(env, folder);
  if (file !== undefined) unknownKeys(file.values, `the config file ${file.path}`);
  const settings = Object.fromEntries(
    (Object.keys(SETTINGS) as SettingName[]).map(name => [name, one(name, code, env, file)]),
  ) as Settings;
  const variables = new Set<string>(
    Object.values(SETTINGS).flatMap(setting => (setting.env === undefined ? [] : [setting.env])),
  );
  const unknown = Object.keys(env)
    .filter(name => name.startsWith('LLM_MONITOR_') && !variables.has(name) && !OTHER_VARIABLES.has(name))
    .map(
      name =>
        `${name} is set but not known to this version; known are ${[...variables, ...OTHER_VARIABLES].filter(known => known.startsWith('LLM_MONITOR_')).join(', ')}`,
    );
  const codeOnly = Object.fromEntries(
    CODE_ONLY.map(key => [key, code[key] ?? file?.values[key]]).filter(([, value]) => value !== undefined),
  );
  return {
    settings,
    code: codeOnly as CodeOnlyConfig,
    ...(file === undefined ? {} : { file: file.path }),
    notices: [...unknown, ...tooManyLabels(settings)],
  };
}
