import type { Key } from './contract.ts';

/** Keys in the order in which they came; taking one costs the same however many wait. */
export class Fifo {
  /** `#head` is the next; what is before it has been taken. */
  #keys: Key[] = [];
  #head = 0;

  get length(): number {
    return this.#keys.length - this.#head;
  }

  push(key: Key): void {
    this.#keys.push(key);
  }

  shift(): Key | undefined {
    const key = this.#keys[this.#head];
    if (key === undefined) return undefined;
    this.#head += 1;
    if (this.#head === this.#keys.length || this.#head > 1024) {
      this.#keys = this.#keys.slice(this.#head);
      this.#head = 0;
    }
    return key;
  }

  clear(): void {
    this.#keys = [];
    this.#head = 0;
  }
}
