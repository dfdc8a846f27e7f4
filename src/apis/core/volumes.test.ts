import { describe, expect, it } from 'vitest';
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
const context = { user: { username: '', groups: [] }, now: 0 };

const spec: PersistentVolumeSpec = {
  capacity: { storage: '1024Mi' },
  accessModes: ['ReadWriteOnce'],
  hostPath: { path: '/data' },
};
const volume = (change: PersistentVolumeSpec = {}): PersistentVolume => {
  const object: PersistentVolume = {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'a', creationTimestamp: '1970-01-01T00:00:00Z' },
    spec: { ...spec, ...change },
  };
  return persistentVolumes.strategy.defaults?.(object) ?? object;
};

describe('PersistentVolume', () => {
  it('is retained, has files, and is pending whatever its author says', () => {
    expect(volume().spec).toEqual({
      ...spec,
      capacity: { storage: '1Gi' },
      hostPath: { path: '/data', type: '' },
      persistentVolumeReclaimPolicy: 'Retain',
      volumeMode: 'Filesystem',
    });
    const bound = { ...volume(), status: { phase: 'Bound' } };
    expect(persistentVolumes.strategy.prepareForCreate?.(bound, context).status).toEqual({ phase: 'Pending' });
  });

  it.each<[string, PersistentVolumeSpec, readonly string[]]>([
    ['all is well', {}, []],
    ['no access mode', { accessModes: [] }, ['spec.accessModes: Required value']],
    [
      'an unknown access mode',
      { accessModes: ['Sometimes'] },
      [
        'spec.accessModes: Unsupported value: "Sometimes": supported values: "ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"',
      ],
    ],
    [
      'a mode for one pod and others',
      { accessModes: ['ReadWriteOncePod', 'ReadOnlyMany'] },
      ['spec.accessModes: Forbidden: may not use ReadWriteOncePod with other access modes'],
    ],
    ['no capacity', { capacity: {} }, ['spec.capacity: Required value']],
    [
      'no room',
      { capacity: { storage: '0' } },
      ['spec.capacity[storage]: Invalid value: "0": must be greater than zero'],
    ],
    [
      'two sources',
      { nfs: { server: 's', path: '/' } },
      ['spec.nfs: Forbidden: may not specify more than 1 volume type'],
    ],
    [
      'a local disk that is on no node',
      { local: { path: '/d' } },
      [
        'spec.nodeAffinity: Required value: Local volume requires node affinity',
        'spec.local: Forbidden: may not specify more than 1 volume type',
      ],
    ],
    [
      'the root recycled',
      { hostPath: { path: '/' }, persistentVolumeReclaimPolicy: 'Recycle' },
      ["spec.persistentVolumeReclaimPolicy: Forbidden: may not be 'recycle' for a hostPath mount of '/'"],
    ],
    [
      'a path that climbs',
      { hostPath: { path: '/a/../b' } },
      [`spec.hostPath.path: Invalid value: "/a/../b": must not contain '..'`],
    ],
    [
      'an unknown mode',
      { volumeMode: 'Tape' },
      ['spec.volumeMode: Unsupported value: "Tape": supported values: "Block", "Filesystem"'],
    ],
  ])('validates %s', (_name, change, expected) => {
    expect(texts(persistentVolumes.strategy.validate?.(volume(change)))).toEqual(expected);
  });

  it('asks for a source, and for what the source needs', () => {
    const { hostPath: _path, ...sourceless } = volume().spec ?? {};
    const validate = (of: PersistentVolumeSpec) =>
      texts(persistentVolumes.strategy.validate?.({ ...volume(), spec: of }));
    expect(validate(sourceless)).toEqual(['spec: Required value: must specify a volume type']);
    expect(validate({ ...sourceless, csi: { driver: 'd', volumeHandle: '' } })).toEqual([
      'spec.csi.volumeHandle: Required value',
    ]);
  });

  it('stays where it is', () => {
    const update = (change: PersistentVolumeSpec) =>
      texts(persistentVolumes.strategy.validateUpdate?.(volume(change), volume()));
    expect(update({ persistentVolumeReclaimPolicy: 'Delete', capacity: { storage: '2Gi' } })).toEqual([]);
    expect(update({ hostPath: { path: '/other' } })).toEqual([
      'spec.persistentvolumesource: Forbidden: spec.persistentvolumesource is immutable after creation',
    ]);
    expect(update({ volumeMode: 'Block' })).toEqual(['volumeMode: Invalid value: "Block": field is immutable']);
  });

  it('shows who has it', () => {
    const used = { ...volume({ claimRef: { namespace: 'x', name: 'c' } }), status: { phase: 'Bound' } };
    expect(persistentVolumes.columns?.map((column) => column.value(used, 5000))).toEqual([
      'a',
      '1Gi',
      'RWO',
      'Retain',
      'Bound',
      'x/c',
      '',
      '<unset>',
      '',
      '5s',
      'Filesystem',
    ]);
  });
});

const claim = (
  change: PersistentVolumeClaimSpec = {},
  status: PersistentVolumeClaimStatus = { phase: 'Pending' },
): PersistentVolumeClaim => {
  const object: PersistentVolumeClaim = {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'c', namespace: 'x', creationTimestamp: '1970-01-01T00:00:00Z' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '2Gi' } }, ...change },
    status,
  };
  return persistentVolumeClaims.strategy.defaults?.(object) ?? object;
};
const asking = (storage: string) => ({ resources: { requests: { storage } } });

describe('PersistentVolumeClaim', () => {
  it.each<[string, PersistentVolumeClaimSpec, readonly string[]]>([
    ['all is well', {}, []],
    ['no access mode', { accessModes: [] }, ['spec.accessModes: Required value: at least 1 access mode is required']],
    ['no size', { resources: {} }, ['spec.resources[storage]: Required value']],
    ['nothing asked for', asking('0'), ['spec.resources[storage]: Invalid value: "0": must be greater than zero']],
    [
      'a source without a name',
      { dataSource: { kind: 'PersistentVolumeClaim', name: '' } },
      ['spec.dataSource.name: Required value', 'spec.dataSourceRef.name: Required value'],
    ],
  ])('validates %s', (_name, change, expected) => {
    expect(texts(persistentVolumeClaims.strategy.validate?.(claim(change)))).toEqual(expected);
  });

  const bound: PersistentVolumeClaimStatus = { phase: 'Bound', capacity: { storage: '1Gi' } };
  const fixed =
    'spec: Forbidden: spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';

  it.each<[string, PersistentVolumeClaimSpec, PersistentVolumeClaimStatus, readonly string[]]>([
    ['gets its volume', { volumeName: 'a' }, { phase: 'Pending' }, []],
    ['gets its class', { storageClassName: 'fast' }, { phase: 'Pending' }, []],
    ['cannot ask for more before it has something', asking('3Gi'), { phase: 'Pending' }, [fixed]],
    ['asks for more', asking('3Gi'), bound, []],
    ['takes back a part of what it asked for', asking('1536Mi'), bound, []],
    [
      'keeps what it has',
      asking('1Gi'),
      bound,
      ['spec.resources.requests.storage: Forbidden: field can not be less than status.capacity'],
    ],
    ['keeps its modes', { accessModes: ['ReadOnlyMany'] }, bound, [fixed]],
  ])('%s', (_name, change, status, expected) => {
    const old = claim({}, status);
    expect(texts(persistentVolumeClaims.strategy.validateUpdate?.(claim(change, status), old))).toEqual(expected);
  });

  it('shows its volume once it has one', () => {
    const values = (object: PersistentVolumeClaim) =>
      persistentVolumeClaims.columns?.map((column) => column.value(object, 5000));
    expect(values(claim())).toEqual(['c', 'Pending', '', '', '', '', '<unset>', '5s', 'Filesystem']);
    const status = { phase: 'Bound', capacity: { storage: '2Gi' }, accessModes: ['ReadWriteOnce'] };
    expect(values(claim({ volumeName: 'a', storageClassName: 'fast' }, status))).toEqual([
      'c',
      'Bound',
      'a',
      '2Gi',
      'RWO',
      'fast',
      '<unset>',
      '5s',
      'Filesystem',
    ]);
  });
});
