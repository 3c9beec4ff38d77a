/** Calls that are not in the shared store yet, by their numbers, oldest first. */
export class Outbox {
  #numbers: number[] = [];
  #head = 0;

  get size(): number {
    return this.#numbers.length - this.#head;
  }

  /** Numbers come in ascending order. */
  push(number: number): void {
    this.#numbers.push(number);
  }

  /** The oldest ones. */
  first(count: number): readonly number[] {
    return this.#numbers.slice(this.#head, this.#head + count);
  }

  has(number: number): boolean {
    let low = this.#head;
    let high = this.#numbers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#numbers[middle] as number) < number) low = middle + 1;
      else high = middle;
    }
    return this.#numbers[low] === number;
  }

  /** Takes out all up to a number, that one too. */
  done(number: number): void {
    while (this.#head < this.#numbers.length && (this.#numbers[this.#head] as number) <= number) this.#head++;
    if (this.#head * 2 > this.#numbers.length) {
      this.#numbers = this.#numbers.slice(this.#head);
      this.#head = 0;
    }
  }
}
