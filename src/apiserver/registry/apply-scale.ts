import type { KubeObject } from '../../apimachinery/index.ts';
import type { ScaleOwnership } from '../managed-fields/scale-ownership.ts';
import { applyConfiguration, type ApplyRequest } from './apply.ts';
import type { Version } from './codec.ts';
import { SCALE_KIND } from './scale-kind.ts';
import { scaled, scaleOf, type ScaleSubresource } from './scale.ts';
import { withOwners, withoutOwners } from './with-owners.ts';

/** What a configuration of its scale makes of an object, and who owns what of it then. */
export async function applyScale(
  ownership: ScaleOwnership,
  part: ScaleSubresource,
  request: ApplyRequest,
  { object, managedFields = [] }: Version,
): Promise<KubeObject> {
  const live = { object: scaleOf(part, object), managedFields: ownership.toScale(managedFields) };
  const deps = { ownership: ownership.ofScale, kind: SCALE_KIND };
  const scale = await applyConfiguration(deps, request, live);
  const next = scaled(part, object, withoutOwners(scale));
  return withOwners(next, ownership.toObject(managedFields, scale.metadata.managedFields ?? []));
}
