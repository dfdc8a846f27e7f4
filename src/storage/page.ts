import { compareKeys } from './keys.ts';

export interface Page<T> {
  readonly items: T[];
  readonly remaining: number;
}

/** The first `limit` of `entries`, and how many there are after them. */
export function page<T>(entries: Iterable<T>, limit = Infinity): Page<T> {
  const items: T[] = [];
  let remaining = 0;
  for (const entry of entries) {
    if (items.length < limit) items.push(entry);
    else remaining++;
  }
  return { items, remaining };
}

/** `current`, in order of keys, with the keys of `before` put back to what they were: another entry, or none. */
export function* rewound<T extends { readonly key: string }>(
  current: Iterable<T>,
  before: ReadonlyMap<string, T | undefined>,
): Generator<T> {
  const past = [...before.values()].filter((entry) => entry !== undefined);
  past.sort((a, b) => compareKeys(a.key, b.key));
  let next = 0;
  for (const entry of current) {
    for (let old = past[next]; old !== undefined && compareKeys(old.key, entry.key) <= 0; old = past[next]) {
      yield old;
      next++;
    }
    if (!before.has(entry.key)) yield entry;
  }
  yield* past.slice(next);
}
