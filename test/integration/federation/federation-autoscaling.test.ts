import { afterAll, expect, it } from 'vitest';
import { clusters, isReady, placementPolicies } from '../../../federation/apis/index.ts';
import { startFederation } from '../../../federation/control-plane/index.ts';
import type { MemberCluster } from '../../../member-cluster/control-plane/index.ts';
import { findCondition } from '../../../src/apimachinery/index.ts';
import {
  deployments,
  events,
  horizontalPodAutoscalers,
  namespaces,
  pods,
  type HorizontalPodAutoscaler,
} from '../../../src/apis/index.ts';
import { FakeClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { adminUser } from '../../harness/api-server.ts';
import { startMemberOn } from '../../harness/member-cluster.ts';
import { switchable, type Switch } from './switchable-client.ts';

const ASIA = 'asia';
const EU = 'eu';
const namespace = 'shop';
const CPU_USAGE = 'koinon.dev/hollow-cpu-usage';

const clock = new FakeClock(Date.UTC(2026, 0, 1, 12));
const members = new Map<string, MemberCluster>();
const lines = new Map<string, Switch>();
for (const name of [ASIA, EU]) {
  const member = await startMemberOn(clock, { name, nodes: 1 });
  members.set(name, member);
  lines.set(name, switchable(member.client));
}
const storage = createMemoryStorage({ clock });
const begin = () =>
  startFederation({
    name: 'fed',
    dnsDomain: 'example.com',
    storage,
    createClient: ({ name }) => lines.get(name)!.client,
    clock,
  });
const running = { federation: await begin() };
const hub = () => running.federation.client(adminUser);

afterAll(async () => {
  await running.federation[Symbol.asyncDispose]();
  for (const member of members.values()) await member[Symbol.asyncDispose]();
});

/** Time passes meanwhile, by so much between two looks. */
const soon = <T>(look: () => Promise<T>, stepMs = 200) =>
  expect.poll(
    async () => {
      await clock.advance(stepMs);
      return look();
    },
    { timeout: 20_000, interval: 1 },
  );

async function deploy(name: string, replicas: number, labels: Record<string, string> = {}): Promise<void> {
  const containers = [{ name: 'web', image: 'nginx:1', resources: { requests: { cpu: '100m' } } }];
  await hub().create(deployments, {
    metadata: { namespace, name, labels },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { containers } },
    },
  });
}

async function autoscale(name: string, spec: Partial<HorizontalPodAutoscaler['spec']> = {}): Promise<void> {
  await hub().create(horizontalPodAutoscalers, {
    metadata: { namespace, name },
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
      maxReplicas: 8,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 100 } } },
      ],
      ...spec,
    },
  });
}

/** All pods that there are now use so much from now on. */
async function use(name: string, cpu: string, where: readonly string[] = [ASIA, EU]): Promise<void> {
  for (const cluster of where) {
    const { client } = members.get(cluster)!;
    for (const { metadata } of (await client.list(pods, { namespace, labelSelector: `app=${name}` })).items) {
      const patch = { metadata: { annotations: { [`${CPU_USAGE}.web`]: cpu } } };
      await client.patch(pods, { namespace, name: metadata.name ?? '' }, { type: 'merge', patch });
    }
  }
}

const readyIn = async (name: string) =>
  Promise.all(
    [ASIA, EU].map(async (cluster) => {
      const { items } = await members.get(cluster)!.client.list(deployments, { namespace });
      return items.find(({ metadata }) => metadata.name === name)?.status?.readyReplicas ?? 0;
    }),
  );
const statusOf = async (name: string) => (await hub().get(horizontalPodAutoscalers, { namespace, name })).status;
const conditionOf = async (name: string, type: string) => {
  const { status = '', reason = '' } = findCondition((await statusOf(name))?.conditions, type) ?? {};
  return `${status} ${reason}`;
};
const replicasIn = async (cluster: string, name: string) =>
  (await members.get(cluster)!.client.get(deployments, { namespace, name })).spec?.replicas;
const reasonsOf = async (name: string) => {
  const { items } = await hub().list(events, { namespace, fieldSelector: `involvedObject.name=${name}` });
  return items.map(({ reason = '' }) => reason);
};
const copiesOf = async (name: string) => {
  const lists = await Promise.all(
    [...members.values()].map(({ client }) => client.list(horizontalPodAutoscalers, { namespace })),
  );
  return lists.flatMap(({ items }) => items).filter(({ metadata }) => metadata.name === name).length;
};

it('starts with two members', async () => {
  for (const name of members.keys()) {
    await hub().create(clusters, {
      metadata: { name },
      spec: { serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: `https://${name}.test` }] },
    });
  }
  await hub().create(namespaces, { metadata: { name: namespace } });
  await soon(async () => (await hub().list(clusters)).items.filter(isReady).length).toBe(2);
});

it('scales what is divided by what is used in all members, and leaves it to placing who has how many', async () => {
  await deploy('web', 2);
  await soon(() => readyIn('web')).toEqual([1, 1]);
  await clock.advance(20_000);
  await use('web', '200m', [ASIA]);
  await use('web', '0', [EU]);
  await autoscale('web');
  await soon(() => conditionOf('web', 'ScalingActive')).toBe('True ValidMetricFound');
  await soon(() => statusOf('web')).toMatchObject({
    currentReplicas: 2,
    desiredReplicas: 2,
    currentMetrics: [{ resource: { current: { averageUtilization: 100, averageValue: '100m' } } }],
  });

  await use('web', '170m');
  await soon(() => readyIn('web')).toEqual([2, 2]);
  await soon(() => statusOf('web')).toMatchObject({ currentReplicas: 4, desiredReplicas: 4 });
  expect(await copiesOf('web')).toBe(0);
  await soon(() => reasonsOf('web')).toContain('SuccessfulRescale');
});

it('takes nothing for missing that it has not looked at yet when it starts again', async () => {
  const active = async () => findCondition((await statusOf('web'))?.conditions, 'ScalingActive');
  const failures = async () => (await reasonsOf('web')).filter((reason) => reason.startsWith('Failed')).length;
  const before = [await active(), await failures()];
  await running.federation[Symbol.asyncDispose]();
  running.federation = await begin();
  const until = clock.now() + 30_000;
  await soon(async () => clock.now()).toBeGreaterThan(until);
  expect([await active(), await failures()]).toEqual(before);
});

it('takes away no replicas for want of a cluster that it cannot see, and says so', async () => {
  await use('web', '0');
  lines.get(ASIA)!.set('refused');
  await soon(() => conditionOf('web', 'AllClustersMeasured')).toBe('False ClustersMissing');
  // Half of its pods are idle; of the others nobody knows.
  await soon(() => statusOf('web')).toMatchObject({ currentReplicas: 4, desiredReplicas: 4 });
  const told = async () => findCondition((await statusOf('web'))?.conditions, 'AllClustersMeasured')?.message;
  await soon(told).toBe('decided without knowing all: asia: it is out of sight');
  lines.get(ASIA)!.set('up');
  await soon(() => conditionOf('web', 'AllClustersMeasured')).toBe('True AllSeen');
});

it('leaves it to members what each of them has the whole of', async () => {
  await hub().create(placementPolicies, {
    metadata: { namespace, name: 'everywhere' },
    spec: {
      resourceSelectors: [
        { apiVersion: 'apps/v1', kind: 'Deployment', labelSelector: { matchLabels: { all: 'yes' } } },
      ],
      placement: { replicaScheduling: { replicaSchedulingType: 'Duplicated' } },
    },
  });
  await deploy('each', 2, { all: 'yes' });
  await soon(() => readyIn('each')).toEqual([2, 2]);
  await clock.advance(20_000);
  await use('each', '200m', [ASIA]);
  await use('each', '100m', [EU]);
  await autoscale('each', { maxReplicas: 4 });
  await soon(() => copiesOf('each')).toBe(2);
  await soon(() => replicasIn(ASIA, 'each')).toBeGreaterThan(2);
  const scaled = await replicasIn(ASIA, 'each');

  const patch = { spec: { template: { metadata: { annotations: { changed: 'yes' } } } } };
  await hub().patch(deployments, { namespace, name: 'each' }, { type: 'merge', patch });
  for (const cluster of [ASIA, EU]) {
    const annotations = async () =>
      (await members.get(cluster)!.client.get(deployments, { namespace, name: 'each' })).spec?.template.metadata
        ?.annotations;
    await soon(annotations).toMatchObject({ changed: 'yes' });
  }
  expect(await replicasIn(ASIA, 'each')).toBeGreaterThanOrEqual(scaled!);
  expect(await replicasIn(EU, 'each')).toBe(2);

  await hub().delete(horizontalPodAutoscalers, { namespace, name: 'each' }, { propagationPolicy: 'Background' });
  await soon(() => copiesOf('each')).toBe(0);
  await soon(() => readyIn('each')).toEqual([2, 2]);
});

it('follows a target that is divided from now on', async () => {
  await autoscale('each', { minReplicas: 2, maxReplicas: 4 });
  await soon(() => copiesOf('each')).toBe(2);
  await hub().delete(placementPolicies, { namespace, name: 'everywhere' });
  await soon(() => copiesOf('each')).toBe(0);
  await soon(async () => (await readyIn('each')).reduce((sum, count) => sum + count, 0)).toBe(2);
  await soon(() => conditionOf('each', 'AbleToScale')).toMatch(/^True/);
});
