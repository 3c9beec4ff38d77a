import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

/** The path of a program that is installed; undefined where it is not. */
export function findTool(name: string): string | undefined {
  for (const folder of (process.env['PATH'] ?? '').split(delimiter)) {
    if (folder === '') continue;
    const path = join(folder, name);
    try {
      accessSync(path, constants.X_OK);
      return path;
    } catch {
      // Not here; the next folder may have it.
    }
  }
  return undefined;
}

/**
 * The path of a program that a test needs. Where it is missing the test is skipped with a line that says so, but in CI it fails:
 * there a tool that vanished must not turn checks into silence.
 */
export function requireTool(t: Pick<TestContext, 'skip'>, name: string): string | undefined {
  const path = findTool(name);
  if (path !== undefined) return path;
  if (process.env['CI'] === 'true') throw new Error(`${name} is not on the PATH`);
  t.skip(`needs ${name}, which is not on the PATH`);
  return undefined;
}
