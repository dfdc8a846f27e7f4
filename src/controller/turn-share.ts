import type { Clock } from '../component-base/index.ts';

const SHARE_MS = 1;

/**
 * What one user of the event loop may take of a turn. Work that awaits only what is there already never lets go of the
 * loop by itself, and whoever waits for a socket or a timer waits for all of it.
 */
export class TurnShare {
  readonly #clock: Clock;
  #beganAt: number | undefined;
  #next: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** To be waited for before going on; undefined while there is time left. Work began with the first call of a turn. */
  spent(): Promise<void> | undefined {
    this.#next ??= new Promise((resolve) => {
      this.#beganAt = this.#clock.now();
      setImmediate(() => {
        this.#next = undefined;
        resolve();
      });
    });
    return this.#clock.now() - (this.#beganAt ?? 0) >= SHARE_MS ? this.#next : undefined;
  }
}
