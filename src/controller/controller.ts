import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { isConflict } from '../apimachinery/index.ts';
import { TerminalError, type Key, type Reconciler } from './contract.ts';
import type { WorkQueue } from './work-queue.ts';

export interface ControllerOptions {
  readonly name: string;
  readonly reconcile: Reconciler;
  /** Whose keys are worked on; usually filled by the handlers of informers. */
  readonly queue: WorkQueue;
  readonly log: Logger;
  readonly clock: Clock;
  /** How many keys are worked on at the same time. */
  readonly workers?: number;
  /** The signal of one reconcile aborts after so long, and the key is tried again. */
  readonly reconcileTimeoutMs?: number;
  /** Workers begin, and the controller is ready, when this resolves: `(signal) => informers.synced(signal)`. */
  readonly synced?: (signal: AbortSignal) => Promise<void>;
}

/** Runs a reconciler over the keys of a queue; a key that fails comes again with back-off. */
export function controller(options: ControllerOptions): Runnable {
  const { name, workers = 1, synced } = options;
  return {
    name,
    async run(signal, ready) {
      try {
        await synced?.(signal);
      } catch (err) {
        if (signal.aborted) return;
        throw err;
      }
      ready();
      await Promise.all(Array.from({ length: workers }, () => work(options, signal)));
    },
  };
}

async function work(options: ControllerOptions, signal: AbortSignal): Promise<void> {
  const { queue } = options;
  for await (const key of queue.take(signal)) {
    try {
      const { requeueAfterMs } = await reconcileOnce(options, key, signal);
      queue.forget(key);
      if (requeueAfterMs !== undefined) queue.addAfter(key, requeueAfterMs);
    } catch (err) {
      if (signal.aborted) return;
      retryOrGiveUp(options, key, err);
    } finally {
      queue.done(key);
    }
  }
}

/** Waits for the reconciler even after its time is up, so that a key is never worked on twice at once. */
async function reconcileOnce(options: ControllerOptions, key: Key, signal: AbortSignal) {
  const { reconcile, clock, reconcileTimeoutMs = 60_000 } = options;
  const attempt = new AbortController();
  const onAbort = () => {
    attempt.abort(signal.reason);
  };
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  const cancel = clock.after(reconcileTimeoutMs, () => {
    attempt.abort(new Error(`not done within ${reconcileTimeoutMs} ms`));
  });
  try {
    return await reconcile(key, attempt.signal);
  } finally {
    cancel();
    signal.removeEventListener('abort', onAbort);
  }
}

function retryOrGiveUp({ name, queue, log }: ControllerOptions, key: Key, err: unknown): void {
  if (err instanceof TerminalError) {
    log.error({ controller: name, key, err }, 'reconcile failed for good');
    queue.forget(key);
    return;
  }
  // Somebody else wrote first: the informer is about to bring what to try again with.
  const level = isConflict(err) ? 'debug' : 'warn';
  log[level]({ controller: name, key, failures: queue.failures(key) + 1, err }, 'reconcile failed');
  queue.addRateLimited(key);
}
