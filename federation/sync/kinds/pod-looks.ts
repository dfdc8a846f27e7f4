import type { KubeObject } from '../../../src/apimachinery/index.ts';
import { untilAborted, type Clock } from '../../../src/component-base/index.ts';

/** What the pods of one copy say. */
export interface Running {
  readonly current: number;
  /** Known only where pods found no room. */
  readonly capacity?: number;
  /** Some pods have found no room, but not for long enough to conclude anything. */
  readonly undecided?: boolean;
}

const TIMEOUT_MS = 1_000;
/** What was seen of a copy that has not changed since holds for so long. */
const FRESH_MS = 5_000;
const FIRST_PAUSE_MS = 30_000;
const LONGEST_PAUSE_MS = 300_000;

interface Pause {
  readonly until: number;
  readonly ms: number;
}

/**
 * Closer looks at copies in members. Whoever plans waits for them, and with him all objects behind: so a member that
 * takes its time is asked only now and then, and nobody asks twice for what has just been seen.
 */
export class PodLooks {
  readonly #clock: Clock;
  readonly #seen = new WeakMap<KubeObject, { readonly at: number; readonly running: Running }>();
  readonly #pauses = new Map<string, Pause>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `undefined` where the member did not tell in time, or lately did not. */
  async at(
    cluster: string,
    copy: KubeObject,
    look: (signal: AbortSignal) => Promise<Running>,
    signal: AbortSignal,
  ): Promise<Running | undefined> {
    const seen = this.#seen.get(copy);
    if (seen !== undefined && this.#clock.now() - seen.at < FRESH_MS) return seen.running;
    if ((this.#pauses.get(cluster)?.until ?? 0) > this.#clock.now()) return undefined;
    const deadline = new AbortController();
    const cancel = this.#clock.after(TIMEOUT_MS, () => {
      this.#pause(cluster);
      deadline.abort(new Error('the member did not show its pods in time'));
    });
    const own = AbortSignal.any([signal, deadline.signal]);
    try {
      const running = await untilAborted(look(own), own);
      this.#pauses.delete(cluster);
      this.#seen.set(copy, { at: this.#clock.now(), running });
      return running;
    } catch {
      signal.throwIfAborted();
      // What it last reported has to do.
      return undefined;
    } finally {
      cancel();
    }
  }

  /** The cluster has left the federation. */
  forgetCluster(cluster: string): void {
    this.#pauses.delete(cluster);
  }

  /** Looks that began together and are all late count as one. */
  #pause(cluster: string): void {
    const now = this.#clock.now();
    const before = this.#pauses.get(cluster);
    if (before !== undefined && before.until > now) return;
    const ms = before === undefined ? FIRST_PAUSE_MS : Math.min(2 * before.ms, LONGEST_PAUSE_MS);
    this.#pauses.set(cluster, { until: now + ms, ms });
  }
}
