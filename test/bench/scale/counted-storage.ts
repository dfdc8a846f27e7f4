import type { KeyValue, Revision, Storage } from '../../../src/storage/index.ts';

/** Of what is written by others than the federation there would be nothing to learn. */
const UNCOUNTED = /^\/registry\/(events|leases)\//;

/** How often a member's state was changed, and when each key was there. */
export class Counted implements Storage {
  readonly #inner: Storage;
  readonly #created: (key: string) => void;
  writes = 0;

  constructor(inner: Storage, created: (key: string) => void) {
    this.#inner = inner;
    this.#created = created;
  }

  readonly currentRevision: Storage['currentRevision'] = () => this.#inner.currentRevision();
  readonly get: Storage['get'] = (key) => this.#inner.get(key);
  readonly list: Storage['list'] = (prefix, options) => this.#inner.list(prefix, options);
  readonly watch: Storage['watch'] = (prefix, after, options) => this.#inner.watch(prefix, after, options);
  readonly compact: Storage['compact'] = (revision) => this.#inner.compact(revision);

  async create(key: string, value: Uint8Array, options?: { readonly ttlSeconds?: number }): Promise<KeyValue> {
    const kv = await this.#inner.create(key, value, options);
    this.#count(key);
    this.#created(key);
    return kv;
  }

  async update(key: string, value: Uint8Array, expected: Revision): Promise<KeyValue> {
    const kv = await this.#inner.update(key, value, expected);
    this.#count(key);
    return kv;
  }

  async delete(key: string, expected: Revision): Promise<Revision> {
    const revision = await this.#inner.delete(key, expected);
    this.#count(key);
    return revision;
  }

  #count(key: string): void {
    if (!UNCOUNTED.test(key)) this.writes++;
  }
}
