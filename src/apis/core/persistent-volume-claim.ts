import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { PersistentVolumeClaim } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { accessModesText } from './access-modes.ts';
import { claimSpecDefaults } from './claim-defaults.ts';
import {
  validatePersistentVolumeClaim,
  validatePersistentVolumeClaimStatus,
  validatePersistentVolumeClaimUpdate,
} from './persistent-volume-claim-validation.ts';
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
