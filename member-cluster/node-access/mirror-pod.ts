import type { Pod } from '../../src/apis/index.ts';
import { projectionsOf, secretNames, volumesOf } from './pod-references.ts';

/** What shows a pod that a node runs by itself. */
export const MIRROR_ANNOTATION = 'kubernetes.io/config.mirror';

export function isMirrorPod({ metadata }: Pod): boolean {
  return metadata.annotations?.[MIRROR_ANNOTATION] !== undefined;
}

/** What a pod has that no node can give it that runs it by itself. */
export function mirrorPodProblem(pod: Pod): string | undefined {
  if ((pod.spec?.serviceAccountName ?? '') !== '') return 'a mirror pod may not reference service accounts';
  if (secretNames(pod).next().done !== true) return 'a mirror pod may not reference secrets';
  const sources = volumesOf(pod).flatMap(projectionsOf);
  return sources.some(({ serviceAccountToken }) => serviceAccountToken !== undefined)
    ? 'a mirror pod may not use ServiceAccountToken volume projections'
    : undefined;
}
