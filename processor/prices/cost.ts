import type { Found } from './find.js';
import type { PriceClass, PriceRecord, ServicePrice, UnitPrices } from './table.js';

export type TokenCounts = { readonly [C in PriceClass]?: number };

/** How a call was served, as far as it changes the price. */
export interface ServedAs {
  /** `batch`, `flex`, `priority` ..; others cost the normal price. */
  readonly service?: string | undefined;
  /** Data residency that the call asked for: `us` or `eu`. */
  readonly residency?: string | undefined;
}

/** What a class without a price of its own costs as. */
const INSTEAD: { readonly [C in PriceClass]?: PriceClass } = {
  cache_read: 'input_uncached',
  cache_write: 'input_uncached',
  cache_write_1h: 'cache_write',
  reasoning: 'output',
  audio_input: 'input_uncached',
  audio_output: 'output',
  audio_cache_read: 'cache_read',
  image_input: 'input_uncached',
  image_output: 'output',
};

const INPUT: readonly PriceClass[] = [
  'input_uncached',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'audio_input',
  'audio_cache_read',
  'image_input',
];

/** The price of a class, its own or the one it falls back to; undefined if there is neither. */
function unitPrice(prices: UnitPrices, wanted: PriceClass): number | undefined {
  for (let name: PriceClass | undefined = wanted; name !== undefined; name = INSTEAD[name]) {
    const price = prices[name];
    if (price !== undefined) return price;
  }
  return undefined;
}

/** The record of a day: the latest that has begun. */
function recordOf(records: readonly PriceRecord[], day: string): PriceRecord | undefined {
  let best: PriceRecord | undefined;
  for (const record of records) {
    const from = record.from ?? '';
    if (from <= day && (best === undefined || from >= (best.from ?? ''))) best = record;
  }
  return best;
}

/** The prices of a request, long-context tier and service applied. */
function pricesOf(
  record: PriceRecord,
  service: ServicePrice | undefined,
  inputTokens: number,
): { prices: UnitPrices; factor: number } {
  let tier: NonNullable<PriceRecord['tiers']>[number] | undefined;
  for (const step of record.tiers ?? []) {
    if (inputTokens > step.above && (tier === undefined || step.above > tier.above)) tier = step;
  }
  const prices = tier === undefined ? record : { ...record, ...tier };
  if (service === undefined) return { prices, factor: 1 };
  if (typeof service === 'number') return { prices, factor: service };
  const factor = (service.input_uncached ?? Number.NaN) / (record.input_uncached ?? Number.NaN);
  if (tier !== undefined) return { prices, factor };
  const scaled: { [C in PriceClass]?: number } = {};
  for (const name of Object.keys(INSTEAD).concat('input_uncached', 'output') as PriceClass[]) {
    const price = prices[name];
    if (price !== undefined) scaled[name] = price * factor;
  }
  return { prices: { ...scaled, ...service }, factor: 1 };
}

/**
 * US dollars of a request: tokens by exclusive class, times the prices of the day.
 * @param day YYYY-MM-DD in UTC
 * @returns undefined where a class that was used has no price
 */
export function costOf(found: Found, tokens: TokenCounts, day: string, served: ServedAs = {}): number | undefined {
  const record = recordOf(found.records, day);
  if (record === undefined) return undefined;
  if (record.free === true) return 0;
  let inputTokens = 0;
  for (const name of INPUT) inputTokens += tokens[name] ?? 0;
  const named =
    served.service === undefined ? undefined : (record.service?.[served.service] ?? found.services[served.service]);
  const { prices, factor } = pricesOf(record, named, inputTokens);
  const residency = served.residency === undefined ? 1 : (record.residency?.[served.residency] ?? 1);
  let sum = 0;
  for (const name of Object.keys(tokens) as PriceClass[]) {
    const count = tokens[name];
    if (count === undefined || count === 0) continue;
    const price = unitPrice(prices, name);
    if (price !== undefined) sum += count * price;
    else if (record.kind !== 'embedding') return undefined;
  }
  const cost = (sum / 1_000_000) * factor * residency;
  return Number.isFinite(cost) ? cost : undefined;
}
