import {
  StorageError,
  isStorageError,
  type KeyValue,
  type Revision,
  type Storage,
  type StorageEvent,
} from '../../../src/storage/index.ts';

/**
 * A store with a past, seen as one that begins now at revision 0: the suite counts revisions from there. Nothing but
 * the revisions is translated, and a version stays one instance.
 */
export async function fromZero(inner: Storage): Promise<Storage> {
  const base = await inner.currentRevision();
  const seen = new WeakMap<KeyValue, KeyValue>();
  const less = (kv: KeyValue): KeyValue => {
    const known = seen.get(kv);
    if (known !== undefined) return known;
    const { createRevision, modRevision } = kv;
    const translated = { ...kv, createRevision: createRevision - base, modRevision: modRevision - base };
    seen.set(kv, translated);
    return translated;
  };
  const lessOf = (err: unknown) =>
    isStorageError(err) && err.current !== undefined
      ? new StorageError(err.code, err.key, err.message, { cause: err, current: less(err.current) })
      : err;
  const translating = async <T>(call: Promise<T>): Promise<T> => {
    try {
      return await call;
    } catch (err) {
      throw lessOf(err);
    }
  };
  return {
    currentRevision: async () => (await inner.currentRevision()) - base,
    get: async (key) => {
      const kv = await inner.get(key);
      return kv && less(kv);
    },
    list: async (prefix, { revision, ...options } = {}) => {
      const at = revision === undefined ? options : { ...options, revision: revision + base };
      const list = await inner.list(prefix, at);
      return { ...list, items: list.items.map(less), revision: list.revision - base };
    },
    create: async (key, value, options) => less(await translating(inner.create(key, value, options))),
    update: async (key, value, expected) => less(await translating(inner.update(key, value, expected + base))),
    delete: async (key, expected) => (await translating(inner.delete(key, expected + base))) - base,
    compact: (revision: Revision) => inner.compact(revision + base),
    async *watch(prefix, after, options): AsyncGenerator<StorageEvent> {
      for await (const event of inner.watch(prefix, after + base, options)) {
        const previous = event.type !== 'progress' && event.previous ? { previous: less(event.previous) } : {};
        if (event.type === 'put') yield { type: 'put', kv: less(event.kv), ...previous };
        else if (event.type === 'progress') yield { type: 'progress', revision: event.revision - base };
        else yield { ...event, revision: event.revision - base, previous: less(event.previous) };
      }
    },
  };
}
