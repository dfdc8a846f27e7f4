import {
  apiVersionOf,
  deepFreeze,
  internalError,
  parseJson,
  type KubeObject,
  type ManagedFieldsEntry,
  type Resource,
} from '../../apimachinery/index.ts';
import type { KeyValue, Revision } from '../../storage/index.ts';
import { endOfOwners, readOwners } from './stored-owners.ts';

/** One version of one object: what the in-process client shares, and the JSON that goes over the wire. */
export interface Version {
  /** Deeply frozen; the same one as long as somebody has it. Without its managed fields: in this process nobody reads them. */
  readonly object: KubeObject;
  /** Read anew for each who asks; absent: there are none. */
  readonly managedFields?: readonly ManagedFieldsEntry[];
  /** With the managed fields. Made anew for each who asks: what is stored is all that is kept of a version. */
  readonly bytes: Buffer;
  /** The same bytes in two parts; absent where they are in one piece anyway. */
  readonly parted?: PartedBytes;
}

/** For who puts many together: what is stored is copied once, to where it is wanted, and may be begun in another way. */
export interface PartedBytes {
  /** Up to and with the `{` of the metadata. */
  readonly head: Uint8Array;
  readonly tailSize: number;
  writeTail(target: Buffer, at: number): void;
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
  /** False: writing what is shown of `kv` again would store something else. Absent: it never would. */
  isCurrent?(kv: KeyValue, shown: KubeObject): Promise<boolean>;
}

/**
 * JSON without its `resourceVersion`, which is not known before the write.
 * The stored text begins with the same `{"apiVersion":…,"kind":…,"metadata":{` for all of a kind, so that serving it
 * takes one splice at a known place. The managed fields come next, and then the name: they can be skipped unread.
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
    const { managedFields = [], name, ...others } = metadata;
    const owners = managedFields.length === 0 ? undefined : managedFields;
    const stored = { managedFields: owners, name, ...others, resourceVersion: undefined, selfLink: undefined };
    const text = JSON.stringify({ apiVersion: this.#apiVersion, kind: this.#kind, metadata: stored, ...rest });
    return keptText(text);
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
    const { managedFields: owners, ...metadata } = object.metadata;
    const version = { bytes: encoded, object: frozenCopy({ ...object, metadata }) };
    return owners === undefined ? version : { ...version, managedFields: owners };
  }
}

class StoredVersion implements Version, PartedBytes {
  readonly revision: Revision;
  readonly head: Buffer;
  readonly #value: Buffer;
  /** Weak: informers have the objects that the process works with, and nobody needs those that were only looked at. */
  #object: WeakRef<KubeObject> | undefined;

  constructor(head: Buffer, value: Uint8Array, revision: Revision) {
    if (head.compare(value, 0, head.length) !== 0) {
      throw new Error(`stored object does not begin with ${head.toString()}`);
    }
    this.head = head;
    this.#value = asBuffer(value);
    this.revision = revision;
  }

  get bytes(): Buffer {
    return this.#bytesFrom(this.head.length);
  }

  get parted(): PartedBytes {
    return this;
  }

  get tailSize(): number {
    return this.#resourceVersion().length + this.#value.length - this.head.length;
  }

  writeTail(target: Buffer, at: number): void {
    this.#write(target, at, this.head.length);
  }

  get managedFields(): readonly ManagedFieldsEntry[] {
    return readOwners(this.#value, this.head.length);
  }

  get object(): KubeObject {
    const known = this.#object?.deref();
    if (known !== undefined) return known;
    const object = parseFrozen(this.#bytesFrom(endOfOwners(this.#value, this.head.length)));
    this.#object = new WeakRef(object);
    return object;
  }

  /** `start`: where what follows the resource version begins in what is stored. */
  #bytesFrom(start: number): Buffer {
    const { head } = this;
    const size = head.length + this.#resourceVersion().length + this.#value.length - start;
    const bytes = Buffer.allocUnsafeSlow(size);
    head.copy(bytes);
    this.#write(bytes, head.length, start);
    return bytes;
  }

  #write(target: Buffer, at: number, start: number): void {
    const written = target.write(this.#resourceVersion(), at, 'latin1');
    this.#value.copy(target, at + written, start);
  }

  #resourceVersion(): string {
    return `"resourceVersion":"${this.revision}",`;
  }
}

/** Bytes that live as long as their object: outside Node's pool, of which the last such piece would keep 64 KB alive. */
function keptText(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function readable({ value, unreadable }: KeyValue): Uint8Array {
  if (unreadable !== undefined) throw internalError(unreadable);
  return value;
}

function parseFrozen(bytes: Buffer): KubeObject {
  // @NOTE these bytes were encoded by `Codec.encode` from a KubeObject.
  return deepFreeze(parseJson(bytes.toString()) as KubeObject);
}

/** As it would be read: without what JSON leaves out, and shared with nobody. */
function frozenCopy(object: KubeObject): KubeObject {
  return parseFrozen(Buffer.from(JSON.stringify(object)));
}
