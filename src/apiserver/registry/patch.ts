import { applyJsonPatch, applyMergePatch, applyStrategicMergePatch, type TypeTable } from '../../apimachinery/index.ts';
import { unsupportedMediaType } from '../decoding/body-reader.ts';

/** A patch as it came, its type known and its content not yet looked at. */
export interface PatchBody {
  readonly type: 'json' | 'merge' | 'strategic';
  readonly patch: unknown;
}

const ACCEPTED = ['application/json-patch+json', 'application/merge-patch+json'];

/** `schema` names the type whose merge keys count. A kind whose type is not in the table has none: no strategic merge. */
export function applyPatch(original: unknown, { type, patch }: PatchBody, schema: string, types: TypeTable): unknown {
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
