import { expect, it } from 'vitest';
import type { PersistentVolume, Pod } from '../../src/apis/index.ts';
import { apiObjectOf } from './api-objects.ts';
import { csiDriverOf } from './csi-driver.ts';
import { referencesOf } from './pod-references.ts';
import { volumeSecrets } from './volume-secrets.ts';

const container = { name: 'c', image: 'i' };

function pod(spec: Partial<NonNullable<Pod['spec']>>, status: Pod['status'] = {}): Pod {
  const metadata = { name: 'web', namespace: 'ns' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], ...spec }, status };
}

const references = (one: Pod) => [...referencesOf(one)].map(({ kind, name }) => `${kind}/${name}`).toSorted();

it('finds what containers, init containers and ephemeral containers take from elsewhere', () => {
  const env = (of: string) => [
    { name: 'A', valueFrom: { secretKeyRef: { name: `${of}-key`, key: 'k' } } },
    { name: 'B', valueFrom: { configMapKeyRef: { name: `${of}-key`, key: 'k' } } },
    { name: 'C', value: 'plain' },
  ];
  const envFrom = (of: string) => [{ secretRef: { name: `${of}-all` } }, { configMapRef: { name: `${of}-all` } }];
  const using = (of: string) => ({ ...container, env: env(of), envFrom: envFrom(of) });
  const one = pod({
    initContainers: [using('init')],
    containers: [using('main')],
    ephemeralContainers: [using('debug')],
    imagePullSecrets: [{ name: 'pull' }, {}],
    serviceAccountName: 'robot',
  });
  const expected = ['init', 'main', 'debug'].flatMap((of) =>
    ['secrets', 'configmaps'].flatMap((kind) => [`${kind}/${of}-key`, `${kind}/${of}-all`]),
  );
  expect(references(one)).toEqual([...expected, 'secrets/pull', 'serviceaccounts/robot'].toSorted());
});

it('finds what volumes are made of', () => {
  const one = pod({
    volumes: [
      { name: 'a', secret: { secretName: 'secret' } },
      { name: 'b', configMap: { name: 'config' } },
      { name: 'c', persistentVolumeClaim: { claimName: 'claim' } },
      { name: 'own', ephemeral: {} },
      { name: 'd', csi: { driver: 'x', nodePublishSecretRef: { name: 'publish' } } },
      { name: 'e', azureFile: { secretName: 'azure', shareName: 's' } },
      { name: 'f', cephfs: { monitors: [], secretRef: { name: 'ceph' } } },
      { name: 'g', projected: { sources: [{ secret: { name: 'part' } }, { configMap: { name: 'part' } }] } },
      { name: 'h', emptyDir: {} },
    ],
  });
  expect(references(one)).toEqual([
    'configmaps/config',
    'configmaps/part',
    'persistentvolumeclaims/claim',
    'persistentvolumeclaims/web-own',
    'secrets/azure',
    'secrets/ceph',
    'secrets/part',
    'secrets/publish',
    'secrets/secret',
  ]);
});

it('finds the devices that it claims: by name, made of a template, and for its extended resources', () => {
  const resourceClaims = [
    { name: 'named', resourceClaimName: 'fast' },
    { name: 'made', resourceClaimTemplateName: 't' },
    { name: 'unmade', resourceClaimTemplateName: 't' },
  ];
  const status = {
    resourceClaimStatuses: [{ name: 'made', resourceClaimName: 'web-made' }],
    extendedResourceClaimStatus: { resourceClaimName: 'extended', requestMappings: [] },
  };
  expect(references(pod({ resourceClaims }, status))).toEqual([
    'resourceclaims/extended',
    'resourceclaims/fast',
    'resourceclaims/web-made',
  ]);
});

it('finds the Secrets by which a node mounts a volume, at home in the namespace of its claim', () => {
  const volume = (spec: NonNullable<PersistentVolume['spec']>): PersistentVolume => ({
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: 'v' },
    spec,
  });
  const csi = {
    driver: 'x',
    volumeHandle: 'h',
    nodePublishSecretRef: { name: 'publish', namespace: 'storage' },
    nodeStageSecretRef: { name: 'stage' },
    controllerPublishSecretRef: { name: 'controller', namespace: 'storage' },
  };
  const claimRef = { namespace: 'ns', name: 'claim' };
  expect(volumeSecrets(volume({ claimRef, csi }))).toEqual([
    { namespace: 'storage', name: 'publish' },
    { namespace: 'ns', name: 'stage' },
  ]);
  expect(volumeSecrets(volume({ csi }))).toEqual([]);
});

it.each([
  ['an account', { serviceAccountName: 'a' }, 'serviceaccounts'],
  ['a Secret', { imagePullSecrets: [{ name: 'x' }] }, 'secrets'],
  ['a ConfigMap', { volumes: [{ name: 'v', configMap: { name: 'x' } }] }, 'configmaps'],
  ['a device', { resourceClaims: [{ name: 'x', resourceClaimName: 'y' }] }, 'resourceclaims'],
  ['a claim', { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'x' } }] }, 'persistentvolumeclaims'],
  ['a claim of its own', { volumes: [{ name: 'v', ephemeral: {} }] }, 'persistentvolumeclaims (via ephemeral volumes)'],
  ['a driver', { volumes: [{ name: 'v', csi: { driver: 'x' } }] }, 'csidrivers (via CSI volumes)'],
  [
    'a token',
    { volumes: [{ name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } }] },
    'serviceaccounts (via projected volumes)',
  ],
  [
    'a bundle of certificates',
    { volumes: [{ name: 'v', projected: { sources: [{ clusterTrustBundle: { path: 't' } }] } }] },
    'clustertrustbundles',
  ],
  [
    'nothing',
    {
      volumes: [
        { name: 'v', hostPath: { path: '/' } },
        { name: 'd', projected: { sources: [{ downwardAPI: {} }] } },
      ],
    },
    undefined,
  ],
])('says what a pod needs of the API: %s', (_, spec, expected) => {
  expect(apiObjectOf(pod(spec))).toBe(expected);
});

it('knows the driver of a volume, and the one that took the place of what mounted it once', () => {
  expect(csiDriverOf({ csi: { driver: 'mine' } })).toBe('mine');
  expect(csiDriverOf({ azureFile: { secretName: 's', shareName: 's' } })).toBe('file.csi.azure.com');
  expect(csiDriverOf({})).toBeUndefined();
});
