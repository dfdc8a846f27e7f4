import {
  conflict,
  isNotFound,
  notFound,
  type KubeObject,
  type ObjectKey,
  type Resource,
  type SuccessStatus,
} from '../../apimachinery/index.ts';
import { mapConcurrent } from '../../component-base/index.ts';
import { isStorageError, type KeyValue } from '../../storage/index.ts';
import { admissionRequest } from './admission-request.ts';
import type { Version } from './codec.ts';
import { planDeletion, type DeletionOptions } from './deletion-plan.ts';
import type { RegistryDeps, WriteRequest } from './deps.ts';
import { storageKey } from './keys.ts';
import { listObjects, type ListAnswer } from './list.ts';
import type { ListRequest } from './list-options.ts';
import { fromStorageError } from './storage-errors.ts';
import { versionOf } from './version-of.ts';
import { withOwners } from './with-owners.ts';

export interface DeleteRequest extends WriteRequest {
  readonly key: ObjectKey;
  readonly options: DeletionOptions;
}

export interface Deleted {
  /** As it is now, or as it was last. */
  readonly version: Version;
  readonly gone: boolean;
}

const COLLECTION_WORKERS = 16;

export async function deleteObject(deps: RegistryDeps, request: DeleteRequest): Promise<Deleted> {
  const { definition, storage } = deps;
  const { name } = request.key;
  const key = storageKey(definition, request.key);
  for (;;) {
    request.signal.throwIfAborted();
    const kv = await storage.get(key);
    if (kv === undefined) throw notFound(definition, name);
    const version = await versionOf(deps.codec, kv);
    checkPreconditions(deps, version, request);
    try {
      return await attempt(deps, { kv, version }, request);
    } catch (err) {
      if (!isStorageError(err)) throw err;
      if (err.code !== 'Conflict') throw fromStorageError(err, definition, name);
    }
  }
}

/** Deletes what is selected; that somebody else was quicker with some of it is no failure. */
export async function deleteObjects(
  deps: RegistryDeps,
  selection: ListRequest,
  request: WriteRequest & { readonly options: DeletionOptions },
): Promise<ListAnswer> {
  const found = await listObjects(deps, selection);
  const remove = async ({ object: { metadata } }: Version) => {
    const { name = '', namespace } = metadata;
    await deleteObject(deps, { ...request, key: { name, ...(namespace === undefined ? {} : { namespace }) } });
  };
  const results = await mapConcurrent(found.versions, COLLECTION_WORKERS, remove, request.signal);
  for (const result of results) if (result.status === 'rejected' && !isNotFound(result.reason)) throw result.reason;
  return found;
}

/** What a client is told of an object that is gone. */
export function deletedStatus(resource: Pick<Resource, 'group' | 'plural'>, { object }: Version): SuccessStatus {
  const { name, uid } = object.metadata;
  return {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Success',
    details: {
      ...(name === undefined ? {} : { name }),
      ...(resource.group === '' ? {} : { group: resource.group }),
      kind: resource.plural,
      ...(uid === undefined ? {} : { uid }),
    },
  };
}

interface Found {
  readonly kv: KeyValue;
  readonly version: Version;
}

async function attempt(deps: RegistryDeps, { kv, version }: Found, request: DeleteRequest): Promise<Deleted> {
  const { definition, storage, clock } = deps;
  const about = { operation: 'DELETE' as const, key: request.key, oldObject: version.object };
  const admitted = deps.admission.begin(admissionRequest(deps, request, about), request.signal);
  try {
    await admitted.validate();
    const plan = planDeletion(definition, version.object, request.options, { user: request.user, now: clock.now() });
    switch (plan.step) {
      case 'nothing':
        return { version, gone: false };
      case 'remove':
        if (!request.dryRun) await storage.delete(kv.key, kv.modRevision);
        return { version, gone: true };
      case 'keep': {
        const kept = withOwners(plan.object, version.managedFields ?? []);
        return { version: await keep(deps, kv, kept, request), gone: false };
      }
    }
  } catch (err) {
    admitted.rollBack();
    throw err;
  }
}

async function keep(
  { codec, storage }: RegistryDeps,
  kv: KeyValue,
  object: KubeObject,
  { dryRun }: DeleteRequest,
): Promise<Version> {
  if (dryRun) return codec.unstored(object, kv.modRevision);
  return versionOf(codec, await storage.update(kv.key, await codec.encode(object), kv.modRevision));
}

function checkPreconditions({ definition }: RegistryDeps, { object }: Version, request: DeleteRequest): void {
  const { uid, resourceVersion } = request.options.preconditions ?? {};
  const { metadata } = object;
  if (uid !== undefined && uid !== metadata.uid) {
    const why =
      `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). ` +
      'The object might have been deleted and then recreated';
    throw conflict(definition, request.key.name, why);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const record = metadata.resourceVersion ?? '';
    const why =
      `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${record}). ` +
      'The object might have been modified';
    throw conflict(definition, request.key.name, why);
  }
}
