/** Numbers of a range that are in use, with room for those asked for by name in its lower part. */
export class NumberPool {
  readonly #from: number;
  readonly #to: number;
  /** Free choice begins here, as long as there is any above. */
  readonly #dynamicFrom: number;
  readonly #random: () => number;
  readonly #taken = new Set<number>();

  constructor(
    range: { readonly from: number; readonly to: number; readonly dynamicFrom: number },
    random: () => number,
  ) {
    this.#from = range.from;
    this.#to = range.to;
    this.#dynamicFrom = range.dynamicFrom;
    this.#random = random;
  }

  /** False when it is taken already. */
  take(number: number): boolean {
    if (this.#taken.has(number)) return false;
    this.#taken.add(number);
    return true;
  }

  contains(number: number): boolean {
    return number >= this.#from && number <= this.#to;
  }

  /** A number that was free; undefined when none is. */
  allocate(): number | undefined {
    return this.#search(this.#dynamicFrom, this.#to) ?? this.#search(this.#from, this.#dynamicFrom - 1);
  }

  release(number: number): void {
    this.#taken.delete(number);
  }

  /** Begins anywhere, so that a number is not given out again soon after its release. */
  #search(from: number, to: number): number | undefined {
    const size = to - from + 1;
    const start = Math.floor(this.#random() * size);
    for (let step = 0; step < size; step++) {
      const number = from + ((start + step) % size);
      if (this.take(number)) return number;
    }
    return undefined;
  }
}

/** What one write takes of a pool, beside what its object had before. */
export class Reservation {
  readonly #pool: NumberPool;
  readonly #had: ReadonlySet<number>;
  readonly #taken = new Set<number>();

  constructor(pool: NumberPool, had: ReadonlySet<number>) {
    this.#pool = pool;
    this.#had = had;
  }

  /** Beside what its object had before. */
  get taken(): ReadonlySet<number> {
    return this.#taken;
  }

  contains(number: number): boolean {
    return this.#pool.contains(number);
  }

  /** False when somebody else has it. */
  claim(number: number): boolean {
    if (this.#had.has(number) || this.#taken.has(number)) return true;
    if (!this.#pool.take(number)) return false;
    this.#taken.add(number);
    return true;
  }

  allocate(): number | undefined {
    const number = this.#pool.allocate();
    if (number !== undefined) this.#taken.add(number);
    return number;
  }

  /** Are somebody else's now: not to be released. */
  keep(numbers: ReadonlySet<number>): void {
    for (const number of numbers) this.#taken.delete(number);
  }

  /** The write did not happen. */
  release(): void {
    for (const number of this.#taken) this.#pool.release(number);
    this.#taken.clear();
  }
}
