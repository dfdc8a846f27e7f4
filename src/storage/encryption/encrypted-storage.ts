import type { ChangeEvent } from '../fan-out.ts';
import { isStorageError, StorageError } from '../storage.ts';
import type { KeyValue, ListOptions, ListResult, Revision, Storage, StorageEvent, WatchOptions } from '../storage.ts';
import type { EncryptionConfiguration } from './configuration.ts';
import { names, resourceOfKey } from './resource-keys.ts';
import type { Transformer } from './transformer.ts';
import { isEncrypted, startsWith, transformersOf } from './transformers.ts';

/**
 * Another Storage with the values of chosen resources encrypted in it. To sit below the watch cache, so that a version is
 * decrypted once. A value that cannot be decrypted spoils nothing else: its version is `unreadable`.
 */
export function createEncryptedStorage(inner: Storage, configuration: EncryptionConfiguration): Storage {
  return new EncryptedStorage(inner, configuration);
}

class EncryptedStorage implements Storage {
  readonly #inner: Storage;
  readonly #entries: readonly {
    readonly resources: readonly string[];
    readonly transformers: readonly Transformer[];
  }[];
  /** By resource; empty for those that are not configured. */
  readonly #byResource = new Map<string, readonly Transformer[]>();
  readonly #readable = new WeakMap<KeyValue, KeyValue>();

  constructor(inner: Storage, { resources }: EncryptionConfiguration) {
    this.#inner = inner;
    this.#entries = resources.map((entry) => ({
      resources: entry.resources,
      transformers: entry.providers.flatMap(transformersOf),
    }));
  }

  currentRevision(): Promise<Revision> {
    return this.#inner.currentRevision();
  }

  async get(key: string): Promise<KeyValue | undefined> {
    const kv = await this.#inner.get(key);
    return kv === undefined ? undefined : this.#read(kv);
  }

  async list(prefix: string, options?: ListOptions): Promise<ListResult> {
    const result = await this.#inner.list(prefix, options);
    return { ...result, items: result.items.map((kv) => this.#read(kv)) };
  }

  create(key: string, value: Uint8Array, options?: { readonly ttlSeconds?: number }): Promise<KeyValue> {
    return this.#write(key, value, (stored) => this.#inner.create(key, stored, options));
  }

  update(key: string, value: Uint8Array, expected: Revision): Promise<KeyValue> {
    return this.#write(key, value, (stored) => this.#inner.update(key, stored, expected));
  }

  async delete(key: string, expected: Revision): Promise<Revision> {
    try {
      return await this.#inner.delete(key, expected);
    } catch (err) {
      throw this.#refusal(err);
    }
  }

  compact(revision: Revision): Promise<void> {
    return this.#inner.compact(revision);
  }

  async *watch(prefix: string, after: Revision, options: WatchOptions): AsyncGenerator<StorageEvent> {
    for await (const event of this.#inner.watch(prefix, after, options)) {
      yield event.type === 'progress' ? event : this.#event(event);
    }
  }

  async #write(key: string, value: Uint8Array, store: (stored: Uint8Array) => Promise<KeyValue>): Promise<KeyValue> {
    const [writer] = this.#transformers(key);
    try {
      const kv = await store(writer === undefined || writer.prefix.length === 0 ? value : writer.encrypt(value, key));
      if (kv.value === value) return kv;
      // Its event may have come first.
      const known = this.#readable.get(kv) ?? { ...kv, value };
      this.#readable.set(kv, known);
      return known;
    } catch (err) {
      throw this.#refusal(err);
    }
  }

  #event(event: ChangeEvent): ChangeEvent {
    const previous = event.previous === undefined ? {} : { previous: this.#read(event.previous) };
    if (event.type === 'delete') return { ...event, ...previous };
    return { ...event, kv: this.#read(event.kv), ...previous };
  }

  /** A conflict tells the version that is there. */
  #refusal(err: unknown): unknown {
    if (!isStorageError(err) || err.current === undefined) return err;
    return new StorageError(err.code, err.key, err.detail, { cause: err, current: this.#read(err.current) });
  }

  /** The same instance for the same `kv`. */
  #read(kv: KeyValue): KeyValue {
    const known = this.#readable.get(kv);
    if (known !== undefined) return known;
    const transformers = this.#transformers(kv.key);
    if (transformers.length === 0 && !isEncrypted(kv.value)) return kv;
    const read = decrypted(kv, transformers);
    if (read !== kv) this.#readable.set(kv, read);
    return read;
  }

  #transformers(key: string): readonly Transformer[] {
    const resource = resourceOfKey(key);
    let transformers = this.#byResource.get(resource);
    if (transformers === undefined) {
      const entry = this.#entries.find(({ resources }) => resources.some((name) => names(name, resource)));
      transformers = entry?.transformers ?? [];
      this.#byResource.set(resource, transformers);
    }
    return transformers;
  }
}

function decrypted(kv: KeyValue, transformers: readonly Transformer[]): KeyValue {
  const { key, value } = kv;
  const candidates = transformers.filter(({ prefix }) => prefix.length > 0 && startsWith(value, prefix));
  const isPlain = !isEncrypted(value);
  if (isPlain && transformers.some(({ prefix }) => prefix.length === 0)) return kv;
  let failure = reasonOf(value, isPlain);
  // Two keys of one name: either may be the one.
  for (const transformer of candidates) {
    try {
      return { ...kv, value: transformer.decrypt(value.subarray(transformer.prefix.length), key) };
    } catch (err) {
      failure = err instanceof Error ? err.message : String(err);
    }
  }
  return { ...kv, value: NOTHING, unreadable: new Error(`unable to transform key "${key}": ${failure}`) };
}

const NOTHING = new Uint8Array();
const SHOWN_PREFIX = /^k8s:enc:[a-z]+:v\d+:[^:]*:/;
const SHOWN_BYTES = 200;

/** The provider and the name of the key that wrote it are no secret; they say what is missing. */
function reasonOf(value: Uint8Array, isPlain: boolean): string {
  if (isPlain) return 'no matching prefix found: it is not encrypted, and no identity provider reads it';
  const [prefix = ''] = SHOWN_PREFIX.exec(Buffer.from(value.subarray(0, SHOWN_BYTES)).toString('latin1')) ?? [];
  return `no matching prefix found: no configured key is the one that wrote it (${prefix})`;
}
