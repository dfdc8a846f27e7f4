import { afterAll, expect, it } from 'vitest';
import {
  events,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  storageClasses,
  type PersistentVolumeClaim,
  type Pod,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 2 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';
const wait = { timeout: 5000 };

const claimOf = (name: string, spec: Partial<NonNullable<PersistentVolumeClaim['spec']>> = {}) => ({
  metadata: { namespace, name },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } }, ...spec },
});

const podOf = (name: string, claimName: string) => ({
  metadata: { namespace, name },
  spec: {
    containers: [{ name: 'c', image: 'i', volumeMounts: [{ name: 'data', mountPath: '/data' }] }],
    volumes: [{ name: 'data', persistentVolumeClaim: { claimName } }],
  },
});

const claim = (name: string) => client.get(persistentVolumeClaims, { namespace, name });
const phaseOf = async (name: string) => (await claim(name)).status?.phase;
const podPhase = async (name: string) => (await client.get(pods, { namespace, name })).status?.phase;

async function reasonsOf(name: string): Promise<readonly string[]> {
  const { items } = await client.list(events, { namespace, fieldSelector: `involvedObject.name=${name}` });
  return items.map(({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`);
}

function conditionOf({ status }: Pod): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'PodScheduled')?.message;
}

it('makes a volume for a claim of the default class, and takes it away with the claim', async () => {
  expect((await client.list(storageClasses)).items.map(({ metadata }) => metadata.name)).toEqual(['standard']);
  await client.create(persistentVolumeClaims, claimOf('made'));
  await client.create(pods, podOf('user', 'made'));
  await expect.poll(() => podPhase('user'), wait).toBe('Running');
  const { metadata, spec, status } = await claim('made');
  expect(spec).toMatchObject({ storageClassName: 'standard', volumeName: `pvc-${metadata.uid ?? ''}` });
  expect(status).toEqual({ phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } });
  const key = { name: spec?.volumeName ?? '' };
  await expect.poll(async () => (await client.get(persistentVolumes, key)).status?.phase, wait).toBe('Bound');
  expect(await reasonsOf('made')).toContain(`ProvisioningSucceeded: Successfully provisioned volume ${key.name}`);

  await client.delete(persistentVolumeClaims, { namespace, name: 'made' });
  expect((await claim('made')).metadata.deletionTimestamp).toBeDefined();
  await client.delete(pods, { namespace, name: 'user' }, { gracePeriodSeconds: 0 });
  await expect.poll(async () => (await client.list(persistentVolumes)).items, wait).toEqual([]);
  expect((await client.list(persistentVolumeClaims, { namespace })).items).toEqual([]);
});

it('gives a claim the smallest volume that will do, and keeps what is to be kept', async () => {
  for (const [name, storage] of [
    ['small', '1Gi'],
    ['large', '10Gi'],
    ['middle', '5Gi'],
  ] as const) {
    await client.create(persistentVolumes, {
      metadata: { name },
      spec: {
        capacity: { storage },
        accessModes: ['ReadWriteOnce'],
        hostPath: { path: '/x' },
        storageClassName: 'own',
      },
    });
  }
  const spec = { storageClassName: 'own', resources: { requests: { storage: '2Gi' } } };
  const phases = async (): Promise<Readonly<Record<string, string | undefined>>> =>
    Object.fromEntries(
      (await client.list(persistentVolumes)).items.map(({ metadata, status }) => [metadata.name ?? '', status?.phase]),
    );
  await expect.poll(phases, wait).toEqual({ small: 'Available', large: 'Available', middle: 'Available' });
  await client.create(persistentVolumeClaims, claimOf('found', spec));
  await expect.poll(() => phaseOf('found'), wait).toBe('Bound');
  expect((await claim('found')).spec?.volumeName).toBe('middle');
  await expect.poll(phases, wait).toEqual({ small: 'Available', large: 'Available', middle: 'Bound' });
  await client.delete(persistentVolumeClaims, { namespace, name: 'found' });
  await expect.poll(phases, wait).toEqual({ small: 'Available', large: 'Available', middle: 'Released' });

  await client.create(persistentVolumeClaims, claimOf('named', { ...spec, volumeName: 'large' }));
  await expect.poll(() => phaseOf('named'), wait).toBe('Bound');
  await client.delete(persistentVolumes, { name: 'large' });
  expect((await client.get(persistentVolumes, { name: 'large' })).metadata.deletionTimestamp).toBeDefined();
});

it('waits for the first pod where the class says so, and makes the pod wait where it does not', async () => {
  const later = { metadata: { name: 'later' }, provisioner: 'hollow.koinon.dev' };
  await client.create(storageClasses, { ...later, volumeBindingMode: 'WaitForFirstConsumer' });
  await client.create(persistentVolumeClaims, claimOf('waiting', { storageClassName: 'later' }));
  await expect
    .poll(() => reasonsOf('waiting'), wait)
    .toEqual(['WaitForFirstConsumer: waiting for first consumer to be created before binding']);
  await client.create(pods, podOf('first', 'waiting'));
  await expect.poll(() => podPhase('first'), wait).toBe('Running');
  expect(await phaseOf('waiting')).toBe('Bound');

  await client.create(storageClasses, { metadata: { name: 'foreign' }, provisioner: 'example.com/disks' });
  await client.create(persistentVolumeClaims, claimOf('foreign', { storageClassName: 'foreign' }));
  await client.create(pods, podOf('stuck', 'foreign'));
  const stuck = async () => conditionOf(await client.get(pods, { namespace, name: 'stuck' }));
  await expect.poll(stuck, wait).toContain('pod has unbound immediate PersistentVolumeClaims');
  const asked = async () => (await claim('foreign')).metadata.annotations?.['volume.kubernetes.io/storage-provisioner'];
  await expect.poll(asked, wait).toBe('example.com/disks');
  await client.create(pods, podOf('lost', 'nowhere'));
  const lost = async () => conditionOf(await client.get(pods, { namespace, name: 'lost' }));
  await expect.poll(lost, wait).toContain('persistentvolumeclaim "nowhere" not found');
  await client.create(persistentVolumeClaims, claimOf('nowhere'));
  await expect.poll(() => podPhase('lost'), wait).toBe('Running');
});

it('makes the claims of volumes that live as long as their pod', async () => {
  const volumeClaimTemplate = { spec: claimOf('').spec };
  const pod = podOf('fleeting', '');
  await client.create(pods, {
    ...pod,
    spec: { ...pod.spec, volumes: [{ name: 'data', ephemeral: { volumeClaimTemplate } }] },
  });
  await expect.poll(() => podPhase('fleeting'), wait).toBe('Running');
  expect(await phaseOf('fleeting-data')).toBe('Bound');
  await client.delete(pods, { namespace, name: 'fleeting' }, { gracePeriodSeconds: 0 });
  await expect
    .poll(
      async () => (await client.list(persistentVolumeClaims, { namespace })).items.map((each) => each.metadata.name),
      wait,
    )
    .not.toContain('fleeting-data');
});
