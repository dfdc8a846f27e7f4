import {
  apiVersionOf,
  badRequest,
  checkStructure,
  isObject,
  statusError,
  StructureError,
  type KubeObject,
  type ManagedFieldsEntry,
  type ObjectKey,
} from '../../apimachinery/index.ts';
import { asObject, type ExpectedKind } from '../decoding/object.ts';
import type { FieldOwnership, OwnedWrite } from '../managed-fields/field-ownership.ts';
import type { Applied } from './patch.ts';
import { withOwners } from './with-owners.ts';

export interface ApplyRequest extends OwnedWrite {
  readonly key: ObjectKey;
  readonly patch: Applied;
  readonly decode: (patched: unknown) => KubeObject;
}

export interface ApplyDeps {
  readonly ownership: FieldOwnership;
  /** In which the configuration is. */
  readonly kind: ExpectedKind;
}

interface Live {
  readonly object: KubeObject;
  readonly managedFields?: readonly ManagedFieldsEntry[];
}

/** What a configuration makes of an object, or of nothing, and who owns what then. */
export async function applyConfiguration(
  { ownership, kind }: ApplyDeps,
  request: ApplyRequest,
  live: Live | undefined,
): Promise<KubeObject> {
  const { patch, key, decode } = request;
  const config = configurationOf(patch.patch, kind, key);
  const type = ownership.typeOf(config.apiVersion);
  if (type === undefined) throw new TypeError(`nothing is served as ${config.apiVersion}`);
  try {
    checkStructure({ ...config }, type);
    const { force } = patch;
    const entries = live?.managedFields ?? [];
    const applied = await ownership.apply({ live: live?.object, config, entries, force }, request);
    return withOwners(decode(applied.object), applied.entries);
  } catch (err) {
    if (err instanceof StructureError) throw noTypedObject(err, kind, key);
    throw err;
  }
}

function configurationOf(patch: unknown, kind: ExpectedKind, { name, namespace }: ObjectKey): KubeObject {
  if (!isObject(patch)) throw badRequest('error decoding YAML: the configuration is no object');
  const expected = apiVersionOf(kind);
  const given = patch['apiVersion'];
  if (given !== expected) {
    const stated = typeof given === 'string' ? given : '';
    const versions = `Specified patch version: ${stated}, expected: ${expected}`;
    throw badRequest(`Incorrect version specified in apply patch. ${versions}`);
  }
  const config = asObject(patch, kind);
  const managedFields: unknown = config.metadata.managedFields ?? undefined;
  if (managedFields !== undefined) throw badRequest('metadata.managedFields must be nil');
  return { ...config, metadata: { name, ...(namespace === undefined ? {} : { namespace }), ...config.metadata } };
}

function noTypedObject(err: StructureError, kind: ExpectedKind, { name, namespace = '' }: ObjectKey) {
  const what = `${namespace}/${name}; ${kind.group}/${kind.version}, Kind=${kind.kind}`.replace('; /', '; /');
  return statusError(500, 'Unknown', `failed to create typed patch object (${what}): ${err.message}`, { cause: err });
}
