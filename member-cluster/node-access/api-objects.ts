import type { Pod, Volume } from '../../src/apis/index.ts';
import { configMapNames, projectionsOf, secretNames, volumesOf } from './pod-references.ts';

type Projection = ReturnType<typeof projectionsOf>[number];

/**
 * What of the API a pod needs, named as upstream does, or `undefined`: a pod that a node made must need nothing, since
 * a node may see what its pods refer to.
 */
export function apiObjectOf(pod: Pod): string | undefined {
  const { serviceAccountName = '', resourceClaims = [] } = pod.spec ?? {};
  if (serviceAccountName !== '') return 'serviceaccounts';
  if (!isEmpty(secretNames(pod))) return 'secrets';
  if (!isEmpty(configMapNames(pod))) return 'configmaps';
  if (resourceClaims.length > 0) return 'resourceclaims';
  return first(volumesOf(pod), objectOfVolume);
}

function objectOfVolume(volume: Volume): string | undefined {
  if (volume.csi !== undefined) return 'csidrivers (via CSI volumes)';
  if (volume.glusterfs !== undefined) return 'endpoints (via glusterFS volumes)';
  if (volume.persistentVolumeClaim !== undefined) return 'persistentvolumeclaims';
  if (volume.ephemeral !== undefined) return 'persistentvolumeclaims (via ephemeral volumes)';
  return first(projectionsOf(volume), objectOfProjection);
}

function objectOfProjection(projection: Projection): string | undefined {
  if (projection.serviceAccountToken !== undefined) return 'serviceaccounts (via projected volumes)';
  if (projection.clusterTrustBundle !== undefined) return 'clustertrustbundles';
  return projection.podCertificate === undefined ? undefined : 'podcertificates';
}

function first<T>(all: readonly T[], find: (one: T) => string | undefined): string | undefined {
  for (const one of all) {
    const found = find(one);
    if (found !== undefined) return found;
  }
  return undefined;
}

function isEmpty(names: Iterator<unknown>): boolean {
  return names.next().done === true;
}
