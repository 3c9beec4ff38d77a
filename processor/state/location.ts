import { resolve } from 'node:path';
import { MonitorError, showValue } from '../../core/errors.js';

export const ACCEPTED_LOCATIONS = 'a folder, redis://.., rediss://.., postgres://.. or postgresql://..';

/** Where state is kept. */
export type StateLocation =
  | { readonly kind: 'folder'; readonly path: string; readonly shown: string }
  | {
      readonly kind: 'redis' | 'postgres';
      readonly url: string;
      /** Without name, password and parameters. */
      readonly shown: string;
      readonly secrets: readonly string[];
    };

const KINDS: Readonly<Record<string, 'redis' | 'postgres'>> = {
  'redis:': 'redis',
  'rediss:': 'redis',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

/**
 * Reads a location of state (LLM_MONITOR_STATE).
 * @throws MonitorError CONFIG_INVALID that names what is accepted; it shows nothing of a URL but its scheme
 */
export function readStateLocation(location: string): StateLocation {
  const scheme = /^([a-z][a-z0-9+.-]*:)\/\//i.exec(location)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    if (location.trim() === '' || location.includes('\0')) throw invalid(showValue(location));
    const path = resolve(location);
    return { kind: 'folder', path, shown: path };
  }
  const kind = KINDS[scheme];
  if (kind === undefined) throw invalid(`${scheme}//..`);
  let url: URL;
  try {
    url = new URL(location);
    decodeURIComponent(url.password);
    decodeURIComponent(url.username);
  } catch {
    // Without its cause: that one shows the whole URL.
    throw invalid(`${scheme}//.. that cannot be read as a URL`);
  }
  if (kind === 'redis' && !/^(?:\/\d*)?$/.test(url.pathname))
    throw invalid(`${scheme}//.. with a path that is not the number of a database`);
  const given = [url.password, url.searchParams.get('password') ?? ''].filter(secret => secret !== '');
  const secrets = [...new Set(given.flatMap(secret => [secret, decode(secret)]))];
  return { kind, url: location, shown: `${scheme}//${url.host}${url.pathname}`, secrets };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function invalid(what: string): MonitorError {
  return new MonitorError('CONFIG_INVALID', `the location of state is ${what}; expected ${ACCEPTED_LOCATIONS}`);
}
