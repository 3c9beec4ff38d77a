import { figure, percent, percents } from './format.js';
import { type Html, html } from './html.js';
import type { ReliabilityFacts } from './reliability.js';
import { table } from './table.js';

const SIZE = 300;
const EDGE = 44;

/** What was claimed against what came true, as a diagram and as a table. */
export function reliabilityChart({ bins, cases, ece }: ReliabilityFacts, what: string): Html {
  const x = (share: number): string => (EDGE + share * (SIZE - 2 * EDGE)).toFixed(1);
  const y = (share: number): string => (SIZE - EDGE - share * (SIZE - 2 * EDGE)).toFixed(1);
  const marks = [0, 0.5, 1].map(
    share =>
      html`<text x="${x(share)}" y="${SIZE - EDGE + 16}" text-anchor="middle">${share}</text><text x="${EDGE - 6}" y="${Number(y(share)) + 4}" text-anchor="end">${share}</text>`,
  );
  return html`<figure><figcaption>${what} <span>(expected calibration error ${figure(ece)}, ${cases} labels)</span></figcaption>
<svg viewBox="0 0 ${SIZE} ${SIZE}" class="square" role="img" aria-label="${what}: what was claimed against the share that was right, see the table">
<rect class="axis" x="${EDGE}" y="${EDGE}" width="${SIZE - 2 * EDGE}" height="${SIZE - 2 * EDGE}"/>
<line class="axis" x1="${x(0)}" y1="${y(0)}" x2="${x(1)}" y2="${y(1)}"/>${marks}
<text x="${SIZE / 2}" y="${SIZE - 8}" text-anchor="middle">claimed</text><text x="${EDGE}" y="${EDGE - 10}">right</text>
${bins.map(({ claimed, interval }) => html`<line class="s0" x1="${x(claimed)}" x2="${x(claimed)}" y1="${y(interval[0])}" y2="${y(interval[1])}"/>`)}
<polyline class="series s0" points="${bins.map(({ claimed, right }) => `${x(claimed)},${y(right)}`).join(' ')}"/>
${bins.map(({ claimed, right }) => html`<circle class="s0" cx="${x(claimed)}" cy="${y(right)}" r="3"/>`)}
</svg></figure>
<p class="soft">On the diagonal a claim of 80 % comes true in 80 of 100 cases. Below it the claim is too sure, above it too modest. The
upright lines are 95 % intervals.</p>
${table({
  caption: `${what}, by what was claimed`,
  head: ['Claimed (mean)', 'Right', '95 % interval', 'Labels'],
  rows: bins.map(({ claimed, right, interval, cases: of }) => [
    percent(claimed),
    percent(right),
    percents(interval),
    of,
  ]),
})}`;
}
