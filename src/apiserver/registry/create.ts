import {
  alreadyExists,
  badRequest,
  generateName,
  isAlreadyExists,
  statusError,
  withMetadata,
  type KubeObject,
  type ManagedFieldsEntry,
} from '../../apimachinery/index.ts';
import { isStorageError } from '../../storage/index.ts';
import type { Admission } from '../admission/chain.ts';
import { admissionRequest } from './admission-request.ts';
import type { Version } from './codec.ts';
import { versionOf } from './version-of.ts';
import type { RegistryDeps, WriteRequest } from './deps.ts';
import { storageKey } from './keys.ts';
import { newServerFields, withServerFields } from './object-meta.ts';
import { fromStorageError } from './storage-errors.ts';
import { checkNew } from './validation.ts';
import { withOwners } from './with-owners.ts';

export interface CreateRequest extends WriteRequest {
  /** Of the URL; absent for cluster-scoped kinds. */
  readonly namespace: string | undefined;
  readonly object: KubeObject;
  /** The managed fields of the object are those that it is to have: it was applied. */
  readonly isApplied?: boolean;
}

/** A generated name that is taken is no fault of the client: so many are tried. */
const NAME_ATTEMPTS = 8;

export async function createObject(deps: RegistryDeps, request: CreateRequest): Promise<Version> {
  const { definition, clock } = deps;
  const { strategy } = definition;
  const context = { user: request.user, now: clock.now() };
  const incoming = inNamespace(request.object, request.namespace);
  if ((incoming.metadata.resourceVersion ?? '') !== '') {
    throw badRequest('resourceVersion should not be set on objects to be created');
  }
  const fields = newServerFields(incoming, context.now);
  const complete = (object: KubeObject) => {
    const owned = withServerFields(object, fields);
    return strategy.defaults?.(owned) ?? owned;
  };

  const defaulted = complete(incoming);
  const owners = await ownersOf(deps, request, defaulted);
  const about = { operation: 'CREATE' as const, key: { name: defaulted.metadata.name ?? '' }, object: defaulted };
  const admitted = deps.admission.begin(admissionRequest(deps, request, about), request.signal);
  try {
    const prepare = (object: KubeObject) => strategy.prepareForCreate?.(object, context) ?? object;
    const mutated = await admitted.mutate(defaulted, (object) => {
      checkNew(definition, prepare(object), request);
    });
    const settled = mutated === defaulted ? defaulted : complete(mutated);
    if (!wantsGeneratedName(settled))
      return await storeNew(deps, request, { object: prepare(settled), owners, admitted });
    // Rules may use the name, so it is there before they are asked.
    const next = () => prepare(complete(withGeneratedName(deps, settled)));
    return await storeGenerated(deps, request, { next, owners, admitted });
  } catch (err) {
    admitted.rollBack();
    throw err;
  }
}

/** The namespace of a body may be left out, and may not be another than that of the URL. Without a namespace any is ignored. */
export function inNamespace(object: KubeObject, namespace: string | undefined): KubeObject {
  const { namespace: given = '', ...metadata } = object.metadata;
  if (given === (namespace ?? '')) return object;
  if (given !== '' && namespace !== undefined) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  return { ...object, metadata: { ...metadata, ...(namespace === undefined ? {} : { namespace }) } };
}

function ownersOf(
  { ownership }: RegistryDeps,
  request: CreateRequest,
  object: KubeObject,
): readonly ManagedFieldsEntry[] | Promise<readonly ManagedFieldsEntry[]> {
  const sent = request.object.metadata.managedFields;
  return request.isApplied === true ? (sent ?? []) : ownership.afterCreate(object, sent, request);
}

interface Checked {
  readonly owners: readonly ManagedFieldsEntry[];
  readonly admitted: Admission;
}

async function storeNew(
  deps: RegistryDeps,
  request: CreateRequest,
  { object, owners, admitted }: Checked & { readonly object: KubeObject },
): Promise<Version> {
  checkNew(deps.definition, object, request);
  await admitted.validate(object);
  return storeUnlessDry(deps, request, withOwners(object, owners));
}

/** Policy is asked once: plugins may have reserved something, and the names differ only in what nobody chose. */
async function storeGenerated(
  deps: RegistryDeps,
  request: CreateRequest,
  { next, owners, admitted }: Checked & { readonly next: () => KubeObject },
): Promise<Version> {
  let object = next();
  checkNew(deps.definition, object, request);
  await admitted.validate(object);
  for (let attempt = 1; ; attempt++) {
    try {
      return await storeUnlessDry(deps, request, withOwners(object, owners));
    } catch (err) {
      if (!isAlreadyExists(err)) throw err;
      if (attempt === NAME_ATTEMPTS) throw noFreeName(err.message);
      object = next();
    }
  }
}

function storeUnlessDry(deps: RegistryDeps, { dryRun }: CreateRequest, object: KubeObject): Promise<Version> {
  return dryRun ? pretend(deps, object) : store(deps, object);
}

async function store({ definition, codec, storage }: RegistryDeps, object: KubeObject): Promise<Version> {
  const name = object.metadata.name ?? '';
  const key = storageKey(definition, { ...object.metadata, name });
  const { ttlSeconds } = definition;
  try {
    const encoded = codec.encode(object);
    const value = encoded instanceof Promise ? await encoded : encoded;
    return await versionOf(
      codec,
      await storage.create(key, value, ttlSeconds === undefined ? undefined : { ttlSeconds }),
    );
  } catch (err) {
    throw isStorageError(err) ? fromStorageError(err, definition, name) : err;
  }
}

async function pretend({ definition, codec, storage }: RegistryDeps, object: KubeObject): Promise<Version> {
  const name = object.metadata.name ?? '';
  const there = await storage.get(storageKey(definition, { ...object.metadata, name }));
  if (there !== undefined) throw alreadyExists(definition, name);
  return codec.unstored(object);
}

function wantsGeneratedName({ metadata: { name = '', generateName: base = '' } }: KubeObject): boolean {
  return name === '' && base !== '';
}

function withGeneratedName({ clock }: RegistryDeps, object: KubeObject): KubeObject {
  return withMetadata(object, { name: generateName(object.metadata.generateName ?? '', () => clock.random()) });
}

function noFreeName(message: string) {
  const text = `${message}, the server was not able to generate a unique name for the object`;
  return statusError(409, 'AlreadyExists', text, { details: { retryAfterSeconds: 1 } });
}
