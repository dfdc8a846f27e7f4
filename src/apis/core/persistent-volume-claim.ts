import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { PersistentVolumeClaim, PersistentVolumeClaimSpec } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { accessModesText } from './access-modes.ts';
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatus,
  validatePersistentVolumeClaimUpdate,
} from './persistent-volume-claim-validation.ts';
import { canonicalAmounts } from './quantities.ts';
import { classAnnotation, UNSET, volumeColumn, volumePhase } from './volume-columns.ts';

const column = volumeColumn<PersistentVolumeClaim>;

export const persistentVolumeClaims: ResourceDefinition<PersistentVolumeClaim> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  singular: 'persistentvolumeclaim',
  shortNames: ['pvc'],
  namespaced: true,
  schema: 'k8s.io/api/core/v1.PersistentVolumeClaim',
  subresources: [{ type: 'status', name: 'status', validateUpdate: validatePersistentVolumeClaimStatus }],
  strategy: {
    defaults,
    prepareForCreate: (claim) => ({ ...claim, status: { phase: 'Pending' } }),
    prepareForUpdate: withStatusOf,
    validate: validatePersistentVolumeClaim,
    validateUpdate: validatePersistentVolumeClaimUpdate,
  },
  columns: [
    nameColumn,
    column('Status', 'Whether it has a volume.', volumePhase),
    column('Volume', 'The volume.', ({ spec }) => spec?.volumeName ?? ''),
    column('Capacity', 'How much it holds.', (claim) =>
      isBound(claim) ? (claim.status?.capacity?.['storage'] ?? '0') : '',
    ),
    column('Access Modes', 'How it may be mounted.', (claim) =>
      isBound(claim) ? accessModesText(claim.status?.accessModes) : '',
    ),
    column('StorageClass', 'Its class.', (claim) => classAnnotation(claim) ?? claim.spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', 'The class of its attributes.', ({ spec }) => {
      const name = spec?.volumeAttributesClassName ?? '';
      return name === '' ? UNSET : name;
    }),
    ageColumn,
    { ...column('VolumeMode', 'Files or blocks.', ({ spec }) => spec?.volumeMode ?? UNSET), priority: 1 },
  ],
};

const isBound = ({ spec }: PersistentVolumeClaim) => (spec?.volumeName ?? '') !== '';

function defaults(claim: PersistentVolumeClaim): PersistentVolumeClaim {
  return claim.spec === undefined ? claim : { ...claim, spec: claimSpecDefaults(claim.spec) };
}

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
