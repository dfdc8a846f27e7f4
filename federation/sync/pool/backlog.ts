import type { Cause } from './attempt.ts';

/** What is to be looked at, of one lane in one cluster. */
export interface LaneBacklog {
  readonly lane: string;
  readonly count: number;
  /** Since when the one that has waited longest is known; milliseconds since the epoch. */
  readonly oldest: number;
}

/**
 * What is still to be looked at in one cluster and since when that is known, however often it is tried. What is wrong
 * there and nothing can be done about does not belong to it.
 */
export class Backlog {
  readonly #laneOf: (id: string) => string;
  readonly #waiting = new Map<string, Cause>();
  readonly #begun = new Map<string, Cause>();

  constructor(laneOf: (id: string) => string) {
    this.#laneOf = laneOf;
  }

  /** Of several causes of one the first counts, and the first span that one of them has. */
  add(id: string, cause: Cause): void {
    const first = this.#waiting.get(id);
    if (first === undefined) this.#waiting.set(id, cause);
    else if (first.span === undefined && cause.span !== undefined)
      this.#waiting.set(id, { ...cause, since: first.since });
  }

  /** It is being looked at: what is added from now on is something else. */
  begin(id: string): Cause | undefined {
    const cause = this.#waiting.get(id);
    if (cause === undefined) return undefined;
    this.#waiting.delete(id);
    this.#begun.set(id, cause);
    return cause;
  }

  /** Why it was to be looked at; `undefined` for what was not. */
  end(id: string): Cause | undefined {
    const cause = this.#begun.get(id);
    this.#begun.delete(id);
    return cause;
  }

  /** It is to be looked at again, and that is nothing new. */
  giveBack(id: string): void {
    const cause = this.end(id);
    if (cause !== undefined) this.#waiting.set(id, cause);
  }

  clear(): void {
    this.#waiting.clear();
    this.#begun.clear();
  }

  byLane(): readonly LaneBacklog[] {
    const lanes = new Map<string, LaneBacklog>();
    for (const entries of [this.#waiting, this.#begun]) {
      for (const [id, { since }] of entries) {
        const lane = this.#laneOf(id);
        const { count = 0, oldest = since } = lanes.get(lane) ?? {};
        lanes.set(lane, { lane, count: count + 1, oldest: Math.min(oldest, since) });
      }
    }
    return [...lanes.values()];
  }
}
