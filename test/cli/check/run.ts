import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { checkCommand } from '../../../cli/check.js';
import type { CommandIo } from '../../../cli/command.js';
import { runCommand } from '../run-command.js';

const folder = mkdtempSync(join(tmpdir(), 'check-'));
after(() => rmSync(folder, { recursive: true, force: true }));
let files = 0;

/** The path of a file that is not there yet. */
export function newPath(name = 'file'): string {
  return join(folder, `${files++}-${name}`);
}

/** Writes a file; rows become lines of JSON, a text or bytes stay as they are. */
export function write(content: readonly unknown[] | string | Uint8Array, name = 'rows.jsonl'): string {
  const path = newPath(name);
  writeFileSync(
    path,
    typeof content === 'string' || content instanceof Uint8Array
      ? content
      : content.map(row => `${JSON.stringify(row)}\n`).join(''),
  );
  return path;
}

/** Runs the command in this process. */
export function check(args: readonly string[], env: CommandIo['env'] = {}) {
  return runCommand(checkCommand, args, env);
}

/** One check of the JSON report. */
export interface CheckJson {
  readonly measure: string;
  readonly n: number;
  readonly value: number | null;
  readonly interval: { readonly low: number; readonly high: number; readonly method: string } | null;
  readonly verdict?: string;
  readonly decidedBy?: string;
  readonly moreRows?: number | null;
}

export interface ReportJson {
  readonly ok: boolean;
  readonly kind: string | null;
  readonly rows: number;
  readonly leftOut: number;
  readonly checks: readonly CheckJson[];
  readonly shown: readonly CheckJson[];
  readonly asked: { readonly answers: number; readonly resumed: number; readonly retries: number } | null;
  readonly slice: {
    readonly values: readonly {
      readonly value: string;
      readonly rows: number;
      readonly shown: readonly CheckJson[];
      readonly checks: readonly CheckJson[];
    }[];
  } | null;
}

/** Runs it over rows and reads what it says to a script. */
export async function report(rows: readonly unknown[], args: readonly string[]) {
  const { code, out, err } = await check(['--dataset', write(rows), '--json', ...args]);
  if (out === '') throw new Error(err);
  return { code, err, report: JSON.parse(out) as ReportJson };
}
