/** Resolves when `signal` aborts; at once if it has. Leaves no listener behind once it did. */
export function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    signal.addEventListener(
      'abort',
      () => {
        resolve();
      },
      { once: true },
    );
  });
}

/**
 * Settles as `promise` does, or rejects with the signal's reason when it aborts first.
 * The work behind `promise` goes on: pass the signal to it as well where it can take one.
 */
export async function untilAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  const gate = Promise.withResolvers<never>();
  const onAbort = () => {
    gate.reject(signal.reason instanceof Error ? signal.reason : new Error(String(signal.reason)));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, gate.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** A signal that aborts with `parent`, or after `ms` of wall time with a `TimeoutError`. */
export function withDeadline(ms: number, parent?: AbortSignal): AbortSignal {
  const deadline = AbortSignal.timeout(ms);
  return parent === undefined ? deadline : AbortSignal.any([parent, deadline]);
}
