import type { PersistentVolume, PersistentVolumeClaim, Pod, StorageClass } from '../../../src/apis/index.ts';
import type { Lister } from '../../../src/controller/index.ts';
import { claimNames } from '../../pods/index.ts';
import { never, type FilterPlugin } from '../framework.ts';
import { matchesTerm } from '../node-selector.ts';

export interface StorageListers {
  readonly claims: Lister<PersistentVolumeClaim>;
  readonly volumes: Lister<PersistentVolume>;
  readonly classes: Lister<StorageClass>;
}

/**
 * No node while a claim of the pod has no volume, unless its class waits for the pod to have a node; then only nodes that
 * can reach the volumes.
 */
export function volumeBinding(storage: StorageListers): FilterPlugin {
  return {
    name: 'VolumeBinding',
    refusePod: ({ pod }) => firstProblem(pod, claimNames(pod), storage),
    forPod({ pod }) {
      const terms = claimNames(pod).flatMap((name) => affinityOf(pod, name, storage) ?? []);
      if (terms.length === 0) return undefined;
      return (node) =>
        terms.every((alternatives) => alternatives.some((term) => matchesTerm(term, node)))
          ? undefined
          : never("node(s) didn't match PersistentVolume's node affinity");
    },
  };
}

function firstProblem(pod: Pod, names: readonly string[], storage: StorageListers): string | undefined {
  for (const name of names) {
    const claim = storage.claims.get(`${pod.metadata.namespace ?? ''}/${name}`);
    const problem = claim === undefined ? 'not found' : problemOf(claim);
    if (problem !== undefined) return `persistentvolumeclaim "${name}" ${problem}`;
    if (claim?.status?.phase !== 'Bound' && !waitsForPod(claim, storage)) {
      return 'pod has unbound immediate PersistentVolumeClaims';
    }
  }
  return undefined;
}

function problemOf({ metadata, spec, status }: PersistentVolumeClaim): string | undefined {
  if (metadata.deletionTimestamp !== undefined) return 'is being deleted';
  return status?.phase === 'Lost' ? `bound to non-existent persistentvolume "${spec?.volumeName ?? ''}"` : undefined;
}

function waitsForPod(claim: PersistentVolumeClaim | undefined, { classes }: StorageListers): boolean {
  const { storageClassName = '', volumeName = '' } = claim?.spec ?? {};
  return volumeName === '' && classes.get(storageClassName)?.volumeBindingMode === 'WaitForFirstConsumer';
}

/** Each term is an alternative. */
function affinityOf(pod: Pod, name: string, { claims, volumes }: StorageListers) {
  const claim = claims.get(`${pod.metadata.namespace ?? ''}/${name}`);
  const volume = volumes.get(claim?.spec?.volumeName ?? '');
  const required = volume?.spec?.nodeAffinity?.required;
  return required === undefined ? undefined : [required.nodeSelectorTerms];
}
