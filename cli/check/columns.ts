/** Numbers that grow one at a time; NaN is a missing one. */
export class Column {
  #values = new Float64Array(256);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(value: number): void {
    if (this.#size === this.#values.length) {
      const wider = new Float64Array(this.#size * 2);
      wider.set(this.#values);
      this.#values = wider;
    }
    this.#values[this.#size++] = value;
  }

  /** What is in it, not a copy. */
  values(): Float64Array {
    return this.#values.subarray(0, this.#size);
  }
}
