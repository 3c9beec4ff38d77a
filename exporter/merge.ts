import { type Family, openMetricsName } from './family.js';
import type { DropReport } from './otel.js';

/** Every name under which a family's samples, or the family itself, appear in either format. */
function namesOf(family: Family): readonly string[] {
  const base = openMetricsName(family);
  switch (family.type) {
    case 'histogram':
      return [base, `${base}_bucket`, `${base}_sum`, `${base}_count`];
    case 'summary':
      return [base, `${base}_sum`, `${base}_count`];
    default:
      return base === family.name ? [base] : [base, family.name];
  }
}

/**
 * One list of families from several sources, in their order. Where two sources have a name (or one's sample is named like
 * another), the earlier source wins and the other family is left out and reported: two blocks of one name are no valid answer.
 */
export function mergeFamilies(sources: readonly (readonly Family[])[], drop: DropReport): Family[] {
  const taken = new Set<string>();
  const out: Family[] = [];
  for (const family of sources.flat()) {
    if (family.rows.length === 0) continue;
    const names = namesOf(family);
    const clash = names.find(name => taken.has(name));
    if (clash !== undefined) {
      drop(family.name, `clashes with another metric over the name ${clash}; only the first is shown`);
      continue;
    }
    for (const name of names) taken.add(name);
    out.push(family);
  }
  return out;
}
