/** Remembers that it was rung, once however often, until somebody has heard it. */
export class Bell {
  #rung = false;
  #wake: () => void = () => undefined;

  ring(): void {
    this.#rung = true;
    this.#wake();
  }

  /** Waits until it was rung since it was heard last; false when `signal` aborts first. One may wait at a time. */
  async heard(signal: AbortSignal): Promise<boolean> {
    while (!this.#rung && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = () => {
        resolve(undefined);
      };
      this.#wake = wake;
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
    }
    this.#rung = false;
    return !signal.aborted;
  }
}
