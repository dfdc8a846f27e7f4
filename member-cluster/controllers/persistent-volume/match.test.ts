import { expect, it } from 'vitest';
import type { PersistentVolume, PersistentVolumeClaim } from '../../../src/apis/index.ts';
import { matchingVolume } from './match.ts';

type VolumeSpec = NonNullable<PersistentVolume['spec']>;
type ClaimSpec = NonNullable<PersistentVolumeClaim['spec']>;

const volume = (name: string, spec: VolumeSpec = {}, phase = 'Available'): PersistentVolume => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name, labels: { disk: name } },
  spec: { capacity: { storage: '5Gi' }, accessModes: ['ReadWriteOnce'], storageClassName: 'fast', ...spec },
  status: { phase },
});

const claim = (spec: ClaimSpec = {}): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { namespace: 'ns', name: 'data', uid: 'u1' },
  spec: {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'fast',
    resources: { requests: { storage: '2Gi' } },
    ...spec,
  },
});

const promise = { namespace: 'ns', name: 'data' };

it.each<[string, PersistentVolume, ClaimSpec]>([
  ['too small', volume('v', { capacity: { storage: '1Gi' } }), {}],
  ['of another class', volume('v', { storageClassName: 'slow' }), {}],
  ['of no class', volume('v', { storageClassName: '' }), {}],
  ['for blocks', volume('v', { volumeMode: 'Block' }), {}],
  ['without a mode of access', volume('v'), { accessModes: ['ReadWriteOnce', 'ReadOnlyMany'] }],
  ['with other labels', volume('v'), { selector: { matchLabels: { disk: 'other' } } }],
  ['promised to another claim', volume('v', { claimRef: { ...promise, name: 'other' } }), {}],
  ['promised to an earlier claim of the name', volume('v', { claimRef: { ...promise, uid: 'u0' } }), {}],
  ['of other attributes', volume('v', { volumeAttributesClassName: 'gold' }), {}],
  ['that was used before', volume('v', {}, 'Released'), {}],
])('passes over a volume %s', (_name, candidate, spec) => {
  expect(matchingVolume(claim(spec), [candidate])).toBeUndefined();
});

it('takes the smallest that will do', () => {
  const sizes = ['10Gi', '3Gi', '3000Mi', '1Gi'].map((storage) => volume(storage, { capacity: { storage } }));
  expect(matchingVolume(claim(), sizes)?.metadata.name).toBe('3000Mi');
});

it.each([{}, { uid: 'u1' }])('takes the one that was promised to it before all others: %j', (uid) => {
  const promised = volume('promised', { claimRef: { ...promise, ...uid }, storageClassName: 'slow' });
  const small = volume('small', { capacity: { storage: '2Gi' } });
  expect(matchingVolume(claim(), [small, promised])?.metadata.name).toBe('promised');
});
