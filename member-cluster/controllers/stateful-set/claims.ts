import { controllerReferenceTo, type KubeObject, type OwnerReference } from '../../../src/apimachinery/index.ts';
import type { PersistentVolumeClaim, Pod, StatefulSet } from '../../../src/apis/index.ts';
import type { NewObject } from '../../../src/client/index.ts';
import { nameOf } from '../ownership.ts';
import { isWithin } from './ordinals.ts';

export function claimName(set: StatefulSet, template: PersistentVolumeClaim, ordinal: number): string {
  return `${nameOf(template)}-${nameOf(set)}-${ordinal}`;
}

/** The claims of a place, found by the labels that the set selects by. */
export function claimsOf(set: StatefulSet, ordinal: number): readonly NewObject<PersistentVolumeClaim>[] {
  const { namespace } = set.metadata;
  const ownerReferences = wantedOwners(set, ordinal, undefined, []);
  return (set.spec?.volumeClaimTemplates ?? []).map((template) => ({
    metadata: {
      name: claimName(set, template, ordinal),
      ...(namespace === undefined ? {} : { namespace }),
      labels: { ...template.metadata.labels, ...set.spec?.selector?.matchLabels },
      ...(template.metadata.annotations === undefined ? {} : { annotations: template.metadata.annotations }),
      ...(ownerReferences.length === 0 ? {} : { ownerReferences }),
    },
    ...(template.spec === undefined ? {} : { spec: template.spec }),
  }));
}

/**
 * The owners that a claim of the place should have: with its set it goes where the policy says so, with its pod when the set
 * has shrunk and the policy says so. What somebody else controls goes with neither.
 */
export function wantedOwners(
  set: StatefulSet,
  ordinal: number,
  pod: Pod | undefined,
  present: readonly OwnerReference[],
): readonly OwnerReference[] {
  const others = present.filter((reference) => !isTo(reference, set) && !(pod !== undefined && isTo(reference, pod)));
  if (others.some(({ controller }) => controller === true)) return others;
  const { whenDeleted = 'Retain', whenScaled = 'Retain' } = set.spec?.persistentVolumeClaimRetentionPolicy ?? {};
  if (whenScaled === 'Delete' && pod !== undefined && !isWithin(set, ordinal)) {
    return [...others, controllerReferenceTo(pod)];
  }
  return whenDeleted === 'Delete' ? [...others, controllerReferenceTo(set)] : others;
}

const isTo = ({ uid }: OwnerReference, { metadata }: KubeObject) => uid === metadata.uid;

/** It belongs to a pod of that name that is gone, and will go as well. */
export function isStale(set: StatefulSet, pod: string, { metadata }: PersistentVolumeClaim): boolean {
  if (set.spec?.persistentVolumeClaimRetentionPolicy?.whenScaled !== 'Delete') return false;
  if (metadata.deletionTimestamp !== undefined) return true;
  return metadata.ownerReferences?.some(({ kind, name }) => kind === 'Pod' && name === pod) === true;
}
