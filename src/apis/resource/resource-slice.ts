import {
  dnsLabelProblems,
  dnsSubdomainProblems,
  duplicate,
  invalidValue,
  labelKeyProblems,
  required,
  tooMany,
  type FieldError,
} from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { ageColumn, nameColumn } from '../columns.ts';
import { csiDriverNameProblems } from '../core/csi-driver-name.ts';
import { validateNodeSelector } from '../core/node-selector-validation.ts';
import { quantityProblems } from '../core/quantities.ts';
import { immutable, invalidBy, nonNegative, requiredName, requiredOneOf } from '../field-rules.ts';
import type { Device, ResourceSlice, ResourceSliceSpec } from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';

type Spec = Sent<ResourceSliceSpec>;

const MAX_DEVICES = 128;

export const resourceSlices: ResourceDefinition<ResourceSlice> = {
  group: 'resource.k8s.io',
  version: 'v1',
  kind: 'ResourceSlice',
  plural: 'resourceslices',
  singular: 'resourceslice',
  namespaced: false,
  schema: 'k8s.io/api/resource/v1.ResourceSlice',
  strategy: {
    validate: (slice) => validateSpec(specOf(slice)),
    validateUpdate: (slice, { spec: old }) => {
      const spec = specOf(slice);
      return [
        ...immutable('spec.nodeName', spec.nodeName, old.nodeName),
        ...immutable('spec.driver', spec.driver, old.driver),
        ...immutable('spec.pool.name', spec.pool?.name, old.pool.name),
      ];
    },
  },
  columns: [
    nameColumn,
    {
      name: 'Node',
      type: 'string',
      description: 'The node that has the devices.',
      value: (slice) => {
        const { nodeName, allNodes } = specOf(slice);
        return nodeName ?? (allNodes === true ? '<all>' : '<unset>');
      },
    },
    { name: 'Driver', type: 'string', description: 'Who offers them.', value: (slice) => specOf(slice).driver ?? '' },
    {
      name: 'Pool',
      type: 'string',
      description: 'What they are part of.',
      value: (slice) => specOf(slice).pool?.name ?? '',
    },
    ageColumn,
  ],
  fieldSelectors: {
    'spec.nodeName': (slice) => specOf(slice).nodeName ?? '',
    'spec.driver': (slice) => specOf(slice).driver ?? '',
  },
};

function specOf(slice: ResourceSlice): Spec {
  return sent(slice).spec ?? {};
}

function validateSpec(spec: Spec): readonly FieldError[] {
  const { devices = [], sharedCounters = [] } = spec;
  const names = devices.map(({ name = '' }) => name);
  return [
    ...requiredName('spec.driver', spec.driver, csiDriverNameProblems),
    ...validatePool(spec),
    ...validatePlace(spec),
    ...(devices.length > MAX_DEVICES ? [tooMany('spec.devices', devices.length, MAX_DEVICES)] : []),
    ...devices.flatMap((device, index) => [
      ...validateDevice(`spec.devices[${index}]`, device),
      ...(names.indexOf(device.name ?? '') < index ? [duplicate(`spec.devices[${index}].name`, device.name)] : []),
    ]),
    ...sharedCounters.flatMap(({ name }, index) =>
      requiredName(`spec.sharedCounters[${index}].name`, name, dnsLabelProblems),
    ),
  ];
}

function validatePool({ pool = {} }: Spec): readonly FieldError[] {
  const { name = '', generation, resourceSliceCount = 0 } = pool;
  const parts = name.split('/');
  return [
    ...(name === ''
      ? [required('spec.pool.name')]
      : parts.flatMap((part) => invalidBy('spec.pool.name', part, dnsSubdomainProblems(part)))),
    ...(resourceSliceCount <= 0
      ? [invalidValue('spec.pool.resourceSliceCount', resourceSliceCount, 'must be greater than zero')]
      : []),
    ...nonNegative('spec.pool.generation', generation),
  ];
}

const PLACES = ['nodeName', 'nodeSelector', 'allNodes', 'perDeviceNodeSelection'] as const;

function validatePlace(spec: Spec): readonly FieldError[] {
  const given = PLACES.filter((name) => spec[name] !== undefined && spec[name] !== false);
  const why = `exactly one of ${PLACES.map((name) => `\`${name}\``).join(', ')} is required`;
  if (given.length === 0) return [required('spec', why)];
  if (given.length > 1) return [invalidValue('spec', `{${given.map((name) => `\`${name}\``).join(', ')}}`, why)];
  const { nodeName, nodeSelector } = spec;
  return [
    ...(nodeName === undefined ? [] : invalidBy('spec.nodeName', nodeName, dnsSubdomainProblems(nodeName))),
    ...(nodeSelector === undefined ? [] : validateNodeSelector('spec.nodeSelector', nodeSelector)),
  ];
}

const ATTRIBUTE_TYPES = ['int', 'bool', 'string', 'version', 'ints', 'bools', 'strings', 'versions'] as const;

function validateDevice(
  field: string,
  { name, attributes = {}, capacity = {}, taints = [] }: Sent<Device>,
): readonly FieldError[] {
  return [
    ...requiredName(`${field}.name`, name, dnsLabelProblems),
    ...Object.entries(attributes).flatMap(([key, attribute]) => {
      const types = ATTRIBUTE_TYPES.filter((type) => attribute?.[type] !== undefined);
      const where = `${field}.attributes[${key}]`;
      return [
        ...invalidBy(where, key, labelKeyProblems(key)),
        ...(types.length === 1
          ? []
          : [
              types.length === 0
                ? required(where, 'exactly one value must be specified')
                : invalidValue(where, attribute, 'exactly one value must be specified'),
            ]),
      ];
    }),
    ...Object.entries(capacity).flatMap(([key, amount]) => [
      ...invalidBy(`${field}.capacity[${key}]`, key, labelKeyProblems(key)),
      ...quantityProblems(`${field}.capacity[${key}].value`, amount?.value ?? ''),
    ]),
    ...taints.flatMap(({ key = '', effect }, index) => [
      ...invalidBy(`${field}.taints[${index}].key`, key, labelKeyProblems(key)),
      ...requiredOneOf(`${field}.taints[${index}].effect`, effect, ['NoSchedule', 'NoExecute', 'None']),
    ]),
  ];
}
