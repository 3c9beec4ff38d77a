import { type PriceRecord, type PriceTable, type ProviderPrices, providerKey, type Services } from './table.js';

/** Where a call ran, as far as it changes the price. */
export interface Place {
  /** Region of Bedrock. */
  readonly region?: string | undefined;
  /** Data zone of Azure: `eu` or `us`. */
  readonly zone?: string | undefined;
}

/** The records of a model in a place, of all days, and the factors of its provider. */
export interface Found {
  readonly records: readonly PriceRecord[];
  readonly services: Services;
}

const FREE: Found = { records: [{ model: '', free: true }], services: {} };
/** Providers that a call names when it names none. */
const NOBODY = new Set(['', 'unknown', 'other', '_other']);
const GEOGRAPHIC = /^(?:us|eu|apac|au|jp|ca|global|us-gov)\./;

/**
 * The records that price a model, by the rules of the table: exact name, then the longest known name that is followed by a
 * version or a date only, then the provider's own ways of naming, then other providers. Undefined = no price is known, which
 * is not the same as free.
 * @param provider `gen_ai.provider.name` or another name of it; empty or `unknown` lets the family of the name decide
 * @param model what the reply names, or else the request
 */
export function findRecords(table: PriceTable, provider: string, model: string, place: Place = {}): Found | undefined {
  const name = model.trim().toLowerCase();
  const arn = /^arn:[^:]*:bedrock:([^:]*):[^:]*:(?:foundation-model|inference-profile)\/(.+)$/.exec(name);
  if (arn !== null)
    return inProvider(table, 'aws.bedrock', arn[2] as string, { ...place, region: place.region ?? arn[1] });
  // Tuned models and endpoints do not name what they cost.
  if (name.startsWith('arn:') || /(?:^|\/)(?:tunedmodels|endpoints)\//.test(name)) return undefined;
  const names = plainNames(name);
  const key = providerKey(table.providers, provider);
  if (key !== undefined) {
    for (const candidate of names) {
      const found = inProvider(table, key, candidate, place);
      if (found !== undefined) return found;
    }
    for (const other of table.providers.get(key)?.fallback ?? []) {
      for (const candidate of names) {
        const found = inProvider(table, other, candidate, place);
        if (found !== undefined) return found;
      }
    }
  }
  const prefixed = behindPrefix(table, name, place);
  if (prefixed !== undefined || key !== undefined || !NOBODY.has(provider.trim().toLowerCase())) return prefixed;
  for (const candidate of names) {
    const family = table.families.find(({ pattern }) => pattern.test(candidate));
    if (family !== undefined) return inProvider(table, family.provider, candidate, place);
  }
  return undefined;
}

/** A name without the path of the resource it stands in. */
function plainNames(name: string): readonly string[] {
  const publisher = /^(?:projects\/[^/]+\/locations\/[^/]+\/)?publishers\/([^/]+)\/models\/(.+)$/.exec(name);
  if (publisher !== null) return [publisher[2] as string, `${publisher[1]}/${publisher[2]}`];
  const plain = /^(?:models|accounts\/fireworks\/(?:models|routers))\/(.+)$/.exec(name);
  return [plain?.[1] ?? name];
}

/** `anthropic/claude-x` behind a gateway, `azure/eu/gpt-x`, `bedrock/eu-west-1/x`. */
function behindPrefix(table: PriceTable, name: string, place: Place): Found | undefined {
  const slash = name.indexOf('/');
  if (slash <= 0) return undefined;
  const key = providerKey(table.providers, name.slice(0, slash));
  if (key === undefined) return undefined;
  const rest = name.slice(slash + 1);
  const where = /^([^/]+)\/(.+)$/.exec(rest);
  if (where !== null && key.startsWith('azure.') && /^(?:eu|us)$/.test(where[1] as string)) {
    return inProvider(table, key, where[2] as string, { ...place, zone: where[1] });
  }
  if (where !== null && key === 'aws.bedrock' && /^[a-z]{2}(?:-[a-z]+)+-\d$/.test(where[1] as string)) {
    return inProvider(table, key, where[2] as string, { ...place, region: where[1] });
  }
  return inProvider(table, key, rest, place);
}

/** Looks in one provider's table only, with that provider's own ways of naming. */
function inProvider(table: PriceTable, key: string, name: string, place: Place): Found | undefined {
  const prices = table.providers.get(key);
  if (prices === undefined) return undefined;
  for (const spelling of spellings(key, name)) {
    const records = byName(prices, spelling, place);
    if (records !== undefined) return { records, services: prices.service };
  }
  return key === 'openrouter' && name.endsWith(':free') ? FREE : undefined;
}

function spellings(key: string, name: string): readonly string[] {
  if (name.startsWith('ft:')) return [`ft:${name.split(':')[1]}`];
  switch (key) {
    case 'aws.bedrock': {
      const plain = name.replace(/:(?:\d+k|mm)$/, '');
      return [name, plain, plain.replace(GEOGRAPHIC, '')];
    }
    case 'openrouter':
      return name.endsWith(':free') ? [name] : [name, name.replace(/:[a-z]+$/, '')];
    case 'anthropic':
      return [name, name.replace(/(\d)\.(?=\d)/g, '$1-')];
    default:
      return [name];
  }
}

/** The exact name, else the longest known one with an accepted ending; a record of the place before the plain one. */
function byName(prices: ProviderPrices, name: string, place: Place): readonly PriceRecord[] | undefined {
  const known: (readonly PriceRecord[])[] = [];
  for (let length = name.length; length > 0; length--) {
    const start = name.slice(0, length);
    const records = prices.models.get(start) ?? prices.models.get(prices.names.get(start) ?? '');
    if (records === undefined) continue;
    if (length === name.length || prices.suffix?.test(name.slice(length))) known.push(records);
  }
  const wanted: ((record: PriceRecord) => boolean)[] = [
    record => record.region === undefined && record.zone === undefined,
  ];
  if (place.zone !== undefined) wanted.unshift(record => record.zone === place.zone);
  if (place.region !== undefined) wanted.unshift(record => record.region === place.region);
  for (const fits of wanted) {
    for (const records of known) {
      const there = records.filter(fits);
      if (there.length > 0) return there;
    }
  }
  return undefined;
}
