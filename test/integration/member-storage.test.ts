import { afterAll, expect, it } from 'vitest';
import { isNotFound, type KubeObject, type ObjectKey, type Resource } from '../../src/apimachinery/index.ts';
import {
  limitRanges,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  resourceQuotas,
  storageClasses,
  volumeAttributesClasses,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 1 });
afterAll(() => member[Symbol.asyncDispose]());
const { client } = member;

const metadata = (name: string) => ({ namespace: 'default', name });
const gone = async <T extends KubeObject>(resource: Resource<T>, key: ObjectKey) =>
  client.get(resource, key).then(
    () => false,
    (err: unknown) => isNotFound(err),
  );
const claim = (name: string, storage = '1Gi') => ({
  metadata: metadata(name),
  spec: { accessModes: ['ReadWriteOnce'], storageClassName: 'growing', resources: { requests: { storage } } },
});

async function running(name: string, spec: object = {}) {
  const containers = [
    { name: 'main', image: 'nginx:1', resources: { requests: { cpu: '100m' }, limits: { cpu: '1' } } },
  ];
  await client.create(pods, { metadata: metadata(name), spec: { containers, ...spec } });
  const found = () => client.get(pods, metadata(name));
  await expect.poll(async () => (await found()).status?.phase, { timeout: 10_000 }).toBe('Running');
  return found();
}

it('keeps claims for as long as a pod uses them', async () => {
  await client.create(persistentVolumeClaims, claim('used'));
  const volumes = [{ name: 'data', persistentVolumeClaim: { claimName: 'used' } }];
  const [node] = (await client.list(nodes)).items;
  await client.create(pods, {
    metadata: metadata('user'),
    spec: { nodeName: node?.metadata.name ?? '', containers: [{ name: 'main', image: 'nginx:1' }], volumes },
  });
  await client.delete(persistentVolumeClaims, metadata('used'));
  await client.create(persistentVolumeClaims, claim('unused'));
  await client.delete(persistentVolumeClaims, metadata('unused'));
  await expect.poll(() => gone(persistentVolumeClaims, metadata('unused'))).toBe(true);
  expect((await client.get(persistentVolumeClaims, metadata('used'))).metadata).toMatchObject({
    deletionTimestamp: expect.any(String) as string,
    finalizers: ['kubernetes.io/pvc-protection'],
  });
  await client.delete(pods, metadata('user'), { gracePeriodSeconds: 0 });
  await expect.poll(() => gone(persistentVolumeClaims, metadata('used')), { timeout: 10_000 }).toBe(true);
});

it('keeps volumes for as long as they are bound', async () => {
  const volume = await client.create(persistentVolumes, {
    metadata: { name: 'bound' },
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/data' } },
  });
  const held = await client.updateStatus(persistentVolumes, { ...volume, status: { phase: 'Bound' } });
  await client.delete(persistentVolumes, { name: 'bound' });
  const deleted = await client.get(persistentVolumes, { name: 'bound' });
  expect(deleted.metadata.finalizers).toEqual(['kubernetes.io/pv-protection']);
  const { resourceVersion: _version, ...rest } = held.metadata;
  await client.updateStatus(persistentVolumes, { ...held, metadata: rest, status: { phase: 'Released' } });
  await expect.poll(() => gone(persistentVolumes, { name: 'bound' })).toBe(true);
});

it('keeps classes of attributes for as long as a claim has them', async () => {
  const name = 'fast-disk';
  await client.create(volumeAttributesClasses, {
    metadata: { name },
    driverName: 'example.com',
    parameters: { a: 'b' },
  });
  const { spec, ...rest } = claim('classed');
  await client.create(persistentVolumeClaims, { ...rest, spec: { ...spec, volumeAttributesClassName: name } });
  await client.delete(volumeAttributesClasses, { name });
  const deleted = await client.get(volumeAttributesClasses, { name });
  expect(deleted.metadata.finalizers).toEqual(['kubernetes.io/vac-protection']);
  await client.delete(persistentVolumeClaims, metadata('classed'));
  await expect.poll(() => gone(volumeAttributesClasses, { name })).toBe(true);
});

it('lets claims grow where their class does', async () => {
  const provisioner = 'example.com/disks';
  await client.create(storageClasses, { metadata: { name: 'growing' }, provisioner, allowVolumeExpansion: true });
  const made = await client.create(persistentVolumeClaims, claim('growing'));
  const grow = (storage: string) =>
    client.patch(persistentVolumeClaims, metadata('growing'), {
      type: 'merge',
      patch: { spec: { resources: { requests: { storage } } } },
    });
  await client.updateStatus(persistentVolumeClaims, { ...made, status: { phase: 'Bound' } });
  expect((await grow('2Gi')).spec?.resources?.requests).toEqual({ storage: '2Gi' });
  await client.patch(storageClasses, { name: 'growing' }, { type: 'merge', patch: { allowVolumeExpansion: false } });
  await expect
    .poll(() => grow('3Gi').then(() => 'grown', String))
    .toContain('persistentvolumeclaims "growing" is forbidden: only dynamically provisioned pvc can be resized');
});

it('tells pods where their node is, and holds resized ones to quotas and limit ranges', async () => {
  await client.create(resourceQuotas, { metadata: metadata('cpu'), spec: { hard: { 'requests.cpu': '300m' } } });
  const used = async () => (await client.get(resourceQuotas, metadata('cpu'))).status?.used?.['requests.cpu'];
  await expect.poll(used).toBe('0');
  const pod = await running('resized');
  expect(pod.metadata.labels).toMatchObject({
    'topology.kubernetes.io/zone': 'europe-west1-b',
    'topology.kubernetes.io/region': 'europe-west1',
  });
  expect(await used()).toBe('100m');
  const resizedTo = (amounts: object) =>
    client
      .patch(
        pods,
        metadata('resized'),
        { type: 'strategic', patch: { spec: { containers: [{ name: 'main', resources: { ...amounts } }] } } },
        { subresource: 'resize' },
      )
      .then(() => 'resized', String);
  const resize = (cpu: string) => resizedTo({ requests: { cpu } });
  const resizeLimits = (cpu: string) => resizedTo({ requests: { cpu }, limits: { cpu: '200' } });
  expect(await resize('250m')).toBe('resized');
  expect(await used()).toBe('250m');
  expect(await resize('301m')).toContain(
    'pods "resized" is forbidden: exceeded quota: cpu, requested: requests.cpu=51m, used: requests.cpu=250m, limited: requests.cpu=300m',
  );
  await client.patch(resourceQuotas, metadata('cpu'), {
    type: 'merge',
    patch: { spec: { hard: { 'requests.cpu': '999' } } },
  });
  await expect
    .poll(() => resizeLimits('99'))
    .toMatch(
      /^StatusError: pods "resized" is forbidden: Node didn't have enough allocatable resources: cpu, requested: 99000, /,
    );
  await client.create(limitRanges, {
    metadata: metadata('small'),
    spec: { limits: [{ type: 'Container', max: { cpu: '1' }, min: { cpu: '200m' } }] },
  });
  await expect
    .poll(() => resize('150m'))
    .toContain('pods "resized" is forbidden: minimum cpu usage per Container is 200m, but request is 150m');
});
