import { afterAll, expect, it } from 'vitest';
import {
  controllerRevisions,
  events,
  persistentVolumeClaims,
  pods,
  statefulSets,
  type Pod,
  type StatefulSet,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 3 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';
const wait = { timeout: 5000 };

function setOf(name: string, spec: Partial<NonNullable<StatefulSet['spec']>> = {}) {
  const labels = { app: name };
  return {
    metadata: { namespace, name },
    spec: {
      replicas: 3,
      serviceName: `${name}-peers`,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'db:1' }] } },
      ...spec,
    },
  };
}

const claimTemplates = [
  {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'data' },
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } },
  },
];

const read = (name: string) => client.get(statefulSets, { namespace, name });

const patch = (name: string, spec: object) =>
  client.patch(
    statefulSets,
    { namespace, name },
    { type: 'strategic', patch: { spec: JSON.parse(JSON.stringify(spec)) as never } },
  );

const image = (of: string) => ({ template: { spec: { containers: [{ name: 'c', image: of }] } } });

async function podsOf(name: string): Promise<readonly Pod[]> {
  const { items } = await client.list(pods, { namespace, labelSelector: `app=${name}` });
  return items
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined)
    .sort((a, b) => ((a.metadata.name ?? '') < (b.metadata.name ?? '') ? -1 : 1));
}

const namesOf = async (name: string) => (await podsOf(name)).map(({ metadata }) => metadata.name);

const imagesOf = async (name: string) => (await podsOf(name)).map(({ spec }) => spec?.containers[0]?.image);

const claimsOf = async (name: string) =>
  (await client.list(persistentVolumeClaims, { namespace, labelSelector: `app=${name}` })).items
    .map(({ metadata }) => metadata.name ?? '')
    .sort();

async function readyOf(name: string) {
  const { status } = await read(name);
  return [status?.replicas, status?.readyReplicas ?? 0, status?.availableReplicas];
}

/** Names of pods as they came and went, `+a` and `-a`. */
function following(name: string): { readonly steps: readonly string[]; stop(): Promise<void> } {
  const ending = new AbortController();
  const steps: string[] = [];
  const done = (async () => {
    const options = { namespace, labelSelector: `app=${name}`, signal: ending.signal };
    for await (const { type, object } of client.watch(pods, options)) {
      if (type === 'ADDED') steps.push(`+${object.metadata.name ?? ''}`);
      if (type === 'DELETED') steps.push(`-${object.metadata.name ?? ''}`);
    }
  })();
  return {
    steps,
    async stop() {
      ending.abort();
      await done;
    },
  };
}

it('makes pods one after the other, each with its name, and takes them away in reverse', async () => {
  const seen = following('db');
  await client.create(statefulSets, setOf('db'));
  await expect.poll(() => readyOf('db'), wait).toEqual([3, 3, 3]);
  const [first] = await podsOf('db');
  const revision = (await read('db')).status?.currentRevision ?? '';
  expect(revision).toMatch(/^db-/);
  expect(first?.metadata.labels).toMatchObject({
    app: 'db',
    'statefulset.kubernetes.io/pod-name': 'db-0',
    'apps.kubernetes.io/pod-index': '0',
    'controller-revision-hash': revision,
  });
  expect(first?.spec).toMatchObject({ hostname: 'db-0', subdomain: 'db-peers' });
  expect((await read('db')).status).toEqual({
    observedGeneration: 1,
    replicas: 3,
    readyReplicas: 3,
    currentReplicas: 3,
    updatedReplicas: 3,
    currentRevision: revision,
    updateRevision: revision,
    collisionCount: 0,
    availableReplicas: 3,
  });
  await patch('db', { replicas: 1 });
  await expect.poll(() => readyOf('db'), wait).toEqual([1, 1, 1]);
  await expect.poll(() => seen.steps, wait).toEqual(['+db-0', '+db-1', '+db-2', '-db-2', '-db-1']);
  await seen.stop();
  const told = async () =>
    (await client.list(events, { namespace, fieldSelector: 'involvedObject.name=db' })).items.map(
      ({ reason, message }) => `${reason ?? ''}: ${message ?? ''}`,
    );
  await expect
    .poll(told)
    .toEqual(
      expect.arrayContaining([
        'SuccessfulCreate: create Pod db-0 in StatefulSet db successful',
        'SuccessfulDelete: delete Pod db-2 in StatefulSet db successful',
      ]),
    );
});

it('rolls out a new template from the highest pod down to the partition, and takes it back', async () => {
  await client.create(statefulSets, setOf('rolling', { revisionHistoryLimit: 1 }));
  await expect.poll(() => readyOf('rolling'), wait).toEqual([3, 3, 3]);
  const before = (await read('rolling')).status?.currentRevision;
  await patch('rolling', { ...image('db:2'), updateStrategy: { rollingUpdate: { partition: 1 } } });
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['db:1', 'db:2', 'db:2']);
  await expect.poll(() => readyOf('rolling'), wait).toEqual([3, 3, 3]);
  const halfway = (await read('rolling')).status;
  expect(halfway).toMatchObject({ currentRevision: before, currentReplicas: 1, updatedReplicas: 2 });

  const [first] = await podsOf('rolling');
  await client.delete(pods, { namespace, name: 'rolling-0' }, { gracePeriodSeconds: 0 });
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['db:1', 'db:2', 'db:2']);
  expect((await podsOf('rolling'))[0]?.metadata.uid).not.toBe(first?.metadata.uid);
  await expect.poll(() => readyOf('rolling'), wait).toEqual([3, 3, 3]);

  await patch('rolling', { updateStrategy: { rollingUpdate: { partition: 0 } } });
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['db:2', 'db:2', 'db:2']);
  await expect.poll(async () => (await read('rolling')).status?.currentRevision, wait).toBe(halfway?.updateRevision);
  await patch('rolling', image('db:1'));
  await expect.poll(() => imagesOf('rolling'), wait).toEqual(['db:1', 'db:1', 'db:1']);
  await expect.poll(async () => (await read('rolling')).status?.currentRevision, wait).toBe(before);
  const revisions = await client.list(controllerRevisions, { namespace, labelSelector: 'app=rolling' });
  expect(revisions.items.map(({ revision }) => revision).sort()).toEqual([2, 3]);
});

it('makes all pods at once where no order is wanted, from the ordinal where it begins', async () => {
  const parallel = { podManagementPolicy: 'Parallel', ordinals: { start: 5 } };
  const stuck = { nodeSelector: { no: 'such' }, containers: [{ name: 'c', image: 'db:1' }] };
  const template = { metadata: { labels: { app: 'many' } }, spec: stuck };
  await client.create(statefulSets, setOf('many', { ...parallel, template }));
  await expect.poll(() => namesOf('many'), wait).toEqual(['many-5', 'many-6', 'many-7']);
  expect((await podsOf('many'))[0]?.metadata.labels?.['apps.kubernetes.io/pod-index']).toBe('5');
  await patch('many', { template: { spec: { nodeSelector: { no: null } } } });
  await expect.poll(() => readyOf('many'), wait).toEqual([3, 3, 3]);
  await patch('many', { ordinals: { start: 6 }, replicas: 2 });
  await expect.poll(() => namesOf('many'), wait).toEqual(['many-6', 'many-7']);
});

it('waits for a pod that is broken, and goes on when somebody deletes it', async () => {
  const template = {
    metadata: { labels: { app: 'broken' } },
    spec: { containers: [{ name: 'c', image: 'db:1' }], nodeSelector: { no: 'such' } },
  };
  await client.create(statefulSets, setOf('broken', { template }));
  await expect.poll(() => namesOf('broken'), wait).toEqual(['broken-0']);
  await patch('broken', { template: { spec: { nodeSelector: { no: null } } } });
  await expect.poll(async () => (await read('broken')).status?.observedGeneration, wait).toBe(2);
  expect(await namesOf('broken')).toEqual(['broken-0']);
  await client.delete(pods, { namespace, name: 'broken-0' }, { gracePeriodSeconds: 0 });
  await expect.poll(() => readyOf('broken'), wait).toEqual([3, 3, 3]);
});

it('leaves pods as they are where updates are left to the user, and replaces those that ended', async () => {
  await client.create(statefulSets, setOf('manual', { replicas: 2, updateStrategy: { type: 'OnDelete' } }));
  await expect.poll(() => readyOf('manual'), wait).toEqual([2, 2, 2]);
  await patch('manual', image('db:2'));
  await expect.poll(async () => (await read('manual')).status?.updatedReplicas, wait).toBeUndefined();
  const key = { namespace, name: 'manual-1' };
  await client.patch(pods, key, { type: 'merge', patch: { status: { phase: 'Failed' } } }, { subresource: 'status' });
  await expect.poll(() => imagesOf('manual'), wait).toEqual(['db:1', 'db:2']);
});

it('makes the claims of each pod, and keeps them', async () => {
  await client.create(statefulSets, setOf('kept', { replicas: 2, volumeClaimTemplates: claimTemplates }));
  await expect.poll(() => namesOf('kept'), wait).toEqual(['kept-0', 'kept-1']);
  expect(await claimsOf('kept')).toEqual(['data-kept-0', 'data-kept-1']);
  expect((await podsOf('kept'))[1]?.spec?.volumes?.[0]).toMatchObject({
    name: 'data',
    persistentVolumeClaim: { claimName: 'data-kept-1' },
  });
  await patch('kept', { replicas: 0 });
  await expect.poll(() => namesOf('kept'), wait).toEqual([]);
  expect(await claimsOf('kept')).toEqual(['data-kept-0', 'data-kept-1']);
});

it('lets claims go with their pods and with the set where the policy says so', async () => {
  const policy = { whenScaled: 'Delete', whenDeleted: 'Delete' };
  await client.create(
    statefulSets,
    setOf('gone', {
      replicas: 2,
      volumeClaimTemplates: claimTemplates,
      persistentVolumeClaimRetentionPolicy: policy,
    }),
  );
  await expect.poll(() => readyOf('gone'), wait).toEqual([2, 2, 2]);
  await patch('gone', { replicas: 1 });
  await expect.poll(() => claimsOf('gone'), wait).toEqual(['data-gone-0']);
  await client.delete(statefulSets, { namespace, name: 'gone' });
  await expect.poll(() => claimsOf('gone'), wait).toEqual([]);
});
