import type { Clock } from '../../src/component-base/index.ts';

/** A sleep that somebody can end early. */
export class WakeUp {
  readonly #clock: Clock;
  #wake: (() => void) | undefined;
  #called = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves after `ms`, at the next `call`, or when `signal` aborts; at once if it was called while nobody slept. */
  async wait(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#called && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = () => {
        resolve(undefined);
      };
      this.#wake = wake;
      const cancel = this.#clock.after(ms, wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
      cancel();
      this.#wake = undefined;
    }
    this.#called = false;
  }

  call(): void {
    this.#called = true;
    this.#wake?.();
  }
}
