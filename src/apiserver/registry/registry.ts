import { notFound, type KubeObject, type ObjectKey } from '../../apimachinery/index.ts';
import type { DecodedKind } from '../decoding/decoder.ts';
import type { Subresource, Verb } from '../resource-definition.ts';
import { answerObject, createPart, type CreateSubresource, type PartRequest } from './answer.ts';
import type { Version } from './codec.ts';
import { createObject, type CreateRequest } from './create.ts';
import { deleteObject, deleteObjects, type Deleted, type DeleteRequest } from './delete.ts';
import type { DeletionOptions } from './deletion-plan.ts';
import type { RegistryDeps, WriteRequest } from './deps.ts';
import { storageKey } from './keys.ts';
import { parseResourceVersion, type GetRequest, type ListRequest, type WatchRequest } from './list-options.ts';
import { checkReached, listObjects, type ListAnswer } from './list.ts';
import { applyConfiguration } from './apply.ts';
import { applyScale } from './apply-scale.ts';
import { applyPatch, patched, type Applied, type PatchBody } from './patch.ts';
import { isAnswered, methodNotAllowed, requireVerb, rulesOf, subresourceOf } from './rules.ts';
import { SCALE_KIND } from './scale-kind.ts';
import { scaled, scaleOf, scaleVersion, scaleView, type ScaleSubresource } from './scale.ts';
import { updateObject, type Updated } from './update.ts';
import { versionOf } from './version-of.ts';
import { openWatch, type OpenWatch } from './watch.ts';

export interface PutRequest extends WriteRequest {
  readonly key: ObjectKey;
  /** Asked before a change of what is not there creates it; throws 403. */
  requireCreate(): Promise<void>;
  readonly object: KubeObject;
}

export interface ChangeRequest extends WriteRequest {
  readonly key: ObjectKey;
  /** Asked again after a lost race. */
  wanted(old: KubeObject, version: Version): KubeObject | Promise<KubeObject>;
  /** What to create where nothing is; absent: 404. */
  readonly otherwise?: () => KubeObject | Promise<KubeObject>;
  /** The managed fields of what is wanted are those that it is to have. */
  readonly owners?: 'applied';
}

export interface PatchRequest extends WriteRequest {
  readonly key: ObjectKey;
  /** As for a PUT. */
  requireCreate(): Promise<void>;
  readonly patch: PatchBody;
  /** Makes an object of what a patch produced; throws when it is none. */
  decode(patched: unknown): KubeObject;
}

/** One resource over the store: all that Kubernetes does alike for every kind. */
export class Registry {
  readonly #deps: RegistryDeps;

  constructor(deps: RegistryDeps) {
    this.#deps = deps;
  }

  get definition(): RegistryDeps['definition'] {
    return this.#deps.definition;
  }

  get ownership(): RegistryDeps['ownership'] {
    return this.#deps.ownership;
  }

  requireVerb(verb: Verb): void {
    requireVerb(this.definition, verb);
  }

  /** What a body for the resource, or for a part of it that is read and written as a whole, must be. */
  kindOf(subresource: string | undefined): DecodedKind {
    const part = subresource === undefined ? undefined : subresourceOf(this.definition, subresource);
    return part?.type === 'scale' ? SCALE_KIND : this.definition;
  }

  /** What the body of a POST to a subresource must be. */
  bodyKindOf(subresource: string): DecodedKind {
    return this.#created(subresource).body;
  }

  async get(key: ObjectKey, request: GetRequest & { readonly subresource?: string } = {}): Promise<Version> {
    const { definition, storage, codec } = this.#deps;
    const part = this.#part(request.subresource, 'get');
    await checkReached(storage, parseResourceVersion(request.resourceVersion) ?? 0);
    const kv = await storage.get(storageKey(definition, key));
    if (kv === undefined) throw notFound(definition, key.name);
    const version = await versionOf(codec, kv);
    return part?.type === 'scale' ? scaleVersion(part, version) : version;
  }

  list(request: ListRequest): Promise<ListAnswer> {
    return listObjects(this.#deps, request);
  }

  watch(request: WatchRequest): Promise<OpenWatch> {
    return openWatch(this.#deps, request);
  }

  create(request: CreateRequest): Promise<Version> {
    return isAnswered(this.definition) ? answerObject(this.#deps, request) : createObject(this.#deps, request);
  }

  /** POST of a body to a subresource. */
  createPart(request: PartRequest): Promise<Version> {
    return createPart(this.#deps, this.#created(request.subresource), request);
  }

  async update(request: PutRequest): Promise<Updated> {
    const { definition } = this.#deps;
    const part = this.#part(request.subresource, 'update');
    const rules = rulesOf(definition, part);
    const { object } = request;
    const sent = { ...request, rules, expectedUid: object.metadata.uid };
    if (part?.type === 'scale') return this.#scaled(part, { ...sent, wanted: (old) => scaled(part, old, object) });
    const creates = part === undefined && definition.strategy.createOnUpdate === true;
    const otherwise = async () => {
      await request.requireCreate();
      return object;
    };
    return updateObject(this.#deps, { ...sent, wanted: () => object, ...(creates ? { otherwise } : {}) });
  }

  async patch(request: PatchRequest): Promise<Updated> {
    const { definition, types } = this.#deps;
    const part = this.#part(request.subresource, 'patch');
    const rules = rulesOf(definition, part);
    const { patch } = request;
    if (patch.type === 'apply') return this.#apply({ ...request, patch }, part);
    if (part?.type === 'scale') {
      const next = (old: KubeObject) => request.decode(applyPatch(scaleOf(part, old), patch, SCALE_KIND.schema, types));
      return this.#scaled(part, { ...request, rules, wanted: (old) => scaled(part, old, next(old)) });
    }
    const wanted = (_old: KubeObject, version: Version) =>
      request.decode(applyPatch(patched(version, patch), patch, definition.schema, types));
    return updateObject(this.#deps, { ...request, rules, wanted });
  }

  #apply(request: PatchRequest & { readonly patch: Applied }, part: Subresource | undefined): Promise<Updated> {
    const { definition, ownership } = this.#deps;
    if (part?.type === 'scale') return this.#applyScale(request, part);
    const apply = (live: Version | undefined) => applyConfiguration({ ownership, kind: definition }, request, live);
    const otherwise = async () => {
      await request.requireCreate();
      return apply(undefined);
    };
    return this.change({
      ...request,
      wanted: (_old, version) => apply(version),
      ...(part === undefined ? { otherwise } : {}),
      owners: 'applied',
    });
  }

  #applyScale(request: PatchRequest & { readonly patch: Applied }, part: ScaleSubresource): Promise<Updated> {
    const wanted = (_old: KubeObject, version: Version) =>
      applyScale(this.#deps.scaleOwnership, part, request, version);
    return this.#scaled(part, { ...request, rules: rulesOf(this.definition, part), wanted, owners: 'applied' });
  }

  /** What `wanted` makes of the object as a whole, or of a part of it that is read and written as a whole. */
  async change(request: ChangeRequest): Promise<Updated> {
    const rules = rulesOf(this.definition, this.#part(request.subresource, 'patch'));
    return updateObject(this.#deps, { ...request, rules });
  }

  delete(request: DeleteRequest): Promise<Deleted> {
    return deleteObject(this.#deps, request);
  }

  deleteCollection(
    selection: ListRequest,
    request: WriteRequest & { readonly options: DeletionOptions },
  ): Promise<ListAnswer> {
    return deleteObjects(this.#deps, selection, request);
  }

  async #scaled(part: ScaleSubresource, request: Parameters<typeof updateObject>[1]): Promise<Updated> {
    const updated = await updateObject(this.#deps, { ...request, view: scaleView(part) });
    return { ...updated, version: scaleVersion(part, updated.version) };
  }

  #created(name: string): CreateSubresource {
    const part = subresourceOf(this.definition, name);
    if (part.type !== 'create') throw methodNotAllowed();
    return part;
  }

  #part(name: string | undefined, verb: 'get' | 'update' | 'patch'): Subresource | undefined {
    if (name === undefined) return undefined;
    const part = subresourceOf(this.#deps.definition, name);
    if (part.type === 'create' || part.type === 'connect') throw methodNotAllowed();
    if (part.type === 'update' && part.verbs?.includes(verb) === false) throw methodNotAllowed();
    return part;
  }
}
