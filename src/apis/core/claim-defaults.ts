import type { PersistentVolumeClaimSpec } from '../generated/wire-types.ts';
import { canonicalAmounts } from './quantities.ts';

/** Also of the claims that StatefulSets and ephemeral volumes make. */
export function claimSpecDefaults(spec: PersistentVolumeClaimSpec): PersistentVolumeClaimSpec {
  const { resources, dataSource, dataSourceRef } = spec;
  return {
    volumeMode: 'Filesystem',
    ...spec,
    ...sameSource(dataSource, dataSourceRef),
    resources: {
      ...resources,
      ...(resources?.requests === undefined ? {} : { requests: canonicalAmounts(resources.requests) }),
      ...(resources?.limits === undefined ? {} : { limits: canonicalAmounts(resources.limits) }),
    },
  };
}

/** Two names of one thing: what is given as one is given as the other. */
function sameSource(
  source: PersistentVolumeClaimSpec['dataSource'],
  reference: PersistentVolumeClaimSpec['dataSourceRef'],
): Pick<PersistentVolumeClaimSpec, 'dataSource' | 'dataSourceRef'> {
  if (source !== undefined && reference === undefined) return { dataSource: source, dataSourceRef: source };
  if (source !== undefined || reference === undefined || (reference.namespace ?? '') !== '') return {};
  const { namespace: _namespace, ...local } = reference;
  const isKnown =
    (local.kind === 'PersistentVolumeClaim' && (local.apiGroup ?? '') === '') ||
    (local.kind === 'VolumeSnapshot' && local.apiGroup === 'snapshot.storage.k8s.io');
  return isKnown ? { dataSource: local, dataSourceRef: reference } : {};
}
