import { forbiddenField, type FieldError } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { immutable, requiredOneOf } from '../field-rules.ts';
import type { PriorityClass } from '../generated/wire-types.ts';

const HIGHEST_OF_USERS = 1_000_000_000;
const SYSTEM_PREFIX = 'system-';

/** The classes of what a cluster cannot do without; they alone may be higher than a user's. */
export const systemPriorityClasses: readonly PriorityClass[] = [
  systemClass('system-cluster-critical', 2_000_000_000, 'For pods that the cluster needs, on whichever of its nodes.'),
  systemClass('system-node-critical', 2_000_001_000, 'For pods that their very node needs.'),
];

function systemClass(name: string, value: number, description: string): PriorityClass {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}

export const priorityClasses: ResourceDefinition<PriorityClass> = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  kind: 'PriorityClass',
  plural: 'priorityclasses',
  singular: 'priorityclass',
  shortNames: ['pc'],
  namespaced: false,
  schema: 'k8s.io/api/scheduling/v1.PriorityClass',
  strategy: {
    defaults: (object) => ({ value: 0, preemptionPolicy: 'PreemptLowerPriority', ...object }),
    validate,
    validateUpdate,
  },
  columns: [
    nameColumn,
    { name: 'Value', type: 'integer', description: 'The more, the sooner.', value: ({ value }) => value ?? 0 },
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class are of this one.',
      value: ({ globalDefault }) => globalDefault ?? false,
    },
    ageColumn,
    {
      name: 'PreemptionPolicy',
      type: 'string',
      description: 'Whether its pods may push others out.',
      value: ({ preemptionPolicy }) => preemptionPolicy ?? '',
    },
  ],
};

function validate(object: PriorityClass): readonly FieldError[] {
  return [
    ...validateHeight(object),
    ...requiredOneOf('preemptionPolicy', object.preemptionPolicy, ['Never', 'PreemptLowerPriority']),
  ];
}

function validateHeight({ metadata, value = 0, globalDefault }: PriorityClass): readonly FieldError[] {
  const { name = '' } = metadata;
  if (!name.startsWith(SYSTEM_PREFIX)) {
    const why = `maximum allowed value of a user defined priority is ${HIGHEST_OF_USERS}`;
    return value > HIGHEST_OF_USERS ? [forbiddenField('value', why)] : [];
  }
  const problem = systemProblem(name, value, globalDefault ?? false);
  if (problem === undefined) return [];
  const why = `priority class names with '${SYSTEM_PREFIX}' prefix are reserved for system use only. error: ${problem}`;
  return [forbiddenField('metadata.name', why)];
}

function systemProblem(name: string, value: number, globalDefault: boolean): string | undefined {
  const known = systemPriorityClasses.find(({ metadata }) => metadata.name === name);
  if (known === undefined) return `${name} is not a known system priority class`;
  if (known.value !== value) return `value of ${name} PriorityClass must be ${known.value ?? 0}`;
  return globalDefault ? `globalDefault of ${name} PriorityClass must be false` : undefined;
}

function validateUpdate(object: PriorityClass, old: PriorityClass): readonly FieldError[] {
  return [
    ...(object.value === old.value ? [] : [forbiddenField('value', 'may not be changed in an update.')]),
    ...immutable('preemptionPolicy', object.preemptionPolicy, old.preemptionPolicy),
  ];
}
