import {
  deepEqual,
  duplicate,
  invalidValue,
  labelKeyProblems,
  required,
  tooLong,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { csiDriverNameProblems } from '../core/csi-driver-name.ts';
import { invalidBy, nonNegative, requiredName } from '../field-rules.ts';
import type { CSINode, CSINodeDriver } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';

const MAX_NODE_ID_BYTES = 256;

export const csiNodes: ResourceDefinition<CSINode> = {
  group: 'storage.k8s.io',
  version: 'v1',
  kind: 'CSINode',
  plural: 'csinodes',
  singular: 'csinode',
  namespaced: false,
  schema: 'k8s.io/api/storage/v1.CSINode',
  strategy: { requireResourceVersion: true, validate, validateUpdate },
  columns: [
    nameColumn,
    {
      name: 'Drivers',
      type: 'integer',
      description: 'How many drivers the node has.',
      value: (object) => driversOf(object).length,
    },
    ageColumn,
  ],
};

function driversOf(object: CSINode): readonly Sent<CSINodeDriver>[] {
  return sent(object).spec?.drivers ?? [];
}

function validate(object: CSINode): readonly FieldError[] {
  const drivers = driversOf(object);
  const names = drivers.map(({ name = '' }) => name);
  return drivers.flatMap((driver, index) => [
    ...validateDriver(`spec.drivers[${index}]`, driver),
    ...(names.indexOf(driver.name ?? '') < index ? [duplicate(`spec.drivers[${index}].name`, driver.name)] : []),
  ]);
}

function validateDriver(
  field: string,
  { name, nodeID = '', topologyKeys = [], allocatable }: Sent<CSINodeDriver>,
): readonly FieldError[] {
  return [
    ...requiredName(`${field}.name`, name, csiDriverNameProblems),
    ...(nodeID === '' ? [required(`${field}.nodeID`)] : []),
    ...(Buffer.byteLength(nodeID) > MAX_NODE_ID_BYTES ? [tooLong(`${field}.nodeID`, MAX_NODE_ID_BYTES)] : []),
    ...nonNegative(`${field}.allocatable.count`, allocatable?.count),
    ...topologyKeys.flatMap((key, index) => [
      ...invalidBy(`${field}.topologyKeys`, key, labelKeyProblems(key)),
      ...(topologyKeys.indexOf(key) < index ? [duplicate(`${field}.topologyKeys`, key)] : []),
    ]),
  ];
}

/** A driver may come and go, but how much it takes is all that may change. */
function validateUpdate(object: CSINode, old: CSINode): readonly FieldError[] {
  const drivers = driversOf(object);
  return driversOf(old).flatMap((before) => {
    const after = drivers.find(({ name }) => name === before.name);
    const { allocatable: _before, ...fixed } = before;
    if (after === undefined) return [];
    const { allocatable: _after, ...rest } = after;
    return deepEqual(rest, fixed) ? [] : [invalidValue('spec.drivers', after, 'field is immutable')];
  });
}
