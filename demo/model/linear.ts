/**
 * out = W x, with W in rows. Four rows at a time: eight independent sums keep the processor busy, and each x is read once for
 * four rows.
 * @param cols even
 */
export function multiply(out: Float32Array, w: Float32Array, x: Float32Array, rows: number, cols: number): void {
  let row = 0;
  for (; row + 3 < rows; row += 4) {
    let i = row * cols;
    let j = i + cols;
    let k = j + cols;
    let l = k + cols;
    let a = 0;
    let b = 0;
    let c = 0;
    let d = 0;
    let e = 0;
    let f = 0;
    let g = 0;
    let h = 0;
    for (let n = 0; n < cols; n += 2, i += 2, j += 2, k += 2, l += 2) {
      const u = x[n]!;
      const v = x[n + 1]!;
      a += w[i]! * u;
      b += w[i + 1]! * v;
      c += w[j]! * u;
      d += w[j + 1]! * v;
      e += w[k]! * u;
      f += w[k + 1]! * v;
      g += w[l]! * u;
      h += w[l + 1]! * v;
    }
    out[row] = a + b;
    out[row + 1] = c + d;
    out[row + 2] = e + f;
    out[row + 3] = g + h;
  }
  for (; row < rows; row++) {
    let a = 0;
    let b = 0;
    for (let n = 0, i = row * cols; n < cols; n += 2, i += 2) {
      a += w[i]! * x[n]!;
      b += w[i + 1]! * x[n + 1]!;
    }
    out[row] = a + b;
  }
}

/** out = x over its root mean square, times a weight each (Zhang and Sennrich 2019). */
export function rmsNorm(out: Float32Array, x: Float32Array, weight: Float32Array, epsilon: number): void {
  let squares = 0;
  for (const value of x) squares += value * value;
  const scale = 1 / Math.sqrt(squares / x.length + epsilon);
  for (let i = 0; i < x.length; i++) out[i] = x[i]! * scale * weight[i]!;
}

/** target += addend. */
export function addTo(target: Float32Array, addend: Float32Array): void {
  for (let i = 0; i < target.length; i++) target[i]! += addend[i]!;
}

/** SwiGLU's gate: gate = silu(gate) * up (Shazeer 2020). */
export function gateBySilu(gate: Float32Array, up: Float32Array): void {
  for (let i = 0; i < gate.length; i++) gate[i] = (gate[i]! / (1 + Math.exp(-gate[i]!))) * up[i]!;
}
