/**
 * `fn` of every item, at most `limit` at a time, results in the order of the items, like `Promise.allSettled`:
 * one failure keeps no other item waiting and cancels none. Once `signal` aborts no further item is begun and the
 * call rejects with the signal's reason.
 */
export async function mapConcurrent<T, R>(
  items: readonly T[],
  limit: number,
  fn: (item: T) => Promise<R>,
  signal?: AbortSignal,
): Promise<PromiseSettledResult<R>[]> {
  const results = new Array<PromiseSettledResult<R>>(items.length);
  const pending = items.entries();
  const worker = async () => {
    for (const [index, item] of pending) {
      if (signal?.aborted === true) return;
      try {
        results[index] = { status: 'fulfilled', value: await fn(item) };
      } catch (reason) {
        results[index] = { status: 'rejected', reason };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  signal?.throwIfAborted();
  return results;
}
