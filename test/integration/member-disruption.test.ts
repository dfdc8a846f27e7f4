import { expect, it, vi } from 'vitest';
import { findCondition, isStatusError, type KubeObject } from '../../src/apimachinery/index.ts';
import {
  configMaps,
  customResourceDefinitions,
  deployments,
  podDisruptionBudgets,
  pods,
} from '../../src/apis/index.ts';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { HOLLOW_ANNOTATIONS } from '../../member-cluster/runtime/index.ts';
import { crontabDefinition, crontabs } from '../harness/definitions.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const namespace = 'default';
const labels = { app: 'web' };

async function runningPods({ client }: MemberCluster): Promise<readonly string[]> {
  const { items } = await client.list(pods, { namespace, labelSelector: 'app=web' });
  const ready = items.filter(
    ({ metadata, status }) =>
      metadata.deletionTimestamp === undefined &&
      status?.conditions?.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
  );
  return ready.map(({ metadata }) => metadata.name ?? '');
}

async function evict({ client }: MemberCluster, name: string, deleteOptions: object = {}): Promise<number> {
  const eviction = { apiVersion: 'policy/v1', kind: 'Eviction', metadata: { namespace, name }, deleteOptions };
  try {
    await client.createSubresource(pods, { namespace, name }, 'eviction', eviction);
    return 201;
  } catch (err) {
    if (isStatusError(err)) return err.status.code;
    throw err;
  }
}

it('lets pods be evicted only as far as their budget allows', async () => {
  await using member = await startTestMember();
  const { client } = member;
  await client.create(deployments, {
    metadata: { namespace, name: 'web' },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      // Long enough to be looked at while they go.
      template: {
        metadata: { labels, annotations: { [HOLLOW_ANNOTATIONS.stopAfter]: '5s' } },
        spec: { containers: [{ name: 'web', image: 'web' }] },
      },
    },
  });
  await expect.poll(async () => (await runningPods(member)).length, { timeout: 10_000 }).toBe(2);
  await client.create(podDisruptionBudgets, {
    metadata: { namespace, name: 'web' },
    spec: { minAvailable: '50%', selector: { matchLabels: labels } },
  });
  const allowed = async () => {
    const { status } = await client.get(podDisruptionBudgets, { namespace, name: 'web' });
    return status?.disruptionsAllowed;
  };
  await expect.poll(allowed).toBe(1);
  const [first = '', second = ''] = await runningPods(member);
  expect(await evict(member, first, { dryRun: ['All'] })).toBe(201);
  expect(await allowed()).toBe(1);
  expect(await evict(member, first)).toBe(201);
  const { status } = await client.get(pods, { namespace, name: first });
  expect(findCondition(status?.conditions, 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  });
  expect(await evict(member, second)).toBe(429);
  await expect.poll(allowed, { timeout: 10_000 }).toBe(1);
  expect(await evict(member, second)).toBe(201);
});

it('asks controllers of any kind how many pods they want, and says where it cannot be said', async () => {
  await using member = await startTestMember({ nodes: 1 });
  const { client } = member;
  await client.create(customResourceDefinitions, crontabDefinition());
  const spec = { cronSpec: '* * * * *', replicas: 3 };
  const crontab = await vi.waitFor(
    () => client.create<KubeObject>(crontabs, { metadata: { namespace, name: 'tab' }, ...{ spec } }),
    { timeout: 10_000 },
  );
  const settings = await client.create<KubeObject>(configMaps, { metadata: { namespace, name: 'settings' } });
  const guarded = async ({ apiVersion, kind, metadata }: KubeObject) => {
    const { name = '', uid = '' } = metadata;
    await client.create(pods, {
      metadata: {
        namespace,
        name,
        labels: { of: name },
        ownerReferences: [{ apiVersion, kind, name, uid, controller: true }],
      },
      spec: { containers: [{ name: 'web', image: 'web' }] },
    });
    const selector = { matchLabels: { of: name } };
    await client.create(podDisruptionBudgets, {
      metadata: { namespace, name },
      spec: { maxUnavailable: '50%', selector },
    });
  };
  const status = async (name: string) => (await client.get(podDisruptionBudgets, { namespace, name })).status;

  await guarded(crontab);
  await expect.poll(() => status('tab'), { timeout: 10_000 }).toMatchObject({ expectedPods: 3, desiredHealthy: 1 });
  await guarded(settings);
  await expect
    .poll(async () => findCondition((await status('settings'))?.conditions, 'DisruptionAllowed'), { timeout: 10_000 })
    .toMatchObject({
      status: 'False',
      reason: 'SyncFailed',
      message: 'configmaps does not implement the scale subresource',
    });
});
