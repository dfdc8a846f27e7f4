import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  isObject,
  type KubeObject,
  type TypeTable,
} from '../../apimachinery/index.ts';
import { unsupportedMediaType } from '../decoding/body-reader.ts';
import type { Version } from './codec.ts';
import { wholeObject } from './with-owners.ts';

/** A patch as it came, its type known and its content not yet looked at. */
export type PatchBody = Amendment | Applied;

/** What is to become of an object. */
export interface Amendment {
  readonly type: 'json' | 'merge' | 'strategic';
  readonly patch: unknown;
}

/** What the client wants to own of an object, and how. */
export interface Applied {
  readonly type: 'apply';
  readonly patch: unknown;
  /** Takes what others own. */
  readonly force: boolean;
}

const ACCEPTED = ['application/json-patch+json', 'application/merge-patch+json'];

/** The object as a patch is to find it: of who owns what only patches speak that are made for it. */
export function patched(version: Version, { type, patch }: Amendment): KubeObject {
  const speaksOfOwners =
    type === 'json' || (isObject(patch) && isObject(patch['metadata']) && 'managedFields' in patch['metadata']);
  return speaksOfOwners ? wholeObject(version) : version.object;
}

/** `schema` names the type whose merge keys count. A kind whose type is not in the table has none: no strategic merge. */
export function applyPatch(original: unknown, { type, patch }: Amendment, schema: string, types: TypeTable): unknown {
  switch (type) {
    case 'json':
      return applyJsonPatch(original, patch);
    case 'merge':
      return applyMergePatch(original, patch);
    case 'strategic':
      if (types.get(schema) === undefined) throw unsupportedMediaType(ACCEPTED);
      return applyStrategicMergePatch(original, patch, schema, types);
  }
}
