import {
  conflict,
  deepEqual,
  invalid,
  invalidValue,
  notFound,
  type FieldError,
  type KubeObject,
  type ManagedFieldsEntry,
  type ObjectKey,
  type StatusError,
} from '../../apimachinery/index.ts';
import { isStorageError, type KeyValue } from '../../storage/index.ts';
import { areSameOwners } from '../managed-fields/field-ownership.ts';
import type { BodyKind } from '../admission.ts';
import type { ResourceDefinition, WriteContext } from '../resource-definition.ts';
import { admissionRequest } from './admission-request.ts';
import type { Version } from './codec.ts';
import { createObject } from './create.ts';
import type { RegistryDeps, WriteRequest } from './deps.ts';
import { isFreeToGo } from './deletion-plan.ts';
import { serverFieldsOf, withGeneration, withServerFields } from './object-meta.ts';
import { storageKey } from './keys.ts';
import { fromStorageError, STALE } from './storage-errors.ts';
import { checkChange, checkPlace } from './validation.ts';
import { versionOf } from './version-of.ts';
import { withOwners } from './with-owners.ts';

/** What a change of the whole object, of its status or of another part of it may do. */
export interface UpdateRules {
  prepare(object: KubeObject, old: KubeObject, context: WriteContext): KubeObject;
  validate?(object: KubeObject, old: KubeObject): readonly FieldError[];
}

/** What plugins are shown of an object. */
export interface AdmittedView {
  readonly body?: BodyKind;
  show(object: KubeObject): KubeObject;
  /** The object with what plugins made of what they were shown. */
  restore(object: KubeObject, shown: KubeObject): KubeObject;
}

const WHOLE: AdmittedView = { show: (object) => object, restore: (_object, shown) => shown };

export interface UpdateRequest extends WriteRequest {
  readonly key: ObjectKey;
  readonly rules: UpdateRules;
  /** The object wanted instead of the one of `version`; asked again after a lost race. */
  wanted(old: KubeObject, version: Version): KubeObject | Promise<KubeObject>;
  /** Whoever sends a whole object means the one with this identity: a conflict where there is another one now. */
  readonly expectedUid?: string | undefined;
  /** What to create where nothing is; absent: 404. */
  readonly otherwise?: () => KubeObject | Promise<KubeObject>;
  /** Of who owns what: it follows from the change when absent, or stays, or is what the wanted object says. */
  readonly owners?: 'kept' | 'applied';
  /** The whole when absent. */
  readonly view?: AdmittedView;
}

export interface Updated {
  readonly version: Version;
  readonly created: boolean;
}

/** Changes a stored object; tries again for as long as others are quicker, unless the client named the version it knows. */
export async function updateObject(deps: RegistryDeps, request: UpdateRequest): Promise<Updated> {
  const { storage, codec } = deps;
  const key = storageKey(deps.definition, request.key);
  let kv = await storage.get(key);
  for (;;) {
    request.signal.throwIfAborted();
    if (kv === undefined) return { version: await createMissing(deps, request), created: true };
    const version = await versionOf(codec, kv);
    const old = version.object;
    const wanted = await request.wanted(old, version);
    checkIdentity(deps, request, { wanted, old });
    try {
      return { version: await replace(deps, request, { kv, version, old, wanted }), created: false };
    } catch (err) {
      if (!isStorageError(err)) throw err;
      if (err.code !== 'Conflict' && err.code !== 'NotFound')
        throw fromStorageError(err, deps.definition, request.key.name);
      kv = await storage.get(key);
    }
  }
}

async function createMissing(deps: RegistryDeps, request: UpdateRequest): Promise<Version> {
  const { key } = request;
  if (request.otherwise === undefined) throw notFound(deps.definition, key.name);
  const otherwise = await request.otherwise();
  checkPlace(otherwise, key);
  const { uid = '', resourceVersion = '' } = otherwise.metadata;
  // Whoever names a version or an identity means an object that was there, and does not want another one.
  if (uid !== '' || resourceVersion !== '') throw conflict(deps.definition, key.name, whyGone(request, uid));
  return createObject(deps, {
    ...request,
    namespace: key.namespace,
    object: otherwise,
    isApplied: request.owners === 'applied',
  });
}

function whyGone({ owners }: UpdateRequest, uid: string): string {
  if (owners !== 'applied' || uid === '') return 'the object has been deleted';
  return `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
}

interface Change {
  readonly wanted: KubeObject;
  readonly old: KubeObject;
}

function checkIdentity({ definition }: RegistryDeps, request: UpdateRequest, { wanted, old }: Change): void {
  const { key } = request;
  const { metadata } = wanted;
  checkPlace(wanted, key);
  const known = metadata.resourceVersion ?? '';
  if (known === '' && definition.strategy.requireResourceVersion === true) {
    const why = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ group: definition.group, kind: definition.plural }, key.name, [why]);
  }
  if (known !== '' && known !== '0' && known !== old.metadata.resourceVersion) {
    throw conflict(definition, key.name, STALE);
  }
  const uid = metadata.uid ?? '';
  if (uid !== '' && uid !== old.metadata.uid) throw otherIdentity(definition, request, { wanted, old });
}

function otherIdentity(definition: ResourceDefinition, request: UpdateRequest, { wanted, old }: Change): StatusError {
  const { key, expectedUid, view } = request;
  const { uid = '' } = wanted.metadata;
  // A scale is a view of the object that it names, however it is sent.
  if (expectedUid !== uid && view === undefined)
    return invalid(definition, key.name, [invalidValue('metadata.uid', uid, IMMUTABLE)]);
  const detail = `UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid ?? ''}`;
  const where = `Key: ${storageKey(definition, key)}`;
  const why = `StorageError: invalid object, Code: 4, ${where}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${detail}`;
  return conflict(definition, key.name, why);
}

const IMMUTABLE = 'field is immutable';

interface Replaced extends Change {
  readonly kv: KeyValue;
  readonly version: Version;
}

async function replace(deps: RegistryDeps, request: UpdateRequest, change: Replaced): Promise<Version> {
  const { definition, clock } = deps;
  const { view = WHOLE } = request;
  const { kv, old, wanted, version } = change;
  const fields = serverFieldsOf(old);
  const complete = (object: KubeObject) => {
    const owned = withServerFields(named(object, request.key), fields);
    return definition.strategy.defaults?.(owned) ?? owned;
  };

  const defaulted = complete(wanted);
  const owners = await ownersOf(deps, request, { ...change, next: defaulted });
  const shown = view.show(defaulted);
  const body = view.body === undefined ? {} : { body: view.body };
  const about = { operation: 'UPDATE' as const, key: request.key, object: shown, oldObject: view.show(old), ...body };
  const admitted = deps.admission.begin(admissionRequest(deps, request, about), request.signal);
  try {
    const prepare = (object: KubeObject) =>
      request.rules.prepare(object, old, { user: request.user, now: clock.now() });
    const check = (object: KubeObject) => {
      checkChange(definition, { object, old }, (next, before) => request.rules.validate?.(next, before) ?? [], request);
    };
    const mutated = await admitted.mutate(shown, (stumbled) => {
      check(prepare(view.restore(defaulted, stumbled)));
    });
    const settled = mutated === shown ? defaulted : complete(view.restore(defaulted, mutated));
    const object = withGeneration(prepare(settled), old);
    check(object);
    await admitted.validate(view.show(object));
    return await store(deps, { kv, version, object, owners, dryRun: request.dryRun });
  } catch (err) {
    admitted.rollBack();
    throw err;
  }
}

function named(object: KubeObject, { name, namespace }: ObjectKey): KubeObject {
  const { namespace: _given, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, name, ...(namespace === undefined ? {} : { namespace }) } };
}

function ownersOf(
  { ownership }: RegistryDeps,
  request: UpdateRequest,
  { old, wanted, next, version }: Replaced & { readonly next: KubeObject },
): readonly ManagedFieldsEntry[] | Promise<readonly ManagedFieldsEntry[]> {
  const { managedFields: sent } = wanted.metadata;
  const { managedFields: entries = [] } = version;
  if (request.owners === 'kept') return entries;
  if (request.owners === 'applied') return sent ?? [];
  return ownership.afterUpdate({ live: old, next, sent, entries }, request);
}

interface Replacement {
  readonly kv: KeyValue;
  readonly version: Version;
  readonly object: KubeObject;
  readonly owners: readonly ManagedFieldsEntry[];
  readonly dryRun: boolean;
}

/** A write that changes nothing makes no new version; one that removes the last finalizer of a deleted object removes it. */
async function store(deps: RegistryDeps, replacement: Replacement): Promise<Version> {
  const { definition, codec, storage } = deps;
  const { kv, version, object, owners, dryRun } = replacement;
  const owned = withOwners(object, owners);
  if (isFreeToGo(definition, object)) {
    const revision = dryRun ? kv.modRevision : await storage.delete(kv.key, kv.modRevision);
    return codec.unstored(owned, revision);
  }
  if (isSame(replacement) && (await codec.isCurrent?.(kv, owned)) !== false) return version;
  if (dryRun) return codec.unstored(owned, kv.modRevision);
  return versionOf(codec, await storage.update(kv.key, await codec.encode(owned), kv.modRevision));
}

function isSame({ version, object, owners }: Replacement): boolean {
  return deepEqual(object, version.object) && areSameOwners(owners, version.managedFields ?? []);
}
