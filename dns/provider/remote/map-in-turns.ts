import { setImmediate } from 'node:timers/promises';

/** So many take less than clients notice who wait for answers of this process. */
const ITEMS_A_TURN = 1_000;

/** `fn` of every item, in order, with everything else that the process does having its turn between some of them. */
export async function mapInTurns<T, R>(items: Iterable<T>, fn: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) {
    if (results.length % ITEMS_A_TURN === ITEMS_A_TURN - 1) await setImmediate();
    results.push(fn(item));
  }
  return results;
}
