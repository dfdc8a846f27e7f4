/** Work on the same key goes one after the other, in the order in which it came. */
export class Turns {
  readonly #last = new Map<string, Promise<unknown>>();

  /** Those who wait are requests in flight: there are never more of them than the server lets in. */
  async take(key: string, work: () => Promise<void>): Promise<void> {
    const before = this.#last.get(key) ?? Promise.resolve();
    const own = before.then(work, work);
    this.#last.set(key, own);
    try {
      await own;
    } finally {
      if (this.#last.get(key) === own) this.#last.delete(key);
    }
  }
}
