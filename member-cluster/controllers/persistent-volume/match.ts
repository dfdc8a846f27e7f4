import {
  compareQuantities,
  deepEqual,
  labelSelectorOf,
  matchesLabels,
  parseQuantity,
} from '../../../src/apimachinery/index.ts';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../src/apis/index.ts';
import { classOf } from './marks.ts';

/** The volume is promised to this claim, be it by name alone. */
export function isPromisedTo({ spec }: PersistentVolume, { metadata }: PersistentVolumeClaim): boolean {
  const { claimRef } = spec ?? {};
  if (claimRef?.name !== metadata.name || claimRef?.namespace !== metadata.namespace) return false;
  return (claimRef?.uid ?? '') === '' || claimRef?.uid === metadata.uid;
}

/** The smallest free volume that will do; one that was promised to the claim comes before all others. */
export function matchingVolume(
  claim: PersistentVolumeClaim,
  volumes: readonly PersistentVolume[],
): PersistentVolume | undefined {
  const suitable = volumes.filter((volume) => suits(volume, claim));
  return (
    suitable.find((volume) => isPromisedTo(volume, claim)) ??
    suitable.filter(isFree).toSorted((a, b) => compareQuantities(sizeOf(a), sizeOf(b)))[0]
  );
}

function isFree({ spec, status }: PersistentVolume): boolean {
  return spec?.claimRef === undefined && status?.phase === 'Available';
}

function suits(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const { selector, accessModes = [], resources } = claim.spec ?? {};
  const wanted = parseQuantity(resources?.requests?.['storage'] ?? '0');
  return (
    volume.metadata.deletionTimestamp === undefined &&
    isOfKind(volume, claim) &&
    compareQuantities(sizeOf(volume), wanted) >= 0 &&
    accessModes.every((mode) => volume.spec?.accessModes?.includes(mode) === true) &&
    (selector === undefined || matchesLabels(labelSelectorOf(selector), volume.metadata.labels))
  );
}

/** A volume that was promised to the claim may be of any class. */
function isOfKind(volume: PersistentVolume, claim: PersistentVolumeClaim): boolean {
  const [given, wanted] = [volume.spec, claim.spec].map((spec) => ({
    mode: spec?.volumeMode ?? 'Filesystem',
    attributes: spec?.volumeAttributesClassName ?? '',
  }));
  return deepEqual(given, wanted) && (isPromisedTo(volume, claim) || classOf(volume) === classOf(claim));
}

function sizeOf({ spec }: PersistentVolume) {
  return parseQuantity(spec?.capacity?.['storage'] ?? '0');
}
