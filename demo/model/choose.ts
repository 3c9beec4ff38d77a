import type { Random } from '../../core/random.js';

/** Takes the likeliest token, or draws one at a temperature; the log-probability is that of temperature 1. */
export function choose(logits: Float32Array, temperature: number, random: Random): { id: number; logprob: number } {
  let best = 0;
  for (let i = 1; i < logits.length; i++) if (logits[i]! > logits[best]!) best = i;
  const highest = logits[best]!;
  let id = best;
  if (temperature > 0) {
    const weights = Array.from(logits, z => Math.exp((z - highest) / temperature));
    let left = random() * weights.reduce((sum, weight) => sum + weight, 0);
    for (id = 0; id < weights.length - 1; id++) {
      left -= weights[id]!;
      if (left <= 0) break;
    }
  }
  let sum = 0;
  for (const z of logits) sum += Math.exp(z - highest);
  return { id, logprob: logits[id]! - highest - Math.log(sum) };
}
