import type { Estimate } from '../../processor/truth/interval.js';

/** A mean by weight whose figures enter and leave in constant time and space; what `weighedMean` says of the same figures. */
export class MeanSum {
  count = 0;
  #total = 0;
  #sum = 0;
  #squares = 0;
  #first = 0;
  #second = 0;
  #top = 0;

  /** @param times -1 takes the figure back */
  add(figure: number, weight: number, times: 1 | -1 = 1): void {
    this.count += times;
    this.#total += times * weight;
    this.#sum += times * weight * figure;
    this.#squares += times * weight * weight;
    this.#first += times * weight * weight * figure;
    this.#second += times * (weight * figure) ** 2;
    this.#top = Math.max(this.#top, weight);
  }

  merge(other: MeanSum): void {
    this.count += other.count;
    this.#total += other.#total;
    this.#sum += other.#sum;
    this.#squares += other.#squares;
    this.#first += other.#first;
    this.#second += other.#second;
    this.#top = Math.max(this.#top, other.#top);
  }

  /** Undefined without a figure. */
  estimate(): Estimate | undefined {
    if (this.count <= 0 || this.#total <= 0) return undefined;
    const value = this.#sum / this.#total;
    const spread = Math.max(0, this.#second - 2 * value * this.#first + value * value * this.#squares);
    return {
      value,
      variance: spread / this.#total ** 2,
      cases: this.#total ** 2 / this.#squares,
      certain: this.#total / this.#top,
    };
  }
}
