import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of labelled data beside a developer's checkout; a user's clone has none. */
function sharedFolder(): string | undefined {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at)) {
    const candidate = join(at, 'shared');
    if (existsSync(join(candidate, 'data'))) return candidate;
  }
  return undefined;
}

/** The path of a shared file or folder; undefined where it is not there. */
export function sharedPath(...parts: string[]): string | undefined {
  const root = sharedFolder();
  if (root === undefined) return undefined;
  const path = join(root, ...parts);
  return existsSync(path) ? path : undefined;
}

/** The `skip` of a test that needs shared data: false when it is there, else the reason to print. */
export function skipWithoutShared(...parts: string[]): false | string {
  return sharedPath(...parts) === undefined
    ? `needs ../shared/${parts.join('/')}, which is not beside this checkout`
    : false;
}
