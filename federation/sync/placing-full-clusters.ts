import type { Clock } from '../../src/component-base/index.ts';

interface Mark {
  readonly room: number;
  readonly until: number;
  readonly pauseMs: number;
}

const FIRST_PAUSE_MS = 300_000;
const LONGEST_PAUSE_MS = 3_600_000;

/**
 * Clusters in which pods of an object have found no room. Once those pods have moved there is nothing left to see that
 * by, so it is remembered, for a time; tried again too soon they would wander to and fro.
 */
export class FullClusters {
  readonly #clock: Clock;
  readonly #marks = new Map<string, Map<string, Mark>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** No more than `room` of its pods ran there. */
  note(key: string, cluster: string, room: number): void {
    const now = this.#clock.now();
    const marks = this.#marks.get(key) ?? new Map<string, Mark>();
    const before = marks.get(cluster);
    const isNew = before === undefined || before.until <= now;
    const pauseMs = before === undefined ? FIRST_PAUSE_MS : Math.min(before.pauseMs * 2, LONGEST_PAUSE_MS);
    const lasting = isNew ? { until: now + pauseMs, pauseMs } : { until: before.until, pauseMs: before.pauseMs };
    this.#marks.set(key, marks.set(cluster, { room, ...lasting }));
  }

  roomOf(key: string, cluster: string): number | undefined {
    const mark = this.#marks.get(key)?.get(cluster);
    return mark === undefined || mark.until <= this.#clock.now() ? undefined : mark.room;
  }

  /** When the first of them is tried again. */
  nextTrialMs(key: string): number | undefined {
    const now = this.#clock.now();
    const left = [...(this.#marks.get(key)?.values() ?? [])].map(({ until }) => until - now).filter((ms) => ms > 0);
    return left.length === 0 ? undefined : Math.min(...left);
  }

  forget(key: string): void {
    this.#marks.delete(key);
  }
}
