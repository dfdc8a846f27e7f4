import { mapConcurrent } from '../../src/component-base/index.ts';

export interface Batches {
  /** How many calls succeeded. */
  readonly done: number;
  /** How many were never tried because one before them failed. */
  readonly skipped: number;
  readonly error?: unknown;
}

/**
 * Calls `fn` for 0 … count-1 in batches of 1, 2, 4 …: when something is wrong with all of them (a quota, a bad
 * template) one call finds out instead of hundreds. Stops after the first batch with a failure.
 */
export async function slowStart(count: number, fn: (index: number) => Promise<void>): Promise<Batches> {
  let done = 0;
  let tried = 0;
  for (let size = Math.min(1, count); size > 0; size = Math.min(2 * size, count - tried)) {
    const first = tried;
    const results = await mapConcurrent(
      Array.from({ length: size }, (_, offset) => first + offset),
      size,
      fn,
    );
    tried += size;
    const failures = results.filter((result) => result.status === 'rejected');
    done += size - failures.length;
    const [failure] = failures;
    if (failure !== undefined) return { done, skipped: count - tried, error: failure.reason };
  }
  return { done, skipped: 0 };
}
