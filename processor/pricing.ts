import type { LlmCall } from '../core/call.js';
import { TOKEN_CLASSES } from '../core/labels.js';
import { HandleCache } from './handle-cache.js';
import { costOf, type ServedAs, type TokenCounts } from './prices/cost.js';
import { type Found, findRecords, type Place } from './prices/find.js';
import { builtInTable, PRICES_AS_OF, type PriceTable, readTable } from './prices/table.js';

export { PRICES_AS_OF } from './prices/table.js';

/** How and where a call was served, as far as it changes the price. */
export interface PriceHints extends Place, ServedAs {}

/** A question about a price that is not about a whole call. */
export interface PriceQuery extends PriceHints {
  readonly provider: string;
  readonly model: string;
  /** Milliseconds since the epoch: prices change. */
  readonly at: number;
  /** Exclusive classes; also those that usage does not tell apart. */
  readonly tokens: TokenCounts;
}

/** What calls cost by public list prices. */
export interface Pricing {
  /** The day of the table, YYYY-MM-DD; with a file of one's own also that of the file. */
  readonly asOf: string;
  /**
   * The list price of a call in US dollars. Undefined where its model has no price or its usage is not known: never 0 for
   * that, which only a free model costs (or a call that used no tokens). The model that answered decides, else the requested.
   */
  cost(call: LlmCall, hints?: PriceHints): number | undefined;
  costOf(query: PriceQuery): number | undefined;
  /** Reads what the first price would else wait for: a few milliseconds of the built-in table. */
  warm?(): void;
}

export interface PricingOptions {
  /** Parsed JSON in the format of the built-in table or a part of it; a model in it replaces that of the built-in table. */
  readonly file?: object;
}

const NO_HINTS: PriceHints = {};

/**
 * Prices calls. The built-in table is read at the first question, or by `warm`.
 * @throws MonitorError CONFIG_INVALID that names the place in `file` that is wrong
 */
export function createPricing(options: PricingOptions = {}): Pricing {
  const { file } = options;
  // Read alone first, so that a mistake stops the start and not the first call.
  const own = file === undefined ? undefined : readTable(file);
  const asOf = own?.asOf === undefined || own.asOf === PRICES_AS_OF ? PRICES_AS_OF : `${PRICES_AS_OF}, ${own.asOf}`;
  let table: PriceTable | undefined;
  const known = new HandleCache<Found | null>();

  function read(): PriceTable {
    table ??= file === undefined ? builtInTable() : readTable(file, builtInTable());
    return table;
  }

  function find({ provider, model, region, zone }: PriceQuery): Found | undefined {
    const place = region === undefined && zone === undefined ? '' : `${region ?? ''}\n${zone ?? ''}`;
    const before = known.get(provider, model, place);
    if (before !== undefined) return before ?? undefined;
    const found = findRecords(read(), provider, model, { region, zone });
    known.set(provider, model, place, found ?? null);
    return found;
  }

  function ask(query: PriceQuery): number | undefined {
    const found = find(query);
    return found === undefined ? undefined : costOf(found, query.tokens, dayOf(query.at), query);
  }

  return {
    asOf,
    warm: () => void read(),
    costOf: ask,
    cost(call, hints = NO_HINTS) {
      if (call.usage === undefined) return undefined;
      const tokens: { [C in (typeof TOKEN_CLASSES)[number]]?: number } = {};
      for (const name of TOKEN_CLASSES) {
        const count = call.usage[name];
        if (count !== undefined) tokens[name] = count;
      }
      const service = hints.service ?? call.serviceTier;
      const model = call.model.answered ?? call.model.requested;
      return ask({ ...hints, service, provider: call.provider, model, at: call.startedAt, tokens });
    },
  };
}

const DAY_MS = 86_400_000;
let lastDay = { number: Number.NaN, day: PRICES_AS_OF };

/** The day in UTC, YYYY-MM-DD. */
function dayOf(at: number): string {
  const number = Math.floor(at / DAY_MS);
  // Nearly every call is of the day of the call before.
  if (number !== lastDay.number) {
    const day = Math.abs(at) < 8.64e15 ? new Date(at).toISOString().slice(0, 10) : PRICES_AS_OF;
    lastDay = { number, day };
  }
  return lastDay.day;
}
