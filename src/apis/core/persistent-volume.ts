import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import type { PersistentVolume } from '../generated/wire-types.ts';
import { withStatusOf } from '../status-rules.ts';
import { accessModesText } from './access-modes.ts';
import { validatePersistentVolume, validatePersistentVolumeUpdate } from './persistent-volume-validation.ts';
import { canonicalAmounts } from './quantities.ts';
import { classAnnotation, UNSET, volumeColumn, volumePhase } from './volume-columns.ts';

const column = volumeColumn<PersistentVolume>;

export const persistentVolumes: ResourceDefinition<PersistentVolume> = {
  group: '',
  version: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  singular: 'persistentvolume',
  shortNames: ['pv'],
  namespaced: false,
  schema: 'k8s.io/api/core/v1.PersistentVolume',
  subresources: [{ type: 'status', name: 'status' }],
  strategy: {
    defaults,
    prepareForCreate: (volume) => ({ ...volume, status: { phase: 'Pending' } }),
    prepareForUpdate: withStatusOf,
    validate: validatePersistentVolume,
    validateUpdate: validatePersistentVolumeUpdate,
  },
  columns: [
    nameColumn,
    column('Capacity', 'How much it holds.', ({ spec }) => spec?.capacity?.['storage'] ?? '0'),
    column('Access Modes', 'How it may be mounted.', ({ spec }) => accessModesText(spec?.accessModes)),
    column('Reclaim Policy', 'What becomes of it after use.', ({ spec }) => spec?.persistentVolumeReclaimPolicy ?? ''),
    column('Status', 'Whether it is in use.', volumePhase),
    column('Claim', 'Who uses it.', ({ spec }) =>
      spec?.claimRef === undefined ? '' : `${spec.claimRef.namespace ?? ''}/${spec.claimRef.name ?? ''}`,
    ),
    column('StorageClass', 'Its class.', (volume) => classAnnotation(volume) ?? volume.spec?.storageClassName ?? ''),
    column('VolumeAttributesClass', 'The class of its attributes.', ({ spec }) => {
      const name = spec?.volumeAttributesClassName ?? '';
      return name === '' ? UNSET : name;
    }),
    column('Reason', 'Why it has this status.', ({ status }) => status?.reason ?? ''),
    ageColumn,
    { ...column('VolumeMode', 'Files or blocks.', ({ spec }) => spec?.volumeMode ?? UNSET), priority: 1 },
  ],
};

function defaults(volume: PersistentVolume): PersistentVolume {
  const { spec } = volume;
  if (spec === undefined) return volume;
  const { capacity, hostPath } = spec;
  return {
    ...volume,
    spec: {
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
      ...spec,
      ...(capacity === undefined ? {} : { capacity: canonicalAmounts(capacity) }),
      ...(hostPath === undefined ? {} : { hostPath: { type: '', ...hostPath } }),
    },
  };
}
