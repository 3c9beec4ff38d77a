import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { extname, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describeError, MonitorError, showValue } from '../../core/errors.js';

/** Looked for in the working folder, in this order. */
const NAMES = [
  'llm-monitor.config.js',
  'llm-monitor.config.mjs',
  'llm-monitor.config.ts',
  'llm-monitor.config.json',
] as const;

/** A config file as it was found: what it says, and its path for error messages. */
export interface ConfigFile {
  readonly path: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads the config file: the one that `LLM_MONITOR_CONFIG` names, else the first `llm-monitor.config.*` of the folder.
 * Synchronous, because a preload must be done before the app's first import; so a config module may not await at its top level.
 * @returns undefined when there is none
 * @throws MonitorError CONFIG_INVALID when the named file is missing, or the file cannot be loaded
 */
export function readConfigFile(
  env: Readonly<Record<string, string | undefined>>,
  folder: string,
): ConfigFile | undefined {
  const named = env['LLM_MONITOR_CONFIG'];
  if (named !== undefined && named !== '') {
    const path = resolve(folder, named);
    if (!existsSync(path))
      throw new MonitorError(
        'CONFIG_INVALID',
        `LLM_MONITOR_CONFIG is ${showValue(named)}; expected the path of a file that exists`,
      );
    return { path, values: load(path) };
  }
  const found = NAMES.map(name => resolve(folder, name)).find(existsSync);
  return found === undefined ? undefined : { path: found, values: load(found) };
}

/** What is wrong with JSON, without the piece of it that the engine quotes: a token may stand there. */
function describeJsonError(error: unknown): string {
  const problem = describeError(error);
  const quoted = [', "', ', ..."'].map(start => problem.indexOf(start)).filter(at => at >= 0);
  return quoted.length === 0 ? problem : problem.slice(0, Math.min(...quoted));
}

function load(path: string): Readonly<Record<string, unknown>> {
  const isJson = extname(path) === '.json';
  let loaded: unknown;
  try {
    loaded = isJson ? JSON.parse(readFileSync(path, 'utf8')) : createRequire(pathToFileURL(path))(path);
  } catch (cause) {
    const hint =
      extname(path) === '.ts'
        ? ' (TypeScript files need a Node that strips types, 22.18 or newer; name the compiled file)'
        : '';
    throw new MonitorError(
      'CONFIG_INVALID',
      `the config file ${path} cannot be loaded${hint}: ${isJson ? describeJsonError(cause) : describeError(cause)}`,
      isJson ? {} : { cause },
    );
  }
  const module = loaded as { readonly default?: unknown; readonly config?: unknown } | null;
  const values = isJson ? loaded : (module?.default ?? module?.config ?? loaded);
  if (typeof values !== 'object' || values === null || Array.isArray(values)) {
    throw new MonitorError(
      'CONFIG_INVALID',
      `the config file ${path} holds ${showValue(values)}; expected an object (export const config = defineConfig({ .. }))`,
    );
  }
  return values as Readonly<Record<string, unknown>>;
}
