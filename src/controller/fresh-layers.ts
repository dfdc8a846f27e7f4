import { start, type Runnable } from '../component-base/index.ts';

/**
 * Parts that are built anew each time that this runs, so that nothing of an earlier run lives on in them: what an
 * election may start several times. Each layer is started when the one before it is ready.
 */
export function freshLayers(name: string, build: () => readonly (readonly Runnable[])[]): Runnable {
  return {
    name,
    async run(signal, ready) {
      await using running = new AsyncDisposableStack();
      const done: Promise<void>[] = [];
      for (const layer of build()) done.push(running.use(await start(layer, signal)).done);
      ready();
      await Promise.race(done);
    },
  };
}
