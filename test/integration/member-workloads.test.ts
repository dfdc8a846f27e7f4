import { afterAll, expect, it } from 'vitest';
import { findCondition } from '../../src/apimachinery/index.ts';
import {
  deployments,
  endpoints,
  endpointSlices,
  events,
  nodes,
  pods,
  replicaSets,
  services,
  type Deployment,
  type Pod,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 3 });

afterAll(() => member[Symbol.asyncDispose]());

const { client } = member;
const namespace = 'default';

interface Traits {
  readonly replicas?: number;
  readonly image?: string;
  readonly strategy?: NonNullable<Deployment['spec']>['strategy'];
  readonly annotations?: Readonly<Record<string, string>>;
}

function deploymentOf(name: string, { replicas = 3, image = 'nginx:1', strategy, annotations = {} }: Traits = {}) {
  const labels = { app: name };
  const containers = [{ name: 'web', image, ports: [{ name: 'http', containerPort: 80 }] }];
  return {
    metadata: { namespace, name, labels },
    spec: {
      replicas,
      selector: { matchLabels: labels },
      template: { metadata: { labels, annotations }, spec: { containers } },
      ...(strategy === undefined ? {} : { strategy }),
    },
  };
}

const read = (name: string) => client.get(deployments, { namespace, name });

async function podsOf(name: string): Promise<readonly Pod[]> {
  return (await client.list(pods, { namespace, labelSelector: `app=${name}` })).items;
}

async function countsOf(name: string) {
  const {
    replicas = 0,
    readyReplicas = 0,
    updatedReplicas = 0,
    availableReplicas = 0,
  } = (await read(name)).status ?? {};
  return [replicas, updatedReplicas, readyReplicas, availableReplicas];
}

const patch = (name: string, spec: object) =>
  client.patch(
    deployments,
    { namespace, name },
    { type: 'merge', patch: { spec: JSON.parse(JSON.stringify(spec)) as never } },
  );

const setImage = (name: string, image: string) =>
  client.patch(
    deployments,
    { namespace, name },
    { type: 'strategic', patch: { spec: { template: { spec: { containers: [{ name: 'web', image }] } } } } },
  );

async function revisions(name: string): Promise<Readonly<Record<string, number>>> {
  const { items } = await client.list(replicaSets, { namespace, labelSelector: `app=${name}` });
  return Object.fromEntries(
    items.map(({ metadata, spec }) => [
      metadata.annotations?.['deployment.kubernetes.io/revision'] ?? '',
      spec?.replicas ?? 0,
    ]),
  );
}

it('runs a Deployment and tells who its endpoints are', async () => {
  // Nodes begin with the taint of those that are not ready yet.
  await expect.poll(async () => (await client.list(nodes)).items.flatMap(({ spec }) => spec?.taints ?? [])).toEqual([]);
  await client.create(deployments, deploymentOf('web'));
  await client.create(services, {
    metadata: { namespace, name: 'web' },
    spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 'http' }] },
  });
  await expect.poll(() => countsOf('web'), { timeout: 5000 }).toEqual([3, 3, 3, 3]);
  const running = await podsOf('web');
  const addresses = running.map(({ status }) => status?.podIP ?? '').sort();
  expect(new Set(running.map(({ spec }) => spec?.nodeName)).size).toBe(3);
  const { status, metadata } = await read('web');
  expect(status?.observedGeneration).toBe(metadata.generation);
  await expect
    .poll(async () => findCondition((await read('web')).status?.conditions, 'Progressing')?.reason)
    .toBe('NewReplicaSetAvailable');
  expect(findCondition(status?.conditions, 'Available')?.status).toBe('True');

  await expect
    .poll(async () =>
      (await client.get(endpoints, { namespace, name: 'web' })).subsets?.map((subset) =>
        subset.addresses?.map(({ ip }) => ip).sort(),
      ),
    )
    .toEqual([addresses]);
  const slices = await client.list(endpointSlices, { namespace, labelSelector: 'kubernetes.io/service-name=web' });
  expect(slices.items).toHaveLength(1);
  const [slice] = slices.items;
  await expect
    .poll(
      async () =>
        (await client.list(endpointSlices, { namespace, labelSelector: 'kubernetes.io/service-name=web' })).items[0]
          ?.endpoints?.length,
    )
    .toBe(3);
  expect(slice).toMatchObject({ addressType: 'IPv4', ports: [{ port: 80, protocol: 'TCP' }] });
});

it('scales up and down, and takes pods that are gone off the list', async () => {
  await patch('web', { replicas: 6 });
  await expect.poll(() => countsOf('web')).toEqual([6, 6, 6, 6]);
  await patch('web', { replicas: 1 });
  await expect.poll(() => countsOf('web')).toEqual([1, 1, 1, 1]);
  await expect.poll(async () => (await podsOf('web')).length, { timeout: 5000 }).toBe(1);
  const [survivor] = await podsOf('web');
  await expect
    .poll(async () =>
      (await client.get(endpoints, { namespace, name: 'web' })).subsets?.[0]?.addresses?.map(({ ip }) => ip),
    )
    .toEqual([survivor?.status?.podIP]);
  await patch('web', { replicas: 0 });
  await expect.poll(() => countsOf('web')).toEqual([0, 0, 0, 0]);
  await expect.poll(async () => (await client.get(endpoints, { namespace, name: 'web' })).subsets).toBeUndefined();
});

it('replaces a pod that is deleted', async () => {
  await client.create(deployments, deploymentOf('again', { replicas: 1 }));
  await expect.poll(() => countsOf('again')).toEqual([1, 1, 1, 1]);
  const [first] = await podsOf('again');
  await client.delete(pods, { namespace, name: first?.metadata.name ?? '' }, { gracePeriodSeconds: 0 });
  await expect
    .poll(async () =>
      (await podsOf('again')).map(({ metadata, status }) => metadata.uid !== first?.metadata.uid && status?.phase),
    )
    .toEqual(['Running']);
});

it('rolls out a new template without ever having too few pods ready, and back again', async () => {
  const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  await client.create(
    deployments,
    deploymentOf('roll', { replicas: 4, strategy, annotations: { 'koinon.dev/hollow-start-after': '20ms' } }),
  );
  await expect.poll(() => countsOf('roll'), { timeout: 5000 }).toEqual([4, 4, 4, 4]);

  let fewest = 4;
  let most = 4;
  const stop = new AbortController();
  const watching = (async () => {
    const { metadata } = await client.list(pods, { namespace });
    for await (const _event of client.watch(pods, {
      namespace,
      signal: stop.signal,
      resourceVersion: metadata.resourceVersion ?? '',
    })) {
      const present = (await podsOf('roll')).filter(
        ({ metadata: { deletionTimestamp } }) => deletionTimestamp === undefined,
      );
      const ready = present.filter(({ status }) => findCondition(status?.conditions, 'Ready')?.status === 'True');
      fewest = Math.min(fewest, ready.length);
      most = Math.max(most, present.length);
    }
  })();
  await setImage('roll', 'nginx:2');
  await expect.poll(() => revisions('roll'), { timeout: 10_000 }).toEqual({ 1: 0, 2: 4 });
  await expect.poll(() => countsOf('roll'), { timeout: 5000 }).toEqual([4, 4, 4, 4]);
  stop.abort();
  await watching;
  expect(fewest).toBe(4);
  expect(most).toBeLessThanOrEqual(5);
  expect((await read('roll')).metadata.annotations?.['deployment.kubernetes.io/revision']).toBe('2');

  await setImage('roll', 'nginx:1');
  await expect.poll(() => revisions('roll'), { timeout: 10_000 }).toEqual({ 2: 0, 3: 4 });
  const reasons = (await client.list(events, { namespace })).items.filter(
    ({ involvedObject }) => involvedObject.name === 'roll',
  );
  expect(new Set(reasons.map(({ reason }) => reason))).toEqual(new Set(['ScalingReplicaSet']));
});

it('recreates: nothing new before everything old has ended', async () => {
  await client.create(deployments, deploymentOf('fresh', { replicas: 2, strategy: { type: 'Recreate' } }));
  await expect.poll(() => countsOf('fresh')).toEqual([2, 2, 2, 2]);
  await setImage('fresh', 'nginx:2');
  await expect.poll(() => revisions('fresh'), { timeout: 10_000 }).toEqual({ 1: 0, 2: 2 });
  await expect.poll(() => countsOf('fresh'), { timeout: 5000 }).toEqual([2, 2, 2, 2]);
});

it('stops a rollout that is paused and goes on when it is resumed', async () => {
  await client.create(deployments, deploymentOf('pause', { replicas: 2 }));
  await expect.poll(() => countsOf('pause')).toEqual([2, 2, 2, 2]);
  await patch('pause', { paused: true });
  await expect
    .poll(async () => findCondition((await read('pause')).status?.conditions, 'Progressing')?.reason)
    .toBe('DeploymentPaused');
  await setImage('pause', 'nginx:2');
  await patch('pause', { replicas: 3 });
  await expect.poll(async () => (await read('pause')).status?.readyReplicas).toBe(3);
  expect(await revisions('pause')).toEqual({ 1: 3 });
  await patch('pause', { paused: false });
  await expect.poll(() => revisions('pause'), { timeout: 10_000 }).toEqual({ 1: 0, 2: 3 });
});

it('keeps as many old revisions as it is told to', async () => {
  await client.create(deployments, {
    ...deploymentOf('short', { replicas: 1 }),
    spec: { ...deploymentOf('short', { replicas: 1 }).spec, revisionHistoryLimit: 1 },
  });
  await expect.poll(() => countsOf('short')).toEqual([1, 1, 1, 1]);
  for (const version of [2, 3, 4]) {
    await setImage('short', `nginx:${version}`);
    await expect.poll(async () => (await revisions('short'))[version], { timeout: 5000 }).toBe(1);
    await expect.poll(async () => (await read('short')).status?.unavailableReplicas ?? 0, { timeout: 5000 }).toBe(0);
  }
  await expect.poll(() => revisions('short'), { timeout: 5000 }).toEqual({ 3: 0, 4: 1 });
});

it('adopts pods that were there before and match', async () => {
  const labels = { app: 'foundling' };
  await client.create(pods, {
    metadata: { namespace, name: 'foundling', labels },
    spec: { containers: [{ name: 'c', image: 'x' }] },
  });
  await client.create(replicaSets, {
    metadata: { namespace, name: 'home' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'x' }] } },
    },
  });
  await expect
    .poll(async () => (await client.get(replicaSets, { namespace, name: 'home' })).status?.readyReplicas)
    .toBe(2);
  expect((await podsOf('foundling')).map(({ metadata }) => metadata.ownerReferences?.[0]?.name)).toEqual([
    'home',
    'home',
  ]);
  await client.patch(
    pods,
    { namespace, name: 'foundling' },
    { type: 'merge', patch: { metadata: { labels: { app: 'free' } } } },
  );
  await expect
    .poll(async () => (await client.get(pods, { namespace, name: 'foundling' })).metadata.ownerReferences ?? [])
    .toEqual([]);
  await expect.poll(async () => (await podsOf('foundling')).length).toBe(2);
});

it('says why a pod finds no node, and places it once one fits', async () => {
  const spec = { containers: [{ name: 'c', image: 'x' }], nodeSelector: { disk: 'ssd' } };
  await client.create(pods, { metadata: { namespace, name: 'picky' }, spec });
  const scheduled = async () =>
    findCondition((await client.get(pods, { namespace, name: 'picky' })).status?.conditions, 'PodScheduled');
  await expect
    .poll(async () => (await scheduled())?.message)
    .toBe(
      "0/3 nodes are available: 3 node(s) didn't match Pod's node affinity/selector. preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.",
    );
  const [node] = (await client.list(nodes)).items;
  await client.patch(
    nodes,
    { name: node?.metadata.name ?? '' },
    { type: 'merge', patch: { metadata: { labels: { disk: 'ssd' } } } },
  );
  await expect.poll(async () => (await scheduled())?.status, { timeout: 5000 }).toBe('True');
});

it('deletes everything that a deleted Deployment made', async () => {
  for (const name of ['web', 'again', 'roll', 'fresh', 'pause', 'short'])
    await client.delete(deployments, { namespace, name });
  await expect
    .poll(
      async () =>
        (await client.list(pods, { namespace })).items.flatMap(
          ({ metadata: { labels } }) => labels?.['pod-template-hash'] ?? [],
        ),
      { timeout: 10_000 },
    )
    .toEqual([]);
  expect((await client.list(replicaSets, { namespace })).items.map(({ metadata }) => metadata.name)).toEqual(['home']);
});
