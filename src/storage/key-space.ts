import { BTree } from './btree.ts';
import { keyOf, type ChangeEvent } from './fan-out.ts';
import { compareKeys } from './keys.ts';
import { page, rewound, type Page } from './page.ts';
import type { KeyValue, ListOptions } from './storage.ts';

/** The present version of every key, in memory, in byte order. */
export class KeySpace {
  readonly #tree = new BTree<string, KeyValue>(undefined, compareKeys);

  get(key: string): KeyValue | undefined {
    return this.#tree.get(key);
  }

  set(kv: KeyValue): void {
    this.#tree.set(kv.key, kv);
  }

  apply(event: ChangeEvent): void {
    if (event.type === 'put') this.#tree.set(event.kv.key, event.kv);
    else this.#tree.delete(keyOf(event));
  }

  /** `before` tells what keys that have changed since were at the moment of the list. */
  list(prefix: string, options: ListOptions, before?: ReadonlyMap<string, KeyValue | undefined>): Page<KeyValue> {
    const { after, limit } = options;
    const current = this.#range(prefix, after);
    if (before === undefined || before.size === 0) return page(current, limit);
    const past = new Map([...before].filter(([key]) => after === undefined || compareKeys(key, after) > 0));
    return page(rewound(current, past), limit);
  }

  *#range(prefix: string, after: string | undefined): Generator<KeyValue> {
    const from = after !== undefined && compareKeys(after, prefix) > 0 ? after : prefix;
    for (const [key, kv] of this.#tree.entries(from)) {
      if (!key.startsWith(prefix)) return;
      if (key !== after) yield kv;
    }
  }
}
