/** Blocks that are remembered. */
const MEMORY = 720;
/** A residual counts as at most so many spreads: one absurd minute moves nothing much. */
const CLIP = 2.5;
const CLIPPED_VARIANCE = 0.97756;

/**
 * What is usual for so much traffic: a line through the calls of a minute and what was used in it, by weighted least squares that
 * forget, never falling with the traffic, and the spread around it.
 */
export class TrafficLine {
  readonly #least: number;
  #known = 0;
  /** Weighted means of x, y, and their second moments around them. */
  #x = 0;
  #y = 0;
  #xx = 0;
  #xy = 0;
  #spread: number;

  /** @param least the smallest spread, also the first */
  constructor(least: number) {
    this.#least = least;
    this.#spread = 2 * least;
  }

  /** Points learnt from. */
  get known(): number {
    return this.#known;
  }

  get spread(): number {
    return Math.max(this.#least, this.#spread);
  }

  usual(x: number): number {
    return this.#y + this.#slope() * (x - this.#x);
  }

  learn(x: number, y: number): void {
    const n = this.#known++;
    if (n === 0) {
      this.#x = x;
      this.#y = y;
      return;
    }
    const usual = this.usual(x);
    const residual = Math.max(-CLIP, Math.min(CLIP, (y - usual) / this.spread));
    const weight = Math.max(1 / (n + 1), 1 / MEMORY);
    const dx = x - this.#x;
    const dy = usual + residual * this.spread - this.#y;
    this.#x += weight * dx;
    this.#y += weight * dy;
    this.#xx = (1 - weight) * (this.#xx + weight * dx * dx);
    this.#xy = (1 - weight) * (this.#xy + weight * dx * dy);
    const spreadWeight = Math.max(1 / (n + 3), 1 / MEMORY);
    this.#spread = this.spread * Math.sqrt(1 + spreadWeight * ((residual * residual) / CLIPPED_VARIANCE - 1));
  }

  #slope(): number {
    return this.#xx > 1e-9 ? Math.max(0, this.#xy / this.#xx) : 0;
  }
}
