/**
 * A long-lived thing. `run` calls `ready` once when it is of use to others and returns when `signal` aborts;
 * it rejects only when it cannot go on. Constructors and factories do no I/O: that belongs in `run`.
 */
export interface Runnable {
  readonly name: string;
  run(signal: AbortSignal, ready: () => void): Promise<void>;
}

/** What `start` gives back: alive until disposed, or until one part fails. */
export interface Running extends AsyncDisposable {
  /** Settles when every part has ended. Rejects with the first failure, once. */
  readonly done: Promise<void>;
  /** Stops every part, last started first to be told last, and waits for all. Does not reject for parts that failed. */
  stop(): Promise<void>;
}

/** A Runnable ended although nobody asked it to. */
export class UnexpectedEnd extends Error {
  constructor(name: string) {
    super(`${name} ended before it was asked to`);
    this.name = 'UnexpectedEnd';
  }
}

/**
 * Starts all, in parallel, and resolves when each has called `ready`. When one fails, before or after, its siblings
 * are stopped and the failure is reported once: by `start` itself, or else by `done`.
 */
export async function start(runnables: readonly Runnable[], signal?: AbortSignal): Promise<Running> {
  const controller = new AbortController();
  const onAbort = () => {
    controller.abort(signal?.reason);
  };
  if (signal?.aborted === true) onAbort();
  signal?.addEventListener('abort', onAbort, { once: true });

  let failure: { readonly error: unknown } | undefined;
  const fail = (error: unknown) => {
    failure ??= { error };
    controller.abort(error);
  };
  const ready: Promise<void>[] = [];
  const parts = runnables.map((runnable) => {
    const gate = Promise.withResolvers<undefined>();
    ready.push(gate.promise);
    return runPart(runnable, controller.signal, gate.resolve, fail).finally(() => {
      gate.resolve(undefined);
    });
  });
  const ended = Promise.all(parts).finally(() => {
    signal?.removeEventListener('abort', onAbort);
  });
  const done = ended.then(() => {
    if (failure !== undefined) throw failure.error;
  });
  // Whoever awaits `done` sees the failure; where nobody does, it must not become an unhandled rejection after `start` threw it.
  done.catch(() => undefined);

  await Promise.all(ready);
  if (failure !== undefined) await done;
  signal?.throwIfAborted();

  const stop = async () => {
    controller.abort(new Error('stopped'));
    await ended;
  };
  return { done, stop, [Symbol.asyncDispose]: stop };
}

async function runPart(
  runnable: Runnable,
  signal: AbortSignal,
  ready: (value: undefined) => void,
  fail: (error: unknown) => void,
): Promise<void> {
  try {
    await runnable.run(signal, () => {
      ready(undefined);
    });
    if (!signal.aborted) fail(new UnexpectedEnd(runnable.name));
  } catch (error) {
    if (!signal.aborted) fail(error);
  }
}
