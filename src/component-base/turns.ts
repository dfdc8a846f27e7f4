import { untilAborted } from './abort.ts';
import type { Clock } from './clock.ts';

export interface TurnsOptions {
  readonly atOnce: number;
  /** Whoever takes longer goes on, and lets the next begin. */
  readonly patienceMs: number;
}

/**
 * So many at a time, in the order in which they came: work that would take as long together is done one after the
 * other, so that the first is not done as late as the last. Those that are only waited for keep nobody from beginning.
 */
export class Turns {
  readonly #clock: Clock;
  readonly #options: TurnsOptions;
  readonly #waiting = new Set<() => void>();
  #taken = 0;
  #running = 0;

  constructor(clock: Clock, options: TurnsOptions) {
    this.#clock = clock;
    this.#options = options;
  }

  /** How much is begun and not done yet, also of those that have let others begin. */
  get running(): number {
    return this.#running;
  }

  /** `work` when it is its turn. Rejects with the signal's reason when that aborts before. */
  async run<R>(work: () => Promise<R>, signal?: AbortSignal): Promise<R> {
    await this.#begin(signal);
    let isOver = false;
    const end = () => {
      if (isOver) return;
      isOver = true;
      this.#end();
    };
    const cancel = this.#clock.after(this.#options.patienceMs, end);
    this.#running += 1;
    try {
      signal?.throwIfAborted();
      return await work();
    } finally {
      this.#running -= 1;
      cancel();
      end();
    }
  }

  async #begin(signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    if (this.#taken < this.#options.atOnce) {
      this.#taken += 1;
      return;
    }
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const begin = () => {
      resolve(undefined);
    };
    this.#waiting.add(begin);
    try {
      await (signal === undefined ? promise : untilAborted(promise, signal));
    } catch (err) {
      // One whose turn has come meanwhile leaves it to the next.
      if (!this.#waiting.delete(begin)) this.#end();
      throw err;
    }
  }

  #end(): void {
    for (const begin of this.#waiting) {
      this.#waiting.delete(begin);
      begin();
      return;
    }
    this.#taken -= 1;
  }
}
