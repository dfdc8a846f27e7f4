import type { Clock } from '../../src/component-base/index.ts';
import type { Trouble } from './copy-result.ts';

export interface Troubled {
  readonly trouble: Trouble;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

type NewsHandler = (key: string, trouble: Trouble | undefined) => void;

const NONE: ReadonlyMap<string, Troubled> = new Map();

/** Copies of one kind that are not as they shall be, by what the last look at each has shown. */
export class TroubledCopies {
  readonly #clock: Clock;
  readonly #byObject = new Map<string, Map<string, Troubled>>();
  readonly #handlers = new Set<NewsHandler>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether that is news. */
  note(cluster: string, key: string, trouble: Trouble | undefined): boolean {
    const copies = this.#byObject.get(key);
    if (copies?.get(cluster)?.trouble === trouble) return false;
    if (trouble === undefined) this.#forget(cluster, key);
    else
      this.#byObject.set(
        key,
        (copies ?? new Map<string, Troubled>()).set(cluster, { trouble, since: this.#clock.now() }),
      );
    for (const handler of this.#handlers) handler(key, trouble);
    return true;
  }

  /** `handler` is called with the object of each copy that is in trouble now, or in another one, or in none any more. */
  onNews(handler: NewsHandler): () => void {
    this.#handlers.add(handler);
    return () => this.#handlers.delete(handler);
  }

  /** By cluster. */
  of(key: string): ReadonlyMap<string, Troubled> {
    return this.#byObject.get(key) ?? NONE;
  }

  /** How many there are in each cluster, by what is wrong with them. */
  counts(): ReadonlyMap<string, ReadonlyMap<Trouble, number>> {
    const counts = new Map<string, Map<Trouble, number>>();
    for (const copies of this.#byObject.values()) {
      for (const [cluster, { trouble }] of copies) {
        const own = counts.get(cluster) ?? new Map<Trouble, number>();
        counts.set(cluster, own.set(trouble, (own.get(trouble) ?? 0) + 1));
      }
    }
    return counts;
  }

  forgetObject(key: string): void {
    this.#byObject.delete(key);
  }

  forgetCluster(cluster: string): void {
    for (const key of [...this.#byObject.keys()]) this.#forget(cluster, key);
  }

  #forget(cluster: string, key: string): void {
    const copies = this.#byObject.get(key);
    if (copies?.delete(cluster) === true && copies.size === 0) this.#byObject.delete(key);
  }
}
