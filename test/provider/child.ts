import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

/** Runs a file with Node and gives what it printed; rejects when it fails. */
export function runNode(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd: options.cwd,
      env: { ...process.env, NODE_OPTIONS: '', NODE_V8_COVERAGE: '', ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let errors = '';
    child.stdout.on('data', chunk => {
      out += chunk;
    });
    child.stderr.on('data', chunk => {
      errors += chunk;
    });
    child.on('error', reject);
    child.on('close', code => {
      if (code === 0) resolve(out);
      else reject(new Error(`exit ${code}: ${errors}${out}`));
    });
  });
}

/** The path of a compiled file beside the one that asks. */
export function beside(url: string, name: string): string {
  return fileURLToPath(new URL(name, url));
}
