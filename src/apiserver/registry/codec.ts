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
  /** The same bytes one after the other, the first of them up to and with the `{` of the metadata; absent where they are in one piece anyway. */
  readonly pieces?: readonly Uint8Array[];
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

class StoredVersion implements Version {
  readonly revision: Revision;
  readonly #head: Buffer;
  readonly #value: Uint8Array;
  /** Weak: informers have the objects that the process works with, and nobody needs those that were only looked at. */
  #object: WeakRef<KubeObject> | undefined;

  constructor(head: Buffer, value: Uint8Array, revision: Revision) {
    this.#head = head;
    this.#value = value;
    this.revision = revision;
  }

  get bytes(): Buffer {
    return kept(this.pieces);
  }

  get pieces(): readonly Uint8Array[] {
    return this.#piecesFrom(this.#start());
  }

  get managedFields(): readonly ManagedFieldsEntry[] {
    return readOwners(this.#value, this.#start());
  }

  get object(): KubeObject {
    const known = this.#object?.deref();
    if (known !== undefined) return known;
    const object = parseFrozen(kept(this.#piecesFrom(endOfOwners(this.#value, this.#start()))));
    this.#object = new WeakRef(object);
    return object;
  }

  /** Where the metadata begins. */
  #start(): number {
    const [head, value] = [this.#head, this.#value];
    if (head.compare(value, 0, head.length) !== 0) {
      throw new Error(`stored object does not begin with ${head.toString()}`);
    }
    return head.length;
  }

  #piecesFrom(start: number): readonly Uint8Array[] {
    const resourceVersion = Buffer.from(`"resourceVersion":"${this.revision}",`, 'latin1');
    return [this.#head, resourceVersion, this.#value.subarray(start)];
  }
}

/** Bytes that live as long as their object: outside Node's pool, of which the last such piece would keep 64 KB alive. */
function keptText(text: string): Buffer {
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(text));
  bytes.write(text);
  return bytes;
}

function readable({ value, unreadable }: KeyValue): Uint8Array {
  if (unreadable !== undefined) throw internalError(unreadable);
  return value;
}

function kept(pieces: readonly Uint8Array[]): Buffer {
  const bytes = Buffer.allocUnsafeSlow(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

function parseFrozen(bytes: Buffer): KubeObject {
  // @NOTE these bytes were encoded by `Codec.encode` from a KubeObject.
  return deepFreeze(parseJson(bytes.toString()) as KubeObject);
}

/** As it would be read: without what JSON leaves out, and shared with nobody. */
function frozenCopy(object: KubeObject): KubeObject {
  return parseFrozen(Buffer.from(JSON.stringify(object)));
}
