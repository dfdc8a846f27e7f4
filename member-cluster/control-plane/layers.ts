import { start, type Runnable, type Running } from '../../src/component-base/index.ts';

/** Parts that stand on each other: started from below, stopped from above. */
export class Layers {
  readonly #running: Running[] = [];
  readonly #failed = Promise.withResolvers<never>();
  readonly #stopped = Promise.withResolvers<undefined>();
  #stopping: Promise<void> | undefined;

  constructor() {
    this.#failed.promise.catch(() => undefined);
  }

  /** Resolves when all of the layer are ready. A part that fails, now or later, stops all layers. */
  async start(runnables: readonly Runnable[]): Promise<void> {
    const running = await start(runnables);
    this.#running.push(running);
    running.done.catch((err: unknown) => {
      this.#failed.reject(err);
      void this.stop();
    });
  }

  /** Settles when everything has ended; rejects with the first failure. */
  get done(): Promise<void> {
    return Promise.race([this.#stopped.promise, this.#failed.promise]);
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stopAll();
    return this.#stopping;
  }

  async #stopAll(): Promise<void> {
    for (const layer of this.#running.toReversed()) await layer.stop();
    this.#stopped.resolve(undefined);
  }
}
