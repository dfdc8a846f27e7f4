import {
  deepEqual,
  duplicate,
  forbiddenField,
  invalidValue,
  labelKeyProblems,
  required,
  tooLong,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn } from '../columns.ts';
import { immutable, invalidBy, oneOf, requiredOneOf } from '../field-rules.ts';
import type { StorageClass } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { defaultClassNameColumn } from './default-class.ts';

export const storageClasses: ResourceDefinition<StorageClass> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  singular: 'storageclass',
  shortNames: ['sc'],
  namespaced: false,
  schema: 'k8s.io/api/storage/v1.StorageClass',
  strategy: {
    defaults: (object) => ({ reclaimPolicy: 'Delete', volumeBindingMode: 'Immediate', ...object }),
    validate,
    validateUpdate,
  },
  columns: [
    defaultClassNameColumn('storageclass'),
    {
      name: 'Provisioner',
      type: 'string',
      description: 'Who makes the volumes.',
      value: (object) => sent(object).provisioner ?? '',
    },
    {
      name: 'ReclaimPolicy',
      type: 'string',
      description: 'What becomes of volumes after use.',
      value: ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
    },
    {
      name: 'VolumeBindingMode',
      type: 'string',
      description: 'When volumes are made.',
      value: ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
    },
    {
      name: 'AllowVolumeExpansion',
      type: 'string',
      description: 'Whether volumes can grow.',
      value: ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
    },
    ageColumn,
  ],
};

function validate(object: StorageClass): readonly FieldError[] {
  const { provisioner = '', parameters, reclaimPolicy, volumeBindingMode, allowedTopologies = [] } = sent(object);
  return [
    ...(provisioner === ''
      ? [required('provisioner')]
      : invalidBy('provisioner', provisioner, labelKeyProblems(provisioner.toLowerCase()))),
    ...validateParameters(parameters ?? {}),
    ...oneOf('reclaimPolicy', reclaimPolicy, ['Delete', 'Retain']),
    ...requiredOneOf('volumeBindingMode', volumeBindingMode, ['Immediate', 'WaitForFirstConsumer']),
    ...allowedTopologies.flatMap((term, index) => [
      ...validateTerm(`allowedTopologies[${index}]`, term),
      ...repeatedTerm(allowedTopologies, index),
    ]),
  ];
}

const MAX_PARAMETERS = 512;
const MAX_PARAMETER_BYTES = 256 * 1024;

export function validateParameters(parameters: Readonly<Partial<Record<string, string>>>): readonly FieldError[] {
  const entries = Object.entries(parameters);
  if (entries.length > MAX_PARAMETERS) return [tooLong('parameters', MAX_PARAMETERS)];
  const bytes = entries.reduce((sum, [key, value = '']) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  return [
    ...(parameters[''] === undefined ? [] : [invalidValue('parameters', '', 'field can not be empty.')]),
    ...(bytes > MAX_PARAMETER_BYTES ? [tooLong('parameters', MAX_PARAMETER_BYTES)] : []),
  ];
}

type Term = NonNullable<Sent<StorageClass>['allowedTopologies']>[number];

function validateTerm(field: string, { matchLabelExpressions = [] }: Term): readonly FieldError[] {
  const keys = matchLabelExpressions.map(({ key = '' }) => key);
  return matchLabelExpressions.flatMap(({ key = '', values = [] }, index) => {
    const where = `${field}.matchLabelExpressions[${index}]`;
    return [
      ...invalidBy(`${where}.key`, key, labelKeyProblems(key)),
      ...(keys.indexOf(key) < index ? [duplicate(`${where}.key`, key)] : []),
      ...(values.length === 0 ? [required(`${where}.values`)] : []),
      ...values.flatMap((value, position) =>
        values.indexOf(value) < position ? [duplicate(`${where}.values[${position}]`, value)] : [],
      ),
    ];
  });
}

function repeatedTerm(terms: readonly Term[], index: number): readonly FieldError[] {
  const own = meaningOf(terms[index]);
  const isRepeated = terms.slice(0, index).some((term) => deepEqual(meaningOf(term), own));
  return isRepeated ? [duplicate(`allowedTopologies[${index}].matchLabelExpressions`, '')] : [];
}

/** Neither the order of the keys nor that of their values makes a difference. */
function meaningOf(term: Term | undefined): Readonly<Record<string, readonly string[]>> {
  const expressions = term?.matchLabelExpressions ?? [];
  return Object.fromEntries(expressions.map(({ key = '', values = [] }) => [key, [...new Set(values)].sort()]));
}

function validateUpdate(object: StorageClass, old: StorageClass): readonly FieldError[] {
  const fixed = (['parameters', 'provisioner', 'reclaimPolicy'] as const).filter(
    (field) => !deepEqual(object[field], old[field]),
  );
  return [
    ...fixed.map((field) => forbiddenField(field, `updates to ${field} are forbidden.`)),
    ...immutable('volumeBindingMode', object.volumeBindingMode, old.volumeBindingMode),
  ];
}
