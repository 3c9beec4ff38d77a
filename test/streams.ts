/**
 * Pushes recorded streams of calls through the detection that live calls go through, for a scorer of its own to compare with
 * their labels, which are never read here.
 *
 *     node dist/test/streams.js IN_DIR OUT_DIR
 *
 * For each NAME.jsonl.gz (or NAME.jsonl) of IN_DIR it writes OUT_DIR/NAME.out.jsonl: a line {"i","score"} a call, its score
 * before anything learnt from it (0 while nothing is ready), and a line {"alert":true,"i","type"} a page of the drift watch.
 */

import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Detection } from '../processor/detection.js';
import { Replay } from '../processor/recording/replay.js';
import { StreamAlerts } from './streams/alerts.js';
import { readStream, recordOf } from './streams/stream-file.js';

function observe(path: string): string {
  const replay = new Replay({ detection: new Detection() });
  const alerts = new StreamAlerts();
  const lines: string[] = [];
  for (const row of readStream(path)) {
    for (const alert of alerts.take(row)) lines.push(JSON.stringify(alert));
    if (row.kind !== 'call') continue;
    const { findings } = replay.take(recordOf(row));
    lines.push(JSON.stringify({ i: row.i, score: findings?.found[0]?.score ?? 0 }));
  }
  return `${lines.join('\n')}\n`;
}

const [inDir, outDir] = process.argv.slice(2);
if (inDir === undefined || outDir === undefined || !existsSync(inDir)) {
  console.error('usage: node dist/test/streams.js IN_DIR OUT_DIR (IN_DIR holds NAME.jsonl.gz)');
  process.exitCode = 2;
} else {
  mkdirSync(outDir, { recursive: true });
  for (const file of readdirSync(inDir).sort()) {
    const name = /^(.*)\.jsonl(?:\.gz)?$/.exec(file)?.[1];
    if (name === undefined || name === 'manifest') continue;
    writeFileSync(join(outDir, `${name}.out.jsonl`), observe(join(inDir, file)));
    console.error(name);
  }
}
