import { describe, expect, it } from 'vitest';
import type { DeviceClaim, ResourceSliceSpec, ResourceV1ResourceClaim } from '../generated/wire-types.ts';
import { deviceClasses } from './device-class.ts';
import { resourceClaims } from './resource-claim.ts';
import { resourceSlices } from './resource-slice.ts';

const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);
const claim = (devices: DeviceClaim): ResourceV1ResourceClaim => {
  const metadata = { name: 'a', namespace: 'x', creationTimestamp: '1970-01-01T00:00:00Z' };
  const object = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaim', metadata, spec: { devices } };
  return resourceClaims.strategy.defaults?.(object) ?? object;
};
const gpu = { name: 'gpu', exactly: { deviceClassName: 'gpu' } };

describe('ResourceClaim', () => {
  it('is for one device unless it says', () => {
    expect(claim({ requests: [gpu] }).spec.devices?.requests).toEqual([
      { name: 'gpu', exactly: { deviceClassName: 'gpu', allocationMode: 'ExactCount', count: 1 } },
    ]);
  });

  it.each<[string, DeviceClaim, readonly string[]]>([
    ['all is well', { requests: [gpu], constraints: [{ requests: ['gpu'], matchAttribute: 'example.com/model' }] }, []],
    [
      'a request of nothing',
      { requests: [{ name: 'gpu' }] },
      ['spec.devices.requests[0]: Required value: exactly one of `exactly` or `firstAvailable` is required'],
    ],
    ['a name twice', { requests: [gpu, gpu] }, ['spec.devices.requests[1].name: Duplicate value: "gpu"']],
    [
      'no class',
      { requests: [{ name: 'gpu', exactly: { deviceClassName: '' } }] },
      ['spec.devices.requests[0].exactly.deviceClassName: Required value'],
    ],
    [
      'all, counted',
      { requests: [{ name: 'gpu', exactly: { deviceClassName: 'gpu', allocationMode: 'All', count: 2 } }] },
      ["spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'"],
    ],
    [
      'a constraint on nobody',
      { requests: [gpu], constraints: [{ requests: ['nic'], matchAttribute: 'example.com/model' }] },
      ['spec.devices.constraints[0].requests[0]: Invalid value: "nic": must be the name of a request in the claim'],
    ],
  ])('validates %s', (_name, devices, expected) => {
    expect(texts(resourceClaims.strategy.validate?.(claim(devices)))).toEqual(expected);
  });

  it('never changes what it asks for', () => {
    const errors = resourceClaims.strategy.validateUpdate?.(claim({}), claim({ requests: [gpu] }));
    expect(texts(errors)[0]).toMatch(/^spec: .*field is immutable$/);
  });

  it.each<[string, ResourceV1ResourceClaim['status'] & object, boolean]>([
    ['pending', {}, false],
    ['deleted', {}, true],
    ['allocated', { allocation: {} }, false],
    ['allocated,reserved', { allocation: {}, reservedFor: [{ resource: 'pods', name: 'p', uid: 'u' }] }, false],
    ['deleted,allocated', { allocation: {} }, true],
  ])('is %s', (state, status, isDeleted) => {
    const { metadata, ...rest } = claim({});
    const deletion = isDeleted ? { deletionTimestamp: '1970-01-01T00:00:00Z' } : {};
    const object = { ...rest, metadata: { ...metadata, ...deletion }, status };
    expect(resourceClaims.columns?.[1]?.value(object, 0)).toBe(state);
  });
});

it.each<[string, Partial<ResourceSliceSpec>, readonly string[]]>([
  ['all is well', {}, []],
  [
    'no place',
    { allNodes: false },
    [
      'spec: Required value: exactly one of `nodeName`, `nodeSelector`, `allNodes`, `perDeviceNodeSelection` is required',
    ],
  ],
  [
    'an empty pool',
    { pool: { name: 'p', generation: 0, resourceSliceCount: 0 } },
    ['spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero'],
  ],
  ['a device twice', { devices: [{ name: 'a' }, { name: 'a' }] }, ['spec.devices[1].name: Duplicate value: "a"']],
  [
    'an attribute without a value',
    { devices: [{ name: 'a', attributes: { model: {} } }] },
    ['spec.devices[0].attributes[model]: Required value: exactly one value must be specified'],
  ],
])('validates slices: %s', (_name, change, expected) => {
  const pool = { name: 'p', generation: 1, resourceSliceCount: 1 };
  const object = {
    apiVersion: 'resource.k8s.io/v1',
    kind: 'ResourceSlice',
    metadata: { name: 'a' },
    spec: { driver: 'd.example.com', pool, allNodes: true, ...change },
  };
  expect(texts(resourceSlices.strategy.validate?.(object))).toEqual(expected);
});

it('a class selects by expressions that say something', () => {
  const spec = { selectors: [{}, { cel: { expression: '' } }] };
  const object = { apiVersion: 'resource.k8s.io/v1', kind: 'DeviceClass', metadata: { name: 'a' }, spec };
  expect(texts(deviceClasses.strategy.validate?.(object))).toEqual([
    'spec.selectors[0].cel: Required value',
    'spec.selectors[1].cel.expression: Required value',
  ]);
});
