import { dnsSubdomainProblems, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { nameColumn } from '../columns.ts';
import { canonical, quantityProblems } from '../core/quantities.ts';
import { immutable, invalidBy, validLabelSelector } from '../field-rules.ts';
import type { CSIStorageCapacity } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';

export const csiStorageCapacities: ResourceDefinition<CSIStorageCapacity> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIStorageCapacity',
  plural: 'csistoragecapacities',
  singular: 'csistoragecapacity',
  namespaced: true,
  schema: 'k8s.io/api/storage/v1.CSIStorageCapacity',
  strategy: {
    requireResourceVersion: true,
    defaults,
    validate,
    validateUpdate: (object, old) => [
      ...immutable('nodeTopology', object.nodeTopology, old.nodeTopology),
      ...immutable('storageClassName', object.storageClassName, old.storageClassName),
    ],
  },
  columns: [
    nameColumn,
    {
      name: 'StorageClassName',
      type: 'string',
      description: 'Of which volumes.',
      value: (object) => sent(object).storageClassName ?? '',
    },
    { name: 'Capacity', type: 'string', description: 'Room for them.', value: ({ capacity }) => capacity ?? '<unset>' },
  ],
};

function defaults(object: CSIStorageCapacity): CSIStorageCapacity {
  const { capacity, maximumVolumeSize } = object;
  return {
    ...object,
    ...(capacity === undefined ? {} : { capacity: canonical(capacity) }),
    ...(maximumVolumeSize === undefined ? {} : { maximumVolumeSize: canonical(maximumVolumeSize) }),
  };
}

function validate(object: CSIStorageCapacity): readonly FieldError[] {
  const { storageClassName = '', nodeTopology, capacity, maximumVolumeSize } = sent(object);
  return [
    ...validLabelSelector('nodeTopology', nodeTopology),
    ...invalidBy('storageClassName', storageClassName, dnsSubdomainProblems(storageClassName)),
    ...(capacity === undefined ? [] : quantityProblems('capacity', capacity)),
    ...(maximumVolumeSize === undefined ? [] : quantityProblems('maximumVolumeSize', maximumVolumeSize)),
  ];
}
