import {
  apiVersionOf,
  deepEqual,
  deepFreeze,
  parseJson,
  type KubeObject,
  type ManagedFieldsEntry,
} from '../../apimachinery/index.ts';
import type { KeyValue, Revision } from '../../storage/index.ts';
import type { ResourceDefinition, StoredVersions } from '../resource-definition.ts';
import { Codec, type ObjectCodec, type Version } from './codec.ts';
import { ConvertedVersion } from './converted-version.ts';
import { withOwners, withoutOwners } from './with-owners.ts';

/**
 * Serves objects in one version that are stored in any. What is read is completed too, for a schema may have got
 * defaults, or lost fields, since it was written. Each version of an object is converted once.
 */
export class ConvertingCodec implements ObjectCodec {
  readonly #stored: StoredVersions;
  readonly #own: Codec;
  readonly #written: Codec;
  /** How what was written in the own version begins. */
  readonly #ownHead: Buffer;
  readonly #versions = new WeakMap<KeyValue, Version>();
  readonly #deleted = new WeakMap<KeyValue, Version>();

  constructor(definition: ResourceDefinition, stored: StoredVersions) {
    this.#stored = stored;
    this.#own = new Codec(definition);
    this.#written = new Codec({ ...definition, version: stored.version });
    this.#ownHead = headOf(definition);
  }

  encode(object: KubeObject): Buffer | Promise<Buffer> {
    const { managedFields = [] } = object.metadata;
    const encode = (objects: readonly KubeObject[]) =>
      this.#written.encode(withOwners(withoutOwners(only(objects)), managedFields));
    const converted = this.#stored.toStored([withoutOwners(object)]);
    return converted instanceof Promise ? converted.then(encode) : encode(converted);
  }

  version(kv: KeyValue): Version {
    const known = this.#versions.get(kv);
    if (known !== undefined) return known;
    const read = parse(kv);
    const converted = this.#stored.fromStored([read]);
    if (converted instanceof Promise) throw new TypeError('a version was asked for before it was prepared');
    return this.#keep(kv, read, only(converted));
  }

  gone(previous: KeyValue, revision: Revision): Version {
    const resourceVersion = String(revision);
    const known = this.#deleted.get(previous);
    if (known?.object.metadata.resourceVersion === resourceVersion) return known;
    const { object } = this.version(previous);
    const metadata = deepFreeze({ ...object.metadata, resourceVersion });
    const version = new ConvertedVersion(Object.freeze({ ...object, metadata }), () => ownersOf(previous));
    this.#deleted.set(previous, version);
    return version;
  }

  unstored(object: KubeObject, revision?: Revision): Version {
    return this.#own.unstored(object, revision);
  }

  /** All at once, for a webhook may be asked. */
  prepare(kvs: readonly KeyValue[]): Promise<void> | undefined {
    if (!this.#stored.waits) return undefined;
    const missing = kvs.filter((kv) => !this.#versions.has(kv));
    if (missing.length === 0) return undefined;
    const read = missing.map(parse);
    const keepAll = (objects: readonly KubeObject[]) => {
      for (const [index, kv] of missing.entries()) this.#keep(kv, read[index], objects[index]);
    };
    const converted = this.#stored.fromStored(read);
    if (converted instanceof Promise) return converted.then(keepAll);
    keepAll(converted);
    return undefined;
  }

  async isCurrent(kv: KeyValue, object: KubeObject): Promise<boolean> {
    const encoded = await this.encode(object);
    return encoded.equals(kv.value) || deepEqual(parseJson(encoded.toString()), parseAll(kv));
  }

  #keep(kv: KeyValue, read: KubeObject | undefined, object: KubeObject | undefined): Version {
    if (object === undefined) throw new TypeError('a conversion gave fewer objects than it got');
    const isUnchanged = object === read && this.#ownHead.compare(kv.value, 0, this.#ownHead.length) === 0;
    const version = isUnchanged ? this.#own.version(kv) : new ConvertedVersion(deepFreeze(object), () => ownersOf(kv));
    this.#versions.set(kv, version);
    return version;
  }
}

function headOf(resource: Pick<ResourceDefinition, 'group' | 'version' | 'kind'>): Buffer {
  const start = JSON.stringify({ apiVersion: apiVersionOf(resource), kind: resource.kind, metadata: {} });
  return Buffer.from(start.slice(0, -2));
}

function parse(kv: KeyValue): KubeObject {
  const { apiVersion, kind, metadata, ...rest } = parseAll(kv);
  const { managedFields: _owners, ...others } = metadata;
  return { apiVersion, kind, metadata: { resourceVersion: String(kv.modRevision), ...others }, ...rest };
}

function ownersOf(kv: KeyValue): readonly ManagedFieldsEntry[] {
  return parseAll(kv).metadata.managedFields ?? [];
}

function parseAll({ value }: KeyValue): KubeObject {
  // @NOTE what is stored was encoded by a `Codec` from a KubeObject.
  return parseJson(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString()) as KubeObject;
}

function only(objects: readonly KubeObject[]): KubeObject {
  const [object] = objects;
  if (object === undefined || objects.length > 1) throw new TypeError('a conversion of one object gave another number');
  return object;
}
