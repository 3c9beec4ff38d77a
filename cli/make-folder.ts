import { constants } from 'node:fs';
import { access, mkdir, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { MonitorError } from '../core/errors.js';

const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code ?? error);

/** Undefined where nothing is, also below a file. */
async function isFolder(path: string): Promise<boolean | undefined> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/**
 * Makes a folder and those above it, one at a time: where the system lists a folder but lets nobody make one in it (`/proc`),
 * Node's own recursive `mkdir` never ends.
 * @throws MonitorError UNAVAILABLE that names the folder, what stands in the way and why
 */
export async function makeFolder(folder: string): Promise<void> {
  const refuse = (reason: string, cause?: unknown): never => {
    throw new MonitorError('UNAVAILABLE', `cannot make the folder ${folder}: ${reason}`, { cause });
  };
  const missing: string[] = [];
  let nearest = resolve(folder);
  try {
    // Ends at the root, which is always there.
    for (let there = await isFolder(nearest); there !== true; there = await isFolder(nearest)) {
      if (there === false) return refuse(`${nearest} is not a folder`);
      missing.push(nearest);
      nearest = dirname(nearest);
      if (nearest === missing.at(-1)) return refuse(`${nearest} is not there`);
    }
    if (missing.length > 0) await access(nearest, constants.W_OK);
  } catch (error) {
    if (MonitorError.is(error)) throw error;
    refuse(`${nearest} cannot be used (${codeOf(error)})`, error);
  }
  for (const path of missing.reverse()) {
    try {
      await mkdir(path);
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (codeOf(error) !== 'EEXIST' || (await isFolder(path)) !== true)
        refuse(`${path} cannot be made (${codeOf(error)})`, error);
    }
  }
}
