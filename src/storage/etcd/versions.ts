import { LRUCache } from 'lru-cache';
import type { KeyValue, Revision } from '../storage.ts';
import type { RawKeyValue } from './kv-messages.ts';

const RECENT_BYTES = 4 * 1024 * 1024;

/**
 * Makes versions of what etcd sends, with keys as the storage's users know them. Whoever meets a version a moment after
 * another gets the same instance.
 */
export class Versions {
  readonly #prefix: string;
  readonly #recent = new LRUCache<string, KeyValue>({
    maxSize: RECENT_BYTES,
    sizeCalculation: (kv) => kv.value.length + 256,
  });

  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  known(key: string, modRevision: Revision): KeyValue | undefined {
    const known = this.#recent.get(key);
    return known?.modRevision === modRevision ? known : undefined;
  }

  of({ key: fullKey, value, createRevision, modRevision }: RawKeyValue): KeyValue {
    const key = fullKey.slice(this.#prefix.length);
    // A copy: a view would keep the whole message in memory.
    return (
      this.known(key, modRevision) ?? this.remember({ key, value: new Uint8Array(value), createRevision, modRevision })
    );
  }

  /** The instance to go on with. */
  remember(kv: KeyValue): KeyValue {
    const known = this.known(kv.key, kv.modRevision);
    if (known !== undefined) return known;
    this.#recent.set(kv.key, kv);
    return kv;
  }
}
