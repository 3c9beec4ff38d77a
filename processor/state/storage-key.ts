import { createHash } from 'node:crypto';

/** Longer identifiers are stored by their hash: an index of PostgreSQL takes some 2,700 bytes. */
const MAX_KEY = 256;

/** Text as every store can hold it: without NUL and lone surrogates, and different for different texts. Plain text stays as it is. */
export function escaped(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

/** Undoes `escaped`. */
export function unescaped(text: string): string {
  return JSON.parse(`"${text}"`) as string;
}

/** An identifier as a key, whatever characters it has and however long it is; different for different identifiers. */
export function storageKey(id: string): string {
  const key = escaped(id);
  // No escape of JSON begins so: no text can pass for the hash of another.
  return key.length <= MAX_KEY ? key : `\\h${createHash('sha256').update(key).digest('hex')}`;
}

/** The name of a service as part of a key and of a path, on file systems that ignore case too. */
export function namespaceOf(service: string): string {
  if (/^[a-z0-9][a-z0-9_-]{0,62}$/.test(service)) return service;
  const readable = service
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${readable}.${createHash('sha256').update(escaped(service)).digest('hex').slice(0, 16)}`;
}
