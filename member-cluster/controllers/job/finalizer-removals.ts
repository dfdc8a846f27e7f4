import type { Key } from '../../../src/controller/index.ts';

/** Pods whose finalizer was taken away, which the cache does not show yet: they must not be counted again. */
export class FinalizerRemovals {
  readonly #byJob = new Map<Key, Set<string>>();

  of(job: Key): ReadonlySet<string> {
    return this.#byJob.get(job) ?? new Set();
  }

  /** Announce before the calls are made: their events may arrive before their answers. */
  expect(job: Key, uids: Iterable<string>): void {
    const present = this.#byJob.get(job) ?? new Set();
    for (const uid of uids) present.add(uid);
    this.#byJob.set(job, present);
  }

  /** The cache shows it, or it will not happen. */
  seen(job: Key, uid: string): void {
    const present = this.#byJob.get(job);
    if (present?.delete(uid) === true && present.size === 0) this.#byJob.delete(job);
  }

  forget(job: Key): void {
    this.#byJob.delete(job);
  }
}
