import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { MemoryStateStore } from '../../processor/state/memory.js';
import { openStateStore } from '../../processor/state/open.js';
import type { StateStore, StoredCall } from '../../processor/state/state-store.js';
import { startPostgres, startRedis, type TestTools } from '../processor/state/servers.js';

/**
 * What shared state costs: `node dist/test/bench/state.js [calls]`. A million pending calls in a folder: time, memory, disk and
 * the longest time that the event loop stood still, but for one turn in a thousand; then claims a second in every store, one after the other and in batches as
 * a monitor sends them. Only ratios within one run count; a Redis with appendfsync always waits for the disk.
 */
const OPTIONS = { service: 'bench', ttl: 604_800_000 };
const BATCH = 256;
const T = 1_790_000_000_000;

function call(n: number): StoredCall {
  const id = n.toString(16).padStart(16, '0');
  return {
    ids: { callId: `c${id}${id}`, responseId: `chatcmpl-${id}abcdefghijkl`, spanId: id },
    at: T + n,
    data: ['gpt-4o-mini', ['lost_card', 0.93], { intent: ['lost_card', null], tone: ['kind', null] }],
  };
}

function batches(from: number, to: number, size: number): number[][] {
  const out: number[][] = [];
  for (let at = from; at < to; at += size) out.push(Array.from({ length: Math.min(size, to - at) }, (_, i) => at + i));
  return out;
}

const megabytes = (bytes: number): string => `${Math.round(bytes / 1e6)} MB`;
const seconds = (since: number): string => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Runs work and tells how long the event loop stands still, 99.9th percentile, in CPU time: there may be no free core. */
async function watched(work: () => Promise<void>): Promise<{ readonly stall: number; readonly rss: number }> {
  const stalls: number[] = [];
  let rss = 0;
  let last = cpu();
  const timer = setInterval(() => {
    const now = cpu();
    stalls.push(now - last);
    rss = Math.max(rss, process.memoryUsage.rss());
    last = now;
  }, 1);
  await work();
  clearInterval(timer);
  stalls.sort((a, b) => a - b);
  return { stall: stalls[Math.floor(stalls.length * 0.999)] ?? 0, rss };
}

function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

async function fill(store: StateStore, count: number): Promise<void> {
  for (const numbers of batches(0, count, BATCH)) await store.labels.put(numbers.map(call));
}

async function claimRate(store: StateStore, count: number, size: number, token: string): Promise<number> {
  // Labels come long after their calls, of any of them.
  const stride = 7919;
  const claims = batches(0, Math.min(count, 20 * size + 500), size).map(numbers =>
    numbers.map(n => ({
      callId: call((n * stride) % count).ids.callId,
      task: 'intent',
      token: `${token}${n}`,
      verdict: n,
    })),
  );
  const begin = performance.now();
  for (const batch of claims) await store.labels.claim(batch);
  return (claims.flat().length * 1000) / (performance.now() - begin);
}

async function compare(name: string, store: StateStore, count: number): Promise<void> {
  const begin = performance.now();
  await fill(store, count);
  const put = (count * 1000) / (performance.now() - begin);
  const one = await claimRate(store, count, 1, 'a');
  const batch = await claimRate(store, count, BATCH, 'b');
  const figures = [put, one, batch].map(rate => Math.round(rate).toLocaleString('en').padStart(9));
  console.log(`${name.padEnd(12)}${figures.join('  ')}`);
}

function sizeOf(folder: string): number {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).map(name => statSync(join(folder, name)));
  return files.filter(file => file.isFile()).reduce((sum, { size }) => sum + size, 0);
}

/** In a process of its own: what a replica pays that starts with so many calls pending. */
async function reopen(folder: string, count: number): Promise<void> {
  const store = openStateStore(folder, OPTIONS);
  const before = process.memoryUsage.rss();
  const begin = performance.now();
  const { stall, rss } = await watched(async () => {
    await store.labels.find('call_id', call(count >> 1).ids.callId);
  });
  console.log(
    `  first use by another process: ${seconds(begin)}, ${megabytes(rss - before)} more RSS, stalls ${stall.toFixed(1)} ms`,
  );
  const rates = [await claimRate(store, count, 1, 'x'), await claimRate(store, count, BATCH, 'y')].map(Math.round);
  console.log(`  claims a second, one by one and by ${BATCH}: ${rates.join(', ')}`);
  const sweeping = performance.now();
  let swept = 0;
  const sweep = await watched(async () => {
    for (let got = 1; got > 0; swept += got) got = (await store.labels.sweep(T + count / 10, 1000)).length;
  });
  console.log(`  taking out ${swept}: ${seconds(sweeping)}, stalls ${sweep.stall.toFixed(1)} ms`);
}

async function million(folder: string, count: number): Promise<void> {
  const store = openStateStore(folder, OPTIONS);
  await fill(store, 1000);
  const before = process.memoryUsage.rss();
  const begin = performance.now();
  const { stall, rss } = await watched(() => fill(store, count));
  console.log(`a folder with ${count.toLocaleString('en')} pending calls, put by ${BATCH}:`);
  console.log(
    `  ${seconds(begin)}, ${megabytes(rss - before)} more RSS, ${megabytes(sizeOf(folder))} of disk, stalls ${stall.toFixed(1)} ms`,
  );
}

async function stores(): Promise<void> {
  const ends: (() => unknown)[] = [];
  const tools = {
    after: (end: () => unknown) => void ends.unshift(end),
    skip: (why?: string) => console.log(why),
  } as TestTools;
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    console.log(`10,000 calls: puts a second, claims a second one by one and by ${BATCH}`);
    await compare('memory', new MemoryStateStore(), 10_000);
    await compare('folder', openStateStore(folder, OPTIONS), 10_000);
    for (const [name, server] of [
      ['redis', await startRedis(tools)],
      ['postgres', await startPostgres(tools)],
    ] as const) {
      if (server === undefined) continue;
      const store = openStateStore(server.url, OPTIONS);
      await compare(name, store, 10_000);
      await store.close();
    }
  } finally {
    rmSync(folder, { recursive: true });
    for (const end of ends) await end();
  }
}

const [first = '1000000', count, folder = ''] = process.argv.slice(2);
if (first === 'million') await million(folder, Number(count));
else if (first === 'reopen') await reopen(folder, Number(count));
else {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  // Processes of their own, so that the memory is that of the store alone.
  for (const part of ['million', 'reopen'])
    execFileSync(process.execPath, [fileURLToPath(import.meta.url), part, first, folder], { stdio: 'inherit' });
  rmSync(folder, { recursive: true });
  await stores();
}
