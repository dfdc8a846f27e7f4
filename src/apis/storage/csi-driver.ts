import { allowingPrefix, duplicate, invalidValue, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn, NONE } from '../columns.ts';
import { csiDriverNameProblems } from '../core/csi-driver-name.ts';
import { UNSET } from '../core/volume-columns.ts';
import { immutable, oneOf } from '../field-rules.ts';
import type { CSIDriver, CSIDriverSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';

type Flag = 'attachRequired' | 'podInfoOnMount' | 'storageCapacity' | 'requiresRepublish';

const flagColumn = (name: string, flag: Flag, description: string) =>
  ({
    name,
    type: 'boolean',
    description,
    value: (object: CSIDriver) => specOf(object)[flag] ?? flag === 'attachRequired',
  }) as const;

export const csiDrivers: ResourceDefinition<CSIDriver> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSIDriver',
  plural: 'csidrivers',
  singular: 'csidriver',
  namespaced: false,
  schema: 'k8s.io/api/storage/v1.CSIDriver',
  strategy: {
    requireResourceVersion: true,
    defaults,
    validateName: allowingPrefix(csiDriverNameProblems),
    validate: (object) => validateSpec(specOf(object)),
    validateUpdate: ({ spec }, { spec: old }) => [
      ...immutable('spec.attachedRequired', spec.attachRequired, old.attachRequired),
      ...immutable('spec.volumeLifecycleModes', spec.volumeLifecycleModes, old.volumeLifecycleModes),
    ],
  },
  columns: [
    nameColumn,
    flagColumn('AttachRequired', 'attachRequired', 'Whether volumes are attached before they are mounted.'),
    flagColumn('PodInfoOnMount', 'podInfoOnMount', 'Whether it is told of the pod.'),
    flagColumn('StorageCapacity', 'storageCapacity', 'Whether it says how much room there is.'),
    {
      name: 'TokenRequests',
      type: 'string',
      description: 'For whom it wants tokens.',
      value: (object) => (specOf(object).tokenRequests ?? []).map(({ audience = '' }) => audience).join(',') || UNSET,
    },
    flagColumn('RequiresRepublish', 'requiresRepublish', 'Whether it is called again and again.'),
    {
      name: 'Modes',
      type: 'string',
      description: 'Which volumes it makes.',
      value: (object) => (specOf(object).volumeLifecycleModes ?? []).join(',') || NONE,
    },
    ageColumn,
  ],
};

function specOf(object: CSIDriver): Sent<CSIDriverSpec> {
  return sent(object).spec ?? {};
}

function defaults(object: CSIDriver): CSIDriver {
  const { volumeLifecycleModes = [] } = specOf(object);
  return {
    ...object,
    spec: {
      attachRequired: true,
      podInfoOnMount: false,
      storageCapacity: false,
      fsGroupPolicy: 'ReadWriteOnceWithFSType',
      requiresRepublish: false,
      seLinuxMount: false,
      ...object.spec,
      volumeLifecycleModes: volumeLifecycleModes.length === 0 ? ['Persistent'] : volumeLifecycleModes,
    },
  };
}

const MIN_TOKEN_SECONDS = 600;
const MAX_TOKEN_SECONDS = 2 ** 32;

function validateSpec({
  fsGroupPolicy,
  tokenRequests = [],
  volumeLifecycleModes = [],
}: Sent<CSIDriverSpec>): readonly FieldError[] {
  const audiences = tokenRequests.map(({ audience = '' }) => audience);
  return [
    ...oneOf('spec.fsGroupPolicy', fsGroupPolicy, ['File', 'None', 'ReadWriteOnceWithFSType']),
    ...tokenRequests.flatMap(({ audience = '', expirationSeconds }, index) => {
      const field = `spec.tokenRequests[${index}]`;
      return [
        ...(audiences.indexOf(audience) < index ? [duplicate(`${field}.audience`, audience)] : []),
        ...(expirationSeconds !== undefined && expirationSeconds < MIN_TOKEN_SECONDS
          ? [
              invalidValue(
                `${field}.expirationSeconds`,
                expirationSeconds,
                'may not specify a duration less than 10 minutes',
              ),
            ]
          : []),
        ...(expirationSeconds !== undefined && expirationSeconds > MAX_TOKEN_SECONDS
          ? [
              invalidValue(
                `${field}.expirationSeconds`,
                expirationSeconds,
                'may not specify a duration larger than 2^32 seconds',
              ),
            ]
          : []),
      ];
    }),
    ...volumeLifecycleModes.flatMap((mode) => oneOf('spec.volumeLifecycleModes', mode, ['Ephemeral', 'Persistent'])),
  ];
}
