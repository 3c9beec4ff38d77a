#!/usr/bin/env node
import { runCli } from './run.js';

const { stdout, stderr, env } = process;

// Whoever read our output has gone (`| head`): there is nobody left to tell anything.
stdout.on('error', () => process.exit(0));
stderr.on('error', () => undefined);

const isTerminal = stdout.isTTY && env['TERM'] !== 'dumb';

process.exitCode = await runCli(process.argv.slice(2), {
  out: text => stdout.write(text),
  err: text => stderr.write(text),
  env,
  colour: isTerminal && (env['NO_COLOR'] ?? '') === '',
  ...(isTerminal ? { terminal: () => ({ columns: stdout.columns || 80, rows: stdout.rows || 24 }) } : {}),
});
