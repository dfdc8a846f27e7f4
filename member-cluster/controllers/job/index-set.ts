type Interval = readonly [first: number, last: number];

/** Completion indexes of a Job. Thousands of them are few intervals, as in the text `0,2-500`. */
export class IndexSet {
  /** Sorted; none touches the next. */
  readonly #intervals: readonly Interval[];

  private constructor(intervals: readonly Interval[]) {
    this.#intervals = intervals;
  }

  static readonly none = new IndexSet([]);

  /** Indexes beyond `completions`, and what is no number, are left out. */
  static parse(text: string, completions: number): IndexSet {
    const intervals = text.split(',').flatMap((part): readonly Interval[] => {
      const [first = '', last = first] = part.split('-', 2);
      const interval = [Number(first), Math.min(Number(last), completions - 1)] as const;
      return /^\d+$/.test(first) && interval[0] <= interval[1] ? [interval] : [];
    });
    return new IndexSet(merged(intervals));
  }

  get size(): number {
    return this.#intervals.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  }

  has(index: number): boolean {
    let [low, high] = [0, this.#intervals.length - 1];
    while (low <= high) {
      const middle = (low + high) >> 1;
      const [first, last] = this.#intervals[middle] ?? [0, 0];
      if (index < first) high = middle - 1;
      else if (index > last) low = middle + 1;
      else return true;
    }
    return false;
  }

  with(indexes: Iterable<number>): IndexSet {
    const added = [...indexes].map((index): Interval => [index, index]);
    return added.length === 0 ? this : new IndexSet(merged([...this.#intervals, ...added]));
  }

  union(other: IndexSet): IndexSet {
    return new IndexSet(merged([...this.#intervals, ...other.#intervals]));
  }

  /** How many are in both. */
  overlap(other: IndexSet): number {
    return this.size + other.size - this.union(other).size;
  }

  /** The first `count` indexes below `completions` that are not in the set. */
  missing(count: number, completions: number): readonly number[] {
    const found: number[] = [];
    const end: Interval = [completions, completions];
    let next = 0;
    for (const [first, last] of [...this.#intervals, end]) {
      for (; next < first && found.length < count; next++) found.push(next);
      next = last + 1;
    }
    return found;
  }

  /** Two in a row are told one by one, more as a range. */
  toString(): string {
    return this.#intervals
      .map(([first, last]) => (first === last ? `${first}` : `${first}${last - first > 1 ? '-' : ','}${last}`))
      .join(',');
  }
}

function merged(intervals: readonly Interval[]): readonly Interval[] {
  const result: [number, number][] = [];
  for (const [first, last] of intervals.toSorted(([a], [b]) => a - b)) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return result;
}
