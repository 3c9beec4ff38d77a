/** A one-class support vector machine with a radial kernel, as far as scoring needs it. */
export interface SupportVectors {
  /** Rows, one after the other. */
  readonly rows: Float32Array;
  /** One a row, above 0, adding up to 1. */
  readonly weights: Float32Array;
  readonly gamma: number;
  /** Kernel mean at the border: what lies below is outside. */
  readonly border: number;
}

/** Rows of the kernel matrix that a slice fills, and steps of the solver that a slice takes. */
const ROWS_A_SLICE = 24;
const STEPS_A_SLICE = 300;
const MAX_STEPS = 20_000;
/** The solver stops where no pair of rows disagrees by more than this share of the border. */
const TOLERANCE = 1e-3;

/** 1 / (columns x variance of all numbers): the scale on which rows are near each other. */
function gammaOf(rows: Float32Array, width: number): number {
  let sum = 0;
  let squares = 0;
  for (const x of rows) {
    sum += x;
    squares += x * x;
  }
  const variance = squares / rows.length - (sum / rows.length) ** 2;
  return variance > 0 ? 1 / (width * variance) : 1;
}

/**
 * Fits in slices of a few milliseconds: minimises w K w / 2 over weights from 0 to 1 / (nu n) that add up to 1, two at a time.
 * @param rows one after the other, without missing values; not to be changed until the last slice
 * @param nu upper bound of the share of rows outside, and lower bound of that of support vectors; 0..1
 * @see Schölkopf et al. 2001, "Estimating the support of a high-dimensional distribution"; Platt 1998 for steps of two weights
 */
export function* fitSupportVectors(rows: Float32Array, width: number, nu: number): Generator<void, SupportVectors> {
  const n = rows.length / width;
  const gamma = gammaOf(rows, width);
  const kernel = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = i; j < n; j++) {
      let distance = 0;
      for (let f = 0; f < width; f++) distance += (rows[i * width + f]! - rows[j * width + f]!) ** 2;
      const near = Math.exp(-gamma * distance);
      kernel[i * n + j] = near;
      kernel[j * n + i] = near;
    }
    if (i % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
  }
  const most = 1 / Math.max(1, nu * n);
  const weights = new Float64Array(n);
  const near = new Float64Array(n);
  for (let left = 1, i = 0; left > 0 && i < n; i++) {
    weights[i] = Math.min(most, left);
    left -= weights[i]!;
    for (let j = 0; j < n; j++) near[j]! += weights[i]! * kernel[i * n + j]!;
    if (i % ROWS_A_SLICE === ROWS_A_SLICE - 1) yield;
  }
  let border = 0;
  for (let step = 1; step <= MAX_STEPS; step++) {
    let up = -1;
    let down = -1;
    for (let i = 0; i < n; i++) {
      if (weights[i]! < most && (up < 0 || near[i]! < near[up]!)) up = i;
      if (weights[i]! > 0 && (down < 0 || near[i]! > near[down]!)) down = i;
    }
    if (up < 0 || down < 0) break;
    border = (near[up]! + near[down]!) / 2;
    const gap = near[down]! - near[up]!;
    if (gap <= TOLERANCE * border) break;
    const curve = Math.max(1e-12, 2 - 2 * kernel[up * n + down]!);
    const move = Math.min(gap / curve, most - weights[up]!, weights[down]!);
    weights[up]! += move;
    weights[down]! -= move;
    for (let j = 0; j < n; j++) near[j]! += move * (kernel[up * n + j]! - kernel[down * n + j]!);
    if (step % STEPS_A_SLICE === 0) yield;
  }
  const kept = [...weights.keys()].filter(i => weights[i]! > 1e-9);
  const vectors = new Float32Array(kept.length * width);
  for (const [at, i] of kept.entries()) vectors.set(rows.subarray(i * width, (i + 1) * width), at * width);
  return { rows: vectors, weights: Float32Array.from(kept, i => weights[i]!), gamma, border };
}
