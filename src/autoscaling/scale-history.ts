/** What was changed lately. */
export interface ScaleChanges {
  /** So many replicas in the last so many seconds. */
  added(seconds: number): number;
  removed(seconds: number): number;
}

interface Entry {
  readonly at: number;
  readonly replicas: number;
}

/** An hour is the longest window that an autoscaler may have, and longer than any period. */
const KEPT_MS = 3_600_000;

/** What one autoscaler recommended and did. */
export class ScaleHistory {
  #recommendations: Entry[];
  /** By how many: positive for more. */
  #changes: Entry[] = [];

  /** It begins with what there is: nothing is changed at once for the sake of a first glance. */
  constructor(replicas: number, now: number) {
    this.#recommendations = [{ at: now, replicas }];
  }

  recommended(replicas: number, now: number): void {
    this.#recommendations = [...recent(this.#recommendations, KEPT_MS, now), { at: now, replicas }];
  }

  changed(by: number, now: number): void {
    this.#changes = [...recent(this.#changes, KEPT_MS, now), { at: now, replicas: by }];
  }

  changes(now: number): ScaleChanges {
    const total = (seconds: number, sign: number) =>
      recent(this.#changes, seconds * 1000, now)
        .map(({ replicas }) => Math.max(0, sign * replicas))
        .reduce((sum, replicas) => sum + replicas, 0);
    return { added: (seconds) => total(seconds, 1), removed: (seconds) => total(seconds, -1) };
  }

  /** The fewest recommended in this time, `desired` included. */
  lowest(desired: number, seconds: number, now: number): number {
    return Math.min(desired, ...recent(this.#recommendations, seconds * 1000, now).map(({ replicas }) => replicas));
  }

  highest(desired: number, seconds: number, now: number): number {
    return Math.max(desired, ...recent(this.#recommendations, seconds * 1000, now).map(({ replicas }) => replicas));
  }
}

const recent = (entries: readonly Entry[], milliseconds: number, now: number) =>
  entries.filter(({ at }) => at > now - milliseconds);
