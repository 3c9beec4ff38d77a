import { readFileSync } from 'node:fs';
import { describeError, MonitorError, showValue } from '../core/errors.js';

/**
 * Reads the user's price file; its content is checked by who prices.
 * @throws MonitorError CONFIG_INVALID when it cannot be read or is no JSON object
 */
export function readPrices(path: string): object {
  let parsed: unknown;
  try {
    parsed = JSON.parse(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new MonitorError(
      'CONFIG_INVALID',
      `prices (LLM_MONITOR_PRICES) is ${showValue(path)}; expected a JSON file of prices: ${describeError(cause)}`,
      { cause },
    );
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed)) {
    throw new MonitorError(
      'CONFIG_INVALID',
      `the price file ${path} holds ${showValue(parsed)}; expected an object with providers`,
    );
  }
  return parsed;
}
