/** Its `write` is called within the transaction, exactly one of the others after it. They may not throw. */
export interface Operation {
  write(): void;
  committed(): void;
  failed(cause: unknown): void;
}

/** Bounds how long one commit keeps the next writers waiting. */
const MAX_OPERATIONS = 1_000;

/**
 * One transaction at a time, of all that was asked for while the one before was on its way to the disk. When one fails
 * all that wait fail with it, because they were decided on what it would have written.
 */
export class GroupCommit {
  readonly #commit: (write: () => void) => Promise<void>;
  readonly #onFailure: (cause: unknown) => void;
  #waiting: Operation[] = [];
  #running: Promise<void> | undefined;

  /** `onFailure` is called once for each failure, before the operations are told. */
  constructor(commit: (write: () => void) => Promise<void>, onFailure: (cause: unknown) => void) {
    this.#commit = commit;
    this.#onFailure = onFailure;
  }

  add(operation: Operation): void {
    this.#waiting.push(operation);
    this.#running ??= this.#run();
  }

  /** Resolves when nothing waits and nothing is on its way. */
  async idle(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  async #run(): Promise<void> {
    // Let the rest of this turn's writers come along.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const group = this.#waiting.splice(0, MAX_OPERATIONS);
      try {
        await this.#commit(() => {
          for (const operation of group) operation.write();
        });
      } catch (cause) {
        const all = [...group, ...this.#waiting.splice(0)];
        this.#onFailure(cause);
        for (const operation of all) operation.failed(cause);
        continue;
      }
      for (const operation of group) operation.committed();
    }
    this.#running = undefined;
  }
}
