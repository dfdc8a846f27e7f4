import { apiVersionOf, deepFreeze, type KubeObject, type ObjectKey, type TypeTable } from '../../apimachinery/index.ts';
import type { DecodedKind } from '../decoding/decoder.ts';
import type { ResourceDefinition, StoredAs, Subresource, Verb } from '../resource-definition.ts';
import type { PartRequest } from './answer.ts';
import type { Version } from './codec.ts';
import type { CreateRequest } from './create.ts';
import type { Deleted, DeleteRequest } from './delete.ts';
import type { DeletionOptions } from './deletion-plan.ts';
import type { WriteRequest } from './deps.ts';
import type { GetRequest, ListRequest, WatchRequest } from './list-options.ts';
import type { ListAnswer } from './list.ts';
import { convertedWatch } from './converted-watch.ts';
import { applyConfiguration } from './apply.ts';
import { ConvertedVersion } from './converted-version.ts';
import { applyPatch, patched, type Applied } from './patch.ts';
import type { PatchRequest, PutRequest, Registry } from './registry.ts';
import { requireVerb, subresourceOf } from './rules.ts';
import type { Selection } from './selection.ts';
import type { ServedResource } from './served-resource.ts';
import type { Updated } from './update.ts';
import type { OpenWatch } from './watch.ts';

export interface ConvertedRegistryDeps {
  readonly definition: ResourceDefinition;
  readonly storedAs: StoredAs;
  /** Of what is stored. */
  readonly stored: Registry;
  readonly types: TypeTable;
}

/** A resource in another version than the stored one: everything is done there, and converted on its way in and out. */
export class ConvertedRegistry implements ServedResource {
  readonly definition: ResourceDefinition;
  readonly #storedAs: StoredAs;
  readonly #stored: Registry;
  readonly #types: TypeTable;
  /** Both forms of a version are made once, as those of stored versions are. */
  readonly #converted = new WeakMap<KubeObject, Version>();

  constructor({ definition, storedAs, stored, types }: ConvertedRegistryDeps) {
    this.definition = definition;
    this.#storedAs = storedAs;
    this.#stored = stored;
    this.#types = types;
  }

  requireVerb(verb: Verb): void {
    requireVerb(this.definition, verb);
  }

  kindOf(subresource: string | undefined): DecodedKind {
    return this.#isWhole(subresource) ? this.definition : this.#stored.kindOf(subresource);
  }

  bodyKindOf(subresource: string): DecodedKind {
    return this.#stored.bodyKindOf(subresource);
  }

  async get(key: ObjectKey, request: GetRequest & { readonly subresource?: string } = {}): Promise<Version> {
    const version = await this.#stored.get(key, request);
    return this.#isWhole(request.subresource) ? this.#show(version) : version;
  }

  async list(request: ListRequest): Promise<ListAnswer> {
    return this.#showAll(await this.#stored.list(this.#selected(request)));
  }

  async watch(request: WatchRequest): Promise<OpenWatch> {
    const watch = await this.#stored.watch(this.#selected(request));
    return convertedWatch(watch, this.definition, (version) => this.#show(version));
  }

  async create(request: CreateRequest): Promise<Version> {
    const object = await this.#store(request.object);
    return this.#show(await this.#stored.create({ ...request, ...this.#written(), object }));
  }

  createPart(request: PartRequest): Promise<Version> {
    return this.#stored.createPart(request);
  }

  async update(request: PutRequest): Promise<Updated> {
    if (!this.#isWhole(request.subresource)) return this.#stored.update(request);
    const object = await this.#store(request.object);
    return this.#updated(await this.#stored.update({ ...request, ...this.#written(), object }));
  }

  async patch(request: PatchRequest): Promise<Updated> {
    if (!this.#isWhole(request.subresource)) return this.#stored.patch(request);
    const { patch } = request;
    if (patch.type === 'apply') return this.#apply({ ...request, patch });
    const wanted = async (_old: KubeObject, version: Version) => {
      const shown = patched(await this.#show(version), patch);
      return this.#store(request.decode(applyPatch(shown, patch, this.definition.schema, this.#types)));
    };
    return this.#updated(await this.#stored.change({ ...request, ...this.#written(), wanted }));
  }

  /** Merged in this version, and stored in the other one. */
  async #apply(request: PatchRequest & { readonly patch: Applied }): Promise<Updated> {
    const written = { ...request, ...this.#written() };
    const deps = { ownership: this.#stored.ownership, kind: this.definition };
    const apply = async (live: Version | undefined) => {
      const shown = live === undefined ? undefined : await this.#show(live);
      return this.#store(await applyConfiguration(deps, written, shown));
    };
    const otherwise = async () => {
      await request.requireCreate();
      return apply(undefined);
    };
    const changed = await this.#stored.change({
      ...written,
      wanted: (_old, version) => apply(version),
      ...(request.subresource === undefined ? { otherwise } : {}),
      owners: 'applied',
    });
    return this.#updated(changed);
  }

  /** By the names that this version has for fields. */
  #selected<R extends Selection>(request: R): R {
    const { fieldSelectors } = this.definition;
    return fieldSelectors === undefined ? request : { ...request, fieldSelectors };
  }

  #written(): Pick<WriteRequest, 'writtenAs'> {
    return { writtenAs: apiVersionOf(this.definition) };
  }

  async delete(request: DeleteRequest): Promise<Deleted> {
    const { version, gone } = await this.#stored.delete(request);
    return { version: await this.#show(version), gone };
  }

  async deleteCollection(
    selection: ListRequest,
    request: WriteRequest & { readonly options: DeletionOptions },
  ): Promise<ListAnswer> {
    return this.#showAll(await this.#stored.deleteCollection(this.#selected(selection), request));
  }

  /** A scale or the body of a POST is no object of this kind, and the same in every version. */
  #isWhole(subresource: string | undefined): boolean {
    if (subresource === undefined) return true;
    const { type }: Subresource = subresourceOf(this.definition, subresource);
    return type === 'status' || type === 'update';
  }

  async #updated({ version, created }: Updated): Promise<Updated> {
    return { version: await this.#show(version), created };
  }

  async #store(object: KubeObject): Promise<KubeObject> {
    const complete = this.definition.strategy.defaults?.(object) ?? object;
    return only(await this.#storedAs.toStored([complete]));
  }

  #show(version: Version): Version | Promise<Version> {
    return this.#converted.get(version.object) ?? this.#convert(version);
  }

  /** All in one call, for a webhook may be asked. */
  async #showAll({ versions, metadata }: ListAnswer): Promise<ListAnswer> {
    const missing = versions.filter(({ object }) => !this.#converted.has(object));
    const shown = missing.length === 0 ? [] : await this.#storedAs.fromStored(missing.map(({ object }) => object));
    const fresh = new Map(missing.map((version, index) => [version, this.#keep(version, shown[index])]));
    return { metadata, versions: versions.map((version) => fresh.get(version) ?? this.#keep(version, undefined)) };
  }

  async #convert(version: Version): Promise<Version> {
    return this.#keep(version, only(await this.#storedAs.fromStored([version.object])));
  }

  #keep(version: Version, shown: KubeObject | undefined): Version {
    const { object } = version;
    const known = this.#converted.get(object);
    if (known !== undefined) return known;
    if (shown === undefined) throw new TypeError('a conversion gave fewer objects than it got');
    const { kind } = this.definition;
    const whole = deepFreeze({ ...shown, kind, apiVersion: apiVersionOf(this.definition) });
    const converted = new ConvertedVersion(whole, () => version.managedFields ?? []);
    this.#converted.set(object, converted);
    return converted;
  }
}

function only(objects: readonly KubeObject[]): KubeObject {
  const [object] = objects;
  if (object === undefined || objects.length > 1) throw new TypeError('a conversion of one object gave another number');
  return object;
}
