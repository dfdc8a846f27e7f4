import { expect, it } from 'vitest';
import type {
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimStatus,
  PersistentVolumeSpec,
} from '../generated/wire-types.ts';
import { persistentVolumeClaims } from './persistent-volume-claim.ts';
import { persistentVolumes } from './persistent-volume.ts';

const texts = (errors: readonly { field: string; message: string }[] = []) =>
  errors.map(({ field, message }) => `${field}: ${message}`);

const claim = (
  spec: PersistentVolumeClaimSpec,
  annotations: Readonly<Record<string, string>> = {},
): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'c', namespace: 'x', annotations },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...spec },
  status: { phase: 'Bound', capacity: { storage: '1Gi' } },
});
const dataSourceRef = { kind: 'Populator', name: 'a', apiGroup: 'example.com' };

it.each<[PersistentVolumeClaimSpec, readonly string[]]>([
  [{ dataSourceRef, volumeAttributesClassName: 'fast' }, []],
  [
    { dataSourceRef: { kind: 'Populator', name: 'a' } },
    [
      `spec.dataSourceRef: Invalid value: "Populator": must be 'PersistentVolumeClaim' when referencing the default apiGroup`,
    ],
  ],
  [
    { dataSourceRef: { ...dataSourceRef, apiGroup: 'A', namespace: 'B' } },
    [
      expect.stringMatching(/^spec.dataSourceRef.apiGroup: Invalid value: "A": a lowercase RFC 1123 subdomain/),
      expect.stringMatching(/^spec.dataSourceRef.namespace: Invalid value: "B": a lowercase RFC 1123 label/),
    ],
  ],
  [
    { volumeAttributesClassName: 'A' },
    [expect.stringMatching(/^spec.volumeAttributesClassName: Invalid value: "A": a lowercase RFC 1123 subdomain/)],
  ],
])('a claim: %j', (spec, expected) => {
  expect(texts(persistentVolumeClaims.strategy.validate?.(claim(spec)))).toEqual(expected);
});

const OLD_CLASS = { 'volume.beta.kubernetes.io/storage-class': 'slow' };
const FIXED =
  'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

it.each<[string, PersistentVolumeClaim, PersistentVolumeClaim, readonly string[]]>([
  ['names its class anew', claim({ storageClassName: 'slow' }), claim({}, OLD_CLASS), []],
  [
    'keeps the class that its annotation names',
    claim({ storageClassName: 'fast' }, OLD_CLASS),
    claim({}, OLD_CLASS),
    [FIXED],
  ],
  [
    'keeps its annotation',
    claim({}),
    claim({}, OLD_CLASS),
    ['metadata.annotations.volume.beta.kubernetes.io/storage-class: Invalid value: "": field is immutable'],
  ],
  ['keeps the class it has', claim({ storageClassName: 'fast' }), claim({ storageClassName: 'slow' }), [FIXED]],
  ['changes its attributes', claim({ volumeAttributesClassName: 'b' }), claim({ volumeAttributesClassName: 'a' }), []],
  [
    'keeps some attributes',
    claim({ volumeAttributesClassName: '' }),
    claim({ volumeAttributesClassName: 'a' }),
    ['spec.volumeAttributesClassName: Forbidden: update from non-nil value to an empty string is forbidden'],
  ],
])('a claim %s', (_name, next, old, expected) => {
  expect(texts(persistentVolumeClaims.strategy.validateUpdate?.(next, old))).toEqual(expected);
});

it.each<[PersistentVolumeClaimStatus, readonly string[]]>([
  [
    {
      allocatedResources: { storage: '1Gi', 'example.com/iops': '3' },
      allocatedResourceStatuses: { storage: 'NodeResizePending' },
    },
    [],
  ],
  [
    { allocatedResources: { storage: '-1', cpu: '1' } },
    [
      'status.allocatedResources[storage]: Invalid value: "-1": must be greater than or equal to 0',
      'status.allocatedResources: Unsupported value: "cpu": supported values: "storage"',
    ],
  ],
  [
    { allocatedResourceStatuses: { storage: 'Soon' } },
    [expect.stringMatching(/^status.allocatedResourceStatus: Unsupported value: "storage": supported values: "Contr/)],
  ],
])('the status %j of a claim', (status, expected) => {
  const [subresource] = persistentVolumeClaims.subresources ?? [];
  if (subresource?.type !== 'status') throw new TypeError('a claim has a status');
  expect(texts(subresource.validateUpdate?.({ ...claim({}), status }, claim({})))).toEqual(expected);
});

const csi = { driver: 'd.example.com', volumeHandle: 'h' };
const secret = { name: 's', namespace: 'x' };
const volume = (spec: PersistentVolumeSpec): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: 'v' },
  spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], ...spec },
});

it.each<[PersistentVolumeSpec, readonly string[]]>([
  [{ csi, volumeAttributesClassName: 'fast' }, []],
  [
    { hostPath: { path: '/a' }, volumeAttributesClassName: 'fast' },
    ['spec.csi: Required value: has to be specified when using volumeAttributesClassName'],
  ],
  [
    { csi: { ...csi, controllerExpandSecretRef: { name: 's' }, nodeExpandSecretRef: { namespace: 'x' } } },
    [
      'spec.csi.controllerExpandSecretRef.namespace: Required value',
      'spec.csi.nodeExpandSecretRef.name: Required value',
    ],
  ],
  [
    { hostPath: { path: '//' }, persistentVolumeReclaimPolicy: 'Recycle' },
    ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
  ],
])('a volume: %j', (spec, expected) => {
  expect(texts(persistentVolumes.strategy.validate?.(volume(spec)))).toEqual(expected);
});

it('lets a volume have the secret that makes it larger, once', () => {
  const grown = volume({ csi: { ...csi, controllerExpandSecretRef: secret } });
  const other = volume({ csi: { ...csi, controllerExpandSecretRef: { ...secret, name: 't' } } });
  expect(persistentVolumes.strategy.validateUpdate?.(grown, volume({ csi }))).toEqual([]);
  expect(persistentVolumes.strategy.validateUpdate?.(other, grown)).toHaveLength(1);
});
