import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { csiDrivers } from './csi-driver.ts';
import { csiNodes } from './csi-node.ts';
import { csiStorageCapacities } from './csi-storage-capacity.ts';
import { storageClasses } from './storage-class.ts';
import { volumeAttachments } from './volume-attachment.ts';
import { volumeAttributesClasses } from './volume-attributes-class.ts';

type Fields = Readonly<Record<string, unknown>>;

const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);

/** The object as it is after defaulting. */
function made<T extends KubeObject>({ strategy, version, group, kind }: ResourceDefinition<T>, fields: Fields): T {
  const metadata = { name: 'a', creationTimestamp: '1970-01-01T00:00:00Z' };
  // @NOTE every test gives the fields of the kind that it names.
  const object = { apiVersion: `${group}/${version}`, kind, metadata, ...fields } as unknown as T;
  return strategy.defaults?.(object) ?? object;
}

const validated = <T extends KubeObject>(definition: ResourceDefinition<T>, fields: Fields) =>
  texts(definition.strategy.validate?.(made(definition, fields)));
const updated = <T extends KubeObject>(definition: ResourceDefinition<T>, fields: Fields, old: Fields) =>
  texts(definition.strategy.validateUpdate?.(made(definition, fields), made(definition, old)));
const shown = <T extends KubeObject>(definition: ResourceDefinition<T>, object: T) =>
  definition.columns?.map((column) => column.value(object, 5000));

describe('StorageClass', () => {
  const fields = { provisioner: 'example.com/disk' };

  it.each<[Fields, readonly string[]]>([
    [fields, []],
    [{}, ['provisioner: Required value']],
    [
      { ...fields, reclaimPolicy: 'Recycle' },
      ['reclaimPolicy: Unsupported value: "Recycle": supported values: "Delete", "Retain"'],
    ],
    [
      { ...fields, volumeBindingMode: 'Later' },
      ['volumeBindingMode: Unsupported value: "Later": supported values: "Immediate", "WaitForFirstConsumer"'],
    ],
    [{ ...fields, parameters: { '': 'x' } }, ['parameters: Invalid value: "": field can not be empty.']],
    [
      { ...fields, allowedTopologies: [{ matchLabelExpressions: [{ key: 'zone', values: [] }] }] },
      ['allowedTopologies[0].matchLabelExpressions[0].values: Required value'],
    ],
    [
      {
        ...fields,
        allowedTopologies: [
          { matchLabelExpressions: [{ key: 'zone', values: ['a', 'b'] }] },
          { matchLabelExpressions: [{ key: 'zone', values: ['b', 'a'] }] },
        ],
      },
      ['allowedTopologies[1].matchLabelExpressions: Duplicate value: ""'],
    ],
    [
      { ...fields, parameters: Object.fromEntries(Array.from({ length: 513 }, (_, index) => [`k${index}`, ''])) },
      ['parameters: Too long: may not be more than 512 bytes'],
    ],
    [
      { ...fields, parameters: { a: 'x'.repeat(256 * 1024) } },
      ['parameters: Too long: may not be more than 262144 bytes'],
    ],
  ])('%j', (change, expected) => {
    expect(validated(storageClasses, change)).toEqual(expected);
  });

  it('stays as it is but for what it allows', () => {
    expect(updated(storageClasses, { ...fields, allowVolumeExpansion: true }, fields)).toEqual([]);
    expect(
      updated(storageClasses, { provisioner: 'b.c/d', parameters: { a: 'b' }, reclaimPolicy: 'Retain' }, fields),
    ).toEqual([
      'parameters: Forbidden: updates to parameters are forbidden.',
      'provisioner: Forbidden: updates to provisioner are forbidden.',
      'reclaimPolicy: Forbidden: updates to reclaimPolicy are forbidden.',
    ]);
  });

  it('shows which one is the default', () => {
    const annotations = { 'storageclass.kubernetes.io/is-default-class': 'true' };
    const object = made(storageClasses, fields);
    expect(shown(storageClasses, { ...object, metadata: { ...object.metadata, annotations } })).toEqual([
      'a (default)',
      'example.com/disk',
      'Delete',
      'Immediate',
      false,
      '5s',
    ]);
  });
});

describe('VolumeAttachment', () => {
  const spec = { attacher: 'd.example.com', nodeName: 'n', source: { persistentVolumeName: 'v' } };
  const why = 'must specify exactly one of inlineVolumeSpec and persistentVolumeName';

  it.each<[Fields, readonly string[]]>([
    [spec, []],
    [{ ...spec, attacher: '' }, ['spec.attacher: Required value']],
    [{ ...spec, source: {} }, [`spec.source: Required value: ${why}`]],
    [{ ...spec, source: { ...spec.source, inlineVolumeSpec: {} } }, [`spec.source: Forbidden: ${why}`]],
  ])('%j', (change, expected) => {
    expect(validated(volumeAttachments, { spec: change })).toEqual(expected);
  });

  it('never changes', () => {
    expect(updated(volumeAttachments, { spec: { ...spec, nodeName: 'm' } }, { spec })[0]).toMatch(
      /^spec: .*field is immutable$/,
    );
    expect(volumeAttachments.strategy.requireResourceVersion).toBe(true);
  });
});

describe('CSIDriver', () => {
  it('attaches and keeps volumes unless it says', () => {
    expect(shown(csiDrivers, made(csiDrivers, { spec: {} }))).toEqual([
      'a',
      true,
      false,
      false,
      '<unset>',
      false,
      'Persistent',
      '5s',
    ]);
  });

  it.each<[Fields, readonly string[]]>([
    [{}, []],
    [
      { fsGroupPolicy: 'Always' },
      ['spec.fsGroupPolicy: Unsupported value: "Always": supported values: "File", "None", "ReadWriteOnceWithFSType"'],
    ],
    [
      { tokenRequests: [{ audience: 'a', expirationSeconds: 5 }, { audience: 'a' }] },
      [
        'spec.tokenRequests[0].expirationSeconds: Invalid value: 5: may not specify a duration less than 10 minutes',
        'spec.tokenRequests[1].audience: Duplicate value: "a"',
      ],
    ],
  ])('%j', (spec, expected) => {
    expect(validated(csiDrivers, { spec })).toEqual(expected);
  });
});

it('a CSINode has each driver once, and only what a driver takes may change', () => {
  const driver = { name: 'd.example.com', nodeID: 'n' };
  expect(validated(csiNodes, { spec: { drivers: [driver, { ...driver, nodeID: '' }] } })).toEqual([
    'spec.drivers[1].nodeID: Required value',
    'spec.drivers[1].name: Duplicate value: "d.example.com"',
  ]);
  const update = (change: Fields) =>
    updated(csiNodes, { spec: { drivers: [{ ...driver, ...change }] } }, { spec: { drivers: [driver] } });
  expect(update({ allocatable: { count: 3 } })).toEqual([]);
  expect(update({ nodeID: 'm' })[0]).toMatch(/^spec\.drivers: .*field is immutable$/);
});

it('a CSIStorageCapacity is room of a class', () => {
  const fields = { storageClassName: 'fast', capacity: '1024Mi' };
  expect(made(csiStorageCapacities, fields).capacity).toBe('1Gi');
  expect(validated(csiStorageCapacities, { ...fields, capacity: '-1' })).toEqual([
    'capacity: Invalid value: "-1": must be greater than or equal to 0',
  ]);
  expect(updated(csiStorageCapacities, { ...fields, storageClassName: 'slow' }, fields)).toEqual([
    'storageClassName: Invalid value: "slow": field is immutable',
  ]);
});

it('a VolumeAttributesClass says something and stands by it', () => {
  const fields = { driverName: 'd.example.com', parameters: { iops: '1' } };
  expect(validated(volumeAttributesClasses, { driverName: 'd.example.com' })).toEqual([
    'parameters: Required value: must contain at least one key/value pair',
  ]);
  expect(updated(volumeAttributesClasses, { ...fields, parameters: { iops: '2' } }, fields)).toEqual([
    'parameters: Forbidden: updates to parameters are forbidden.',
  ]);
});
