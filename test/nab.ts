/**
 * How many labelled windows of univariate series a plain watcher of one series finds, and how often it is wrong:
 *
 *     npm run --silent nab -- DIR
 *
 * DIR holds CSV files (`timestamp,value`) and `windows.json`. One pass in order; nothing counts in the first 15 % of a file, nor
 * an alert within 2 % of the file after the last one. A window is found if an alert falls into it; any other alert is false.
 */

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeriesWatch } from '../processor/drift/series-watch.js';

type Windows = Readonly<Record<string, readonly (readonly [string, string])[]>>;

interface Result {
  readonly file: string;
  readonly windows: number;
  readonly found: number;
  readonly false_alerts: number;
  readonly points: number;
}

function run(dir: string, file: string, windows: readonly (readonly [string, string])[]): Result {
  const rows = readFileSync(join(dir, file), 'utf8')
    .trim()
    .split('\n')
    .slice(1)
    .map(line => line.trim().split(',') as [string, string]);
  const watch = new SeriesWatch();
  const found = new Set<number>();
  let wrong = 0;
  let last = Number.NEGATIVE_INFINITY;
  let before = 'quiet';
  for (const [i, [time, value]] of rows.entries()) {
    const { state } = watch.update(Number(value), Date.parse(`${time.replace(' ', 'T')}Z`));
    const alerts = (state === 'up' || state === 'down') && state !== before;
    before = state;
    if (!alerts || i < 0.15 * rows.length || i - last < 0.02 * rows.length) continue;
    last = i;
    const hit = windows.findIndex(([from, to]) => time >= from.slice(0, 19) && time <= to.slice(0, 19));
    if (hit < 0) wrong++;
    else found.add(hit);
  }
  return { file, windows: windows.length, found: found.size, false_alerts: wrong, points: rows.length };
}

const [dir] = process.argv.slice(2);
if (dir === undefined || !existsSync(join(dir, 'windows.json'))) {
  console.error('usage: npm run --silent nab -- DIR (DIR holds windows.json and the CSV files it names)');
  process.exitCode = 2;
} else {
  const labels = JSON.parse(readFileSync(join(dir, 'windows.json'), 'utf8')) as Windows;
  const results = Object.entries(labels).map(([file, windows]) => run(dir, file, windows));
  for (const result of results) console.log(JSON.stringify(result));
  const sum = (of: (result: Result) => number): number => results.reduce((total, result) => total + of(result), 0);
  const [windows, found, wrong, points] = [
    sum(r => r.windows),
    sum(r => r.found),
    sum(r => r.false_alerts),
    sum(r => r.points),
  ];
  console.log(JSON.stringify({ detector: 'series-watch', windows, found, false_alerts: wrong, points }));
}
