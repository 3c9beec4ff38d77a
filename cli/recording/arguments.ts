import { MonitorError, showValue } from '../../core/errors.js';
import { PRESETS, type PresetName } from '../../core/presets.js';
import type { CommandIo } from '../command.js';

/** @throws MonitorError INVALID_ARGUMENT for none or several */
export function oneFile(positionals: readonly string[]): string {
  const [path] = positionals;
  if (path === undefined || path === '' || positionals.length > 1)
    throw new MonitorError('INVALID_ARGUMENT', `${positionals.length} files are given; expected one recording`);
  return path;
}

/** The preset that an option or the environment names. @throws MonitorError INVALID_ARGUMENT */
export function presetOf(given: string | undefined, env: CommandIo['env']): PresetName {
  const name = given ?? (env['LLM_MONITOR_PRESET'] || 'online');
  const preset = PRESETS.find(one => one === name);
  if (preset !== undefined) return preset;
  const where = given === undefined ? 'LLM_MONITOR_PRESET' : '--preset';
  throw new MonitorError('INVALID_ARGUMENT', `${where} is ${showValue(name)}; expected ${PRESETS.join(', ')}`);
}

/** The numbers of an option that may be given more than once, each once. @throws MonitorError INVALID_ARGUMENT */
export function numbersOf(
  name: string,
  given: readonly string[] | undefined,
  fallback: number,
  accepted: { readonly text: string; readonly test: (value: number) => boolean },
): readonly number[] {
  const numbers = (given ?? [String(fallback)]).map(text => {
    const value = text.trim() === '' ? Number.NaN : Number(text);
    if (!accepted.test(value))
      throw new MonitorError('INVALID_ARGUMENT', `--${name} is ${showValue(text)}; expected ${accepted.text}`);
    return value;
  });
  return [...new Set(numbers)];
}
