// Keeps Prometheus and Alertmanager for the demo, as a process between them and it: they would outlive a demo that was killed,
// the keeper sees its channel close, ends both and takes their folder away.
import { type ChildProcess, spawn } from 'node:child_process';
import { openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** The one argument of the keeper, as JSON. */
export interface KeeperOrder {
  /** Configuration and data of both; removed at the end. */
  readonly folder: string;
  readonly programs: readonly { readonly name: string; readonly path: string; readonly args: readonly string[] }[];
}

const GRACE = 3000;
const order = JSON.parse(process.argv[2] ?? '{}') as KeeperOrder;
const running = new Map<string, ChildProcess>();
let leaving = false;

function leave(code: number): void {
  if (leaving) return;
  leaving = true;
  for (const child of running.values()) child.kill('SIGTERM');
  const insist = setTimeout(() => {
    for (const child of running.values()) child.kill('SIGKILL');
  }, GRACE);
  const wait = setInterval(() => {
    if (running.size > 0) return;
    clearInterval(wait);
    clearTimeout(insist);
    rmSync(order.folder, { recursive: true, force: true });
    process.exit(code);
  }, 20);
}

process.once('disconnect', () => leave(0));
process.on('SIGTERM', () => leave(0));
process.on('SIGINT', () => undefined);

for (const { name, path, args } of order.programs) {
  const log = join(order.folder, `${name}.log`);
  const output = openSync(log, 'a');
  const child = spawn(path, args, { stdio: ['ignore', output, output] });
  running.set(name, child);
  const gone = (why: string): void => {
    running.delete(name);
    if (leaving) return;
    console.error(`${name} ${why}\n${readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n')}`);
    leave(1);
  };
  child.once('error', error => gone(`could not be started: ${error.message}`));
  child.once('exit', (code, signal) => gone(`ended (${signal ?? `code ${code}`})`));
}
console.log(`keeping ${order.programs.map(program => program.name).join(' and ')}`);
