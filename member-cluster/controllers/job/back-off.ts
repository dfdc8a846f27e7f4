import type { Pod } from '../../../src/apis/index.ts';
import type { Key } from '../../../src/controller/index.ts';
import { finishedAt } from './job-pods.ts';

const FIRST_MS = 10_000;
const LONGEST_MS = 10 * 60_000;

/** Failures in a row. */
export interface FailureRun {
  readonly failures: number;
  readonly lastAt: number;
}

export interface NewlyFinished {
  readonly succeeded: readonly Pod[];
  readonly failed: readonly Pod[];
}

const NO_FAILURES: FailureRun = { failures: 0, lastAt: 0 };

/** How often the pods of each Job failed since one last succeeded. */
export class FailureRuns {
  readonly #byJob = new Map<Key, FailureRun>();

  /** What the run is with these pods; not kept until they are counted. */
  next(job: Key, { succeeded, failed }: NewlyFinished, now: number): FailureRun {
    const known = this.#byJob.get(job) ?? NO_FAILURES;
    const lastSuccess = Math.max(-Infinity, ...succeeded.map((pod) => finishedAt(pod, now)));
    const since = failed.map((pod) => finishedAt(pod, now)).filter((at) => at > lastSuccess);
    const before = succeeded.length === 0 ? known : NO_FAILURES;
    if (since.length === 0) return before;
    return { failures: before.failures + since.length, lastAt: Math.max(...since) };
  }

  keep(job: Key, run: FailureRun): void {
    if (run.failures === 0) this.#byJob.delete(job);
    else this.#byJob.set(job, run);
  }

  forget(job: Key): void {
    this.#byJob.delete(job);
  }
}

/** Until the next pod may be made: ten seconds after a failure, twice as long after each further one. */
export function backOffMs({ failures, lastAt }: FailureRun, now: number): number {
  if (failures === 0) return 0;
  return Math.max(0, lastAt + Math.min(FIRST_MS * 2 ** (failures - 1), LONGEST_MS) - now);
}
