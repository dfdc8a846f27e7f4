import type { Clock } from '../../src/component-base/index.ts';
import type { Trouble } from './copy-result.ts';

export interface Troubled {
  readonly trouble: Trouble;
  /** Milliseconds since the epoch. */
  readonly since: number;
}

const NONE: ReadonlyMap<string, Troubled> = new Map();

/** Copies of one kind that are not as they shall be, by what the last look at each has shown. */
export class TroubledCopies {
  readonly #clock: Clock;
  readonly #byObject = new Map<string, Map<string, Troubled>>();
  /** Objects of which more is known here than what was noted on them before. */
  readonly #known = new Set<string>();
  readonly #handlers = new Set<(key: string) => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Whether that is news. */
  note(cluster: string, key: string, trouble: Trouble | undefined): boolean {
    const copies = this.#byObject.get(key);
    if (copies?.get(cluster)?.trouble === trouble) return false;
    this.#known.add(key);
    if (trouble === undefined) this.#forget(cluster, key);
    else
      this.#byObject.set(
        key,
        (copies ?? new Map<string, Troubled>()).set(cluster, { trouble, since: this.#clock.now() }),
      );
    for (const handler of this.#handlers) handler(key);
    return true;
  }

  /** What was known of the copies of an object before this process began; of no effect once anything is known. */
  recall(key: string, copies: ReadonlyMap<string, Troubled>): void {
    if (copies.size === 0 || this.#known.has(key)) return;
    this.#known.add(key);
    this.#byObject.set(key, new Map(copies));
  }

  /** Called with the object whose copies are otherwise than they were. Returns its own removal. */
  onChange(handler: (key: string) => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
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
    this.#known.delete(key);
  }

  forgetCluster(cluster: string): void {
    for (const key of [...this.#byObject.keys()]) this.#forget(cluster, key);
  }

  #forget(cluster: string, key: string): void {
    const copies = this.#byObject.get(key);
    if (copies?.delete(cluster) === true && copies.size === 0) this.#byObject.delete(key);
  }
}
