import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findExpressions, recordMadeExpressions } from './expressions.js';

const PARTS = ['core', 'instrumentation', 'processor', 'exporter', 'grafana', 'monitor', 'cli', 'demo', 'testing'];
const BUILT = new URL('../../', import.meta.url);
/** Modules that make expressions only when they are used: how to use them. */
const USES: Readonly<Record<string, (module: Record<string, unknown>) => void>> = {
  'processor/prices/table.ts': module => (module['builtInTable'] as () => void)(),
};

function projectRoot(): string {
  for (let at = dirname(fileURLToPath(import.meta.url)); dirname(at) !== at; at = dirname(at))
    if (existsSync(join(at, 'tsconfig.json'))) return at;
  throw new Error('no tsconfig.json above this test');
}

/** An expression as its file shows it, or as it was made. */
export interface Shipped {
  readonly file: string;
  readonly source: string;
  readonly flags: string;
}

/**
 * Every expression of the shipped files, each once, and the places whose expressions are not known. Modules that make some are
 * imported while it is noted: who imports them before makes them unseen.
 */
export async function shippedExpressions(): Promise<{ shipped: readonly Shipped[]; unseen: readonly string[] }> {
  const { literals, made } = findExpressions(projectRoot(), file => PARTS.includes(file.split('/')[0] ?? ''));
  const recording = recordMadeExpressions();
  try {
    for (const file of made.keys()) {
      const module = (await import(new URL(file.replace(/\.ts$/, '.js'), BUILT).href)) as Record<string, unknown>;
      USES[file]?.(module);
    }
  } finally {
    recording.stop();
  }
  const unseen: string[] = [];
  const all: Shipped[] = [...literals];
  for (const [file, sites] of made) {
    const path = fileURLToPath(new URL(file.replace(/\.ts$/, '.js'), BUILT));
    const here = recording.made.filter(({ place }) => place.startsWith(`${path}:`));
    const seen = new Set(here.map(({ place }) => place)).size;
    if (seen !== sites) unseen.push(`${file} makes expressions in ${sites} places, seen were ${seen}`);
    all.push(...here.map(({ source, flags }) => ({ file, source, flags })));
  }
  const once = new Map(all.map(one => [`/${one.source}/${one.flags}`, one]));
  return { shipped: [...once.values()], unseen };
}
