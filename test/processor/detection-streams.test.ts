import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { Detection, type Finding } from '../../processor/detection.js';
import { FEATURE_NAMES, type FeatureName } from '../../processor/features.js';
import { sharedPath, skipWithoutShared } from '../shared.js';
import { readStream } from '../streams/stream-file.js';

interface Labels {
  readonly warm_i: number;
  readonly points: readonly (readonly [i: number, kind: string])[];
}

/** What each kind of labelled call is odd in. */
const ODD_IN: Readonly<Record<string, readonly FeatureName[]>> = {
  huge_prompt: ['input_tokens'],
  hang: ['latency', 'tokens_per_second'],
  empty_output: ['output_tokens'],
  runaway: ['output_tokens', 'cut_off', 'repetition'],
  ttft_stall: ['first_chunk'],
  cost_mismatch: ['cost_per_token'],
  token_mismatch: ['characters_per_token'],
  garbled: ['variety', 'characters_per_token', 'invalid_json'],
};

const FOLDER = ['data', 'anomaly', 'streams'] as const;

function observe(name: string): { findings: Map<number, Finding>; order: readonly number[]; labels: Labels } {
  const path = (ending: string): string => sharedPath(...FOLDER, `${name}${ending}`) as string;
  const detection = new Detection({ threshold: 0 });
  const findings = new Map<number, Finding>();
  const order: number[] = [];
  for (const row of readStream(path('.jsonl.gz'))) {
    if (row.kind !== 'call') continue;
    order.push(row.i);
    const [finding] = detection.observe(row.call, row.evaluations, row.extras, row.ts).found;
    if (finding !== undefined) findings.set(row.i, finding);
    if (detection.stale) for (const _ of detection.refit());
  }
  return { findings, order, labels: JSON.parse(readFileSync(path('.labels.json'), 'utf8')) as Labels };
}

describe('detection of recorded streams', { skip: skipWithoutShared(...FOLDER) }, () => {
  for (const name of ['dev-08-quiet-benign', 'dev-09-quiet']) {
    it(`means 0.99: of ${name}, .5 to 1.5 % of the calls score at least that`, () => {
      const { findings, order } = observe(name);
      const first = order.findIndex(i => findings.has(i));
      assert.ok(first > 0 && first <= 100, `first finding at call ${first}`);
      const scores = order.slice(300).map(i => findings.get(i)?.score ?? Number.NaN);
      const share = scores.filter(score => score >= 0.99).length / scores.length;
      assert.ok(share >= 0.005 && share <= 0.015, `${share}`);
      assert.ok(scores.every(score => score >= 0 && score < 1));
    });
  }

  it('names what is odd: the feature of a labelled call is among its three largest shares in 4 of 5', () => {
    const { findings, labels } = observe('dev-01-provider-slowdown');
    const points = labels.points.filter(([i]) => i >= labels.warm_i);
    const named = points.filter(([i, kind]) => {
      const { contributions } = findings.get(i) as Finding;
      const shares = [...(contributions as Float64Array)];
      assert.ok(Math.abs(shares.reduce((a, b) => a + b, 0) - 1) < 1e-9);
      const top = shares.map((share, f) => ({ share, f })).sort((a, b) => b.share - a.share);
      return top.slice(0, 3).some(({ f }) => ODD_IN[kind]?.includes(FEATURE_NAMES[f] as FeatureName));
    });
    assert.ok(points.length > 10);
    assert.ok(named.length >= 0.8 * points.length, `${named.length} of ${points.length}`);
  });
});
