import { apiVersionOf, deepFreeze, internalError, type KubeObject, type Resource } from '../../apimachinery/index.ts';
import type { KeyValue, Revision } from '../../storage/index.ts';

/** One version of one object: what the in-process client shares, and the JSON that goes over the wire. */
export interface Version {
  /** Deeply frozen. */
  readonly object: KubeObject;
  readonly bytes: Buffer;
}

/** Between objects and what is stored of them. */
export interface ObjectCodec {
  encode(object: KubeObject): Buffer | Promise<Buffer>;
  /** The same instance for the same `kv`. Throws an `InternalError` for one that cannot be read. */
  version(kv: KeyValue): Version;
  /** The last state of a deleted object, or of one that left a selection, at the revision when that happened. */
  gone(previous: KeyValue, revision: Revision): Version;
  /** An object as it would be served at a revision, though it is not stored: the answer to a dry run. */
  unstored(object: KubeObject, revision?: Revision): Version;
  /** To be awaited, if it gives anything, before any of these is asked for. Absent: there is nothing to wait for. */
  prepare?(kvs: readonly KeyValue[]): Promise<void> | undefined;
  /** False: writing the same object again would store it in another form. Absent: it never would. */
  isCurrent?(kv: KeyValue): boolean;
}

/**
 * JSON without its `resourceVersion`, which is not known before the write.
 * The stored text begins with the same `{"apiVersion":…,"kind":…,"metadata":{` for all of a kind, so that serving it
 * takes one splice at a known place. Both forms of a version are made once, when first asked for.
 */
export class Codec implements ObjectCodec {
  readonly #apiVersion: string;
  readonly #kind: string;
  readonly #head: Buffer;
  readonly #versions = new WeakMap<KeyValue, StoredVersion>();
  readonly #deleted = new WeakMap<KeyValue, StoredVersion>();

  constructor(resource: Resource) {
    this.#apiVersion = apiVersionOf(resource);
    this.#kind = resource.kind;
    const start = JSON.stringify({ apiVersion: this.#apiVersion, kind: this.#kind, metadata: {} });
    this.#head = Buffer.from(start.slice(0, -2));
  }

  encode(object: KubeObject): Buffer {
    const { apiVersion: _apiVersion, kind: _kind, metadata, ...rest } = object;
    const stored = { ...metadata, resourceVersion: undefined, managedFields: undefined, selfLink: undefined };
    return kept(JSON.stringify({ apiVersion: this.#apiVersion, kind: this.#kind, metadata: stored, ...rest }));
  }

  version(kv: KeyValue): Version {
    let version = this.#versions.get(kv);
    if (version === undefined) {
      version = new StoredVersion(this.#head, readable(kv), kv.modRevision);
      this.#versions.set(kv, version);
    }
    return version;
  }

  gone(previous: KeyValue, revision: Revision): Version {
    const known = this.#deleted.get(previous);
    if (known?.revision === revision) return known;
    const version = new StoredVersion(this.#head, readable(previous), revision);
    this.#deleted.set(previous, version);
    return version;
  }

  unstored(object: KubeObject, revision?: Revision): Version {
    const encoded = this.encode(object);
    if (revision !== undefined) return new StoredVersion(this.#head, encoded, revision);
    return { bytes: encoded, object: parseFrozen(encoded) };
  }
}

class StoredVersion implements Version {
  readonly revision: Revision;
  readonly #head: Buffer;
  readonly #value: Uint8Array;
  #bytes: Buffer | undefined;
  #object: KubeObject | undefined;

  constructor(head: Buffer, value: Uint8Array, revision: Revision) {
    this.#head = head;
    this.#value = value;
    this.revision = revision;
  }

  get bytes(): Buffer {
    this.#bytes ??= spliceRevision(this.#head, this.#value, this.revision);
    return this.#bytes;
  }

  get object(): KubeObject {
    this.#object ??= parseFrozen(this.bytes);
    return this.#object;
  }
}

/** Bytes that live as long as their object: outside Node's pool, of which the last such piece would keep 64 KB alive. */
function kept(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

function readable({ value, unreadable }: KeyValue): Uint8Array {
  if (unreadable !== undefined) throw internalError(unreadable);
  return value;
}

function spliceRevision(head: Buffer, value: Uint8Array, revision: Revision): Buffer {
  if (head.compare(value, 0, head.length) !== 0) {
    throw new Error(`stored object does not begin with ${head.toString()}`);
  }
  const field = `"resourceVersion":"${revision}",`;
  const bytes = Buffer.allocUnsafeSlow(value.length + field.length);
  bytes.set(head, 0);
  bytes.write(field, head.length, 'latin1');
  bytes.set(value.subarray(head.length), head.length + field.length);
  return bytes;
}

function parseFrozen(bytes: Buffer): KubeObject {
  // @NOTE these bytes were encoded by `Codec.encode` from a KubeObject.
  return deepFreeze(JSON.parse(bytes.toString()) as KubeObject);
}
