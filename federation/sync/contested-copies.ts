import type { Clock } from '../../src/component-base/index.ts';

interface Writes {
  readonly mark: string;
  /** In a row, of the very same content. */
  readonly count: number;
  readonly at: number;
}

const FREE_WRITES = 4;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 60_000;
const FORGIVEN_AFTER_MS = 300_000;

/**
 * Copies that somebody in a member keeps changing back, such as another controller that wants them otherwise. They are
 * repaired at once a few times, then ever more slowly, so that two who disagree do not keep a member's API busy.
 */
export class ContestedCopies {
  readonly #clock: Clock;
  readonly #writes = new Map<string, Map<string, Writes>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The content of this mark has been written. */
  note(cluster: string, key: string, mark: string): void {
    const at = this.#clock.now();
    const byCluster = this.#writes.get(key) ?? new Map<string, Writes>();
    const before = byCluster.get(cluster);
    const goesOn = before?.mark === mark && at - before.at < FORGIVEN_AFTER_MS;
    this.#writes.set(key, byCluster.set(cluster, { mark, count: goesOn ? before.count + 1 : 1, at }));
  }

  /** How long not to write that content again; 0 nearly always. */
  waitMs(cluster: string, key: string, mark: string): number {
    const writes = this.#writes.get(key)?.get(cluster);
    if (writes?.mark !== mark || writes.count < FREE_WRITES) return 0;
    const pause = Math.min(FIRST_WAIT_MS * 2 ** (writes.count - FREE_WRITES), LONGEST_WAIT_MS);
    return Math.max(0, writes.at + pause - this.#clock.now());
  }

  forgetObject(key: string): void {
    this.#writes.delete(key);
  }

  forgetCluster(cluster: string): void {
    for (const byCluster of this.#writes.values()) byCluster.delete(cluster);
  }
}
