import { readFileSync } from 'node:fs';
import { describeError, MonitorError, showValue } from '../../core/errors.js';

/** Classes of tokens that a price list tells apart; more than usage has, since some APIs report more. */
export const PRICE_CLASSES = [
  'input_uncached',
  'cache_read',
  'cache_write',
  'cache_write_1h',
  'output',
  'reasoning',
  'audio_input',
  'audio_output',
  'audio_cache_read',
  'image_input',
  'image_output',
] as const;
export type PriceClass = (typeof PRICE_CLASSES)[number];

/** US dollars per million tokens. */
export type UnitPrices = { readonly [C in PriceClass]?: number };

/** What a service tier (batch, flex, priority) makes of a price: a factor on all, or prices of its own. */
export type ServicePrice = number | UnitPrices;
export type Services = Readonly<Record<string, ServicePrice>>;

/** The prices of a model in a place from a day on. */
export interface PriceRecord extends UnitPrices {
  readonly model: string;
  readonly kind?: string;
  /** First day (UTC, YYYY-MM-DD) of these prices. */
  readonly from?: string;
  readonly region?: string;
  readonly zone?: string;
  readonly free?: boolean;
  /** Prices of the whole request when its input is longer than `above`. */
  readonly tiers?: readonly ({ readonly above: number } & UnitPrices)[];
  readonly service?: Services;
  readonly residency?: Readonly<Record<string, number>>;
}

export interface ProviderPrices {
  readonly aliases: readonly string[];
  /** Providers to look in next. */
  readonly fallback: readonly string[];
  readonly service: Services;
  /** Names of models -> names in `models`. */
  readonly names: ReadonlyMap<string, string>;
  /** What may follow the name of a model; undefined = nothing may. */
  readonly suffix: RegExp | undefined;
  readonly models: ReadonlyMap<string, readonly PriceRecord[]>;
}

export interface PriceTable {
  readonly asOf: string | undefined;
  readonly providers: ReadonlyMap<string, ProviderPrices>;
  /** Which provider a name belongs to, where a call names none. */
  readonly families: readonly { readonly pattern: RegExp; readonly provider: string }[];
}

type Fields = Readonly<Record<string, unknown>>;

function fail(where: string, value: unknown, accepted: string, cause?: unknown): never {
  throw new MonitorError('CONFIG_INVALID', `prices: ${where} is ${showValue(value)}; expected ${accepted}`, { cause });
}

function fields(value: unknown, where: string): Fields {
  if (value === undefined) return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return fail(where, value, 'an object');
  return value as Fields;
}

function list(value: unknown, where: string): readonly unknown[] {
  return value === undefined ? [] : Array.isArray(value) ? value : fail(where, value, 'a list');
}

function words(value: unknown, where: string): readonly string[] {
  return list(value, where).map(word =>
    typeof word === 'string' ? word.toLowerCase() : fail(where, word, 'a list of names'),
  );
}

function expression(source: unknown, where: string, wrap: (source: string) => string): RegExp {
  if (typeof source !== 'string') return fail(where, source, 'a regular expression');
  try {
    return new RegExp(wrap(source));
  } catch (cause) {
    return fail(where, source, `a regular expression (${describeError(cause)})`, cause);
  }
}

function checkPrices(value: Fields, where: string): void {
  for (const name of PRICE_CLASSES) {
    const price = value[name];
    if (price === undefined || (typeof price === 'number' && price >= 0 && price < Number.POSITIVE_INFINITY)) continue;
    fail(`${where}.${name}`, price, 'US dollars per million tokens');
  }
}

function checkServices(value: unknown, where: string): Services {
  const services = fields(value, where);
  for (const [name, price] of Object.entries(services)) {
    if (typeof price === 'number' && price >= 0) continue;
    checkPrices(fields(price, `${where}.${name}`), `${where}.${name}`);
  }
  return services as Services;
}

function checkRecord(value: unknown, provider: string, index: number): PriceRecord {
  const where = `${provider}.models[${index}]`;
  const record = fields(value, where);
  if (typeof record['model'] !== 'string' || record['model'] === '')
    fail(`${where}.model`, record['model'], 'the name of a model');
  const at = `${where} (${showValue(record['model'])})`;
  checkPrices(record, at);
  checkServices(record['service'], `${at}.service`);
  list(record['tiers'], `${at}.tiers`).forEach((tier, index) => {
    const step = fields(tier, `${at}.tiers[${index}]`);
    checkPrices(step, `${at}.tiers[${index}]`);
    if (typeof step['above'] !== 'number') fail(`${at}.tiers[${index}].above`, step['above'], 'a number of tokens');
  });
  if (record['free'] !== true && record['input_uncached'] === undefined) {
    fail(`${at}.input_uncached`, undefined, 'a price, or free: true');
  }
  if (record['from'] !== undefined && !/^\d{4}-\d{2}-\d{2}$/.test(String(record['from']))) {
    fail(`${at}.from`, record['from'], 'a day as YYYY-MM-DD');
  }
  return { ...(record as object), model: record['model'].toLowerCase() } as PriceRecord;
}

/** @param check what a record must pass */
function readProvider(
  key: string,
  value: unknown,
  suffixes: Fields,
  base: ProviderPrices | undefined,
  check: typeof checkRecord,
): ProviderPrices {
  const given = fields(value, key);
  const own = new Map<string, PriceRecord[]>();
  list(given['models'], `${key}.models`).forEach((entry, index) => {
    const record = check(entry, key, index);
    const records = own.get(record.model);
    if (records === undefined) own.set(record.model, [record]);
    else records.push(record);
  });
  const names = Object.entries(fields(given['names'], `${key}.names`)).map(([from, to]): [string, string] => [
    from.toLowerCase(),
    typeof to === 'string' ? to.toLowerCase() : fail(`${key}.names.${from}`, to, 'the name of a model'),
  ]);
  const grammar = given['suffix'] === undefined ? undefined : suffixes[String(given['suffix'])];
  return {
    aliases: [...(base?.aliases ?? []), ...words(given['aliases'], `${key}.aliases`)],
    fallback: given['fallback'] === undefined ? (base?.fallback ?? []) : words(given['fallback'], `${key}.fallback`),
    service: { ...base?.service, ...checkServices(given['service'], `${key}.service`) },
    names: new Map([...(base?.names ?? []), ...names]),
    suffix:
      given['suffix'] === undefined
        ? base?.suffix
        : expression(grammar, `the suffix of ${key}`, source => `^(?:${source})$`),
    models: new Map([...(base?.models ?? []), ...own]),
  };
}

/**
 * A price table from parsed JSON in the format of `prices.json`, or a part of it (`providers` with `models` is enough).
 * @param base a table that it goes over: a model that both have takes all its records from `json`
 * @throws MonitorError CONFIG_INVALID that names the place
 */
export function readTable(json: object, base?: PriceTable): PriceTable {
  return read(json, base, checkRecord);
}

function read(json: object, base: PriceTable | undefined, check: typeof checkRecord): PriceTable {
  const given = json as Fields;
  if (given['format'] !== undefined && given['format'] !== 1) fail('format', given['format'], '1');
  const suffixes = fields(given['suffixes'], 'suffixes');
  const providers = new Map(base?.providers);
  for (const [name, value] of Object.entries(fields(given['providers'], 'providers'))) {
    const key = providerKey(providers, name) ?? name.toLowerCase();
    providers.set(key, readProvider(key, value, suffixes, providers.get(key), check));
  }
  const families = list(given['families'], 'families').map((entry, index) => {
    const family = fields(entry, `families[${index}]`);
    const pattern = expression(family['pattern'], `families[${index}].pattern`, source => source);
    return { pattern, provider: String(family['provider']).toLowerCase() };
  });
  const asOf = given['as_of'] === undefined ? base?.asOf : String(given['as_of']);
  return { asOf, providers, families: [...families, ...(base?.families ?? [])] };
}

/** The key of a provider in a table, by key or alias; undefined if the table does not have it. */
export function providerKey(providers: ReadonlyMap<string, ProviderPrices>, name: string): string | undefined {
  const wanted = name.trim().toLowerCase();
  if (providers.has(wanted)) return wanted;
  for (const [key, { aliases }] of providers) if (aliases.includes(wanted)) return key;
  return undefined;
}

/** The day of the built-in table: what `builtInTable().asOf` says, without reading the file. */
export const PRICES_AS_OF = '2026-08-01';

let builtIn: PriceTable | undefined;

/** The table that comes with this package; read at the first use (150 kB). A test checks it, so that nothing does here: 1,500 records take 10 ms. */
export function builtInTable(): PriceTable {
  // Beside the sources, not in the build: the compiler does not copy data.
  builtIn ??= read(
    JSON.parse(readFileSync(new URL('../../../processor/prices/prices.json', import.meta.url), 'utf8')),
    undefined,
    record => record as PriceRecord,
  );
  return builtIn;
}
