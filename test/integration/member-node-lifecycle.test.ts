import { expect, it } from 'vitest';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { findCondition, formatMicroTime, formatTime } from '../../src/apimachinery/index.ts';
import { leases, nodes, pods, type Pod } from '../../src/apis/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { startMemberOn } from '../harness/member-cluster.ts';

async function register({ client }: MemberCluster, clock: FakeClock, name: string): Promise<void> {
  const lastTransitionTime = formatTime(clock.now());
  await client.create(nodes, {
    metadata: { name },
    status: {
      capacity: { cpu: '4', memory: '8Gi', pods: '110' },
      conditions: [{ type: 'Ready', status: 'True', reason: 'KubeletReady', lastTransitionTime }],
    },
  });
  await client.create(leases, { metadata: { namespace: 'kube-node-lease', name }, spec: { holderIdentity: name } });
}

async function renew({ client }: MemberCluster, clock: FakeClock, name: string): Promise<void> {
  const patch = { spec: { renewTime: formatMicroTime(clock.now()) } };
  await client.patch(leases, { namespace: 'kube-node-lease', name }, { type: 'merge', patch });
}

async function run({ client }: MemberCluster, name: string, nodeName: string): Promise<void> {
  const pod = await client.create(pods, {
    metadata: { namespace: 'default', name },
    spec: { nodeName, containers: [{ name: 'c', image: 'nginx' }] },
  });
  const conditions = [{ type: 'Ready', status: 'True' }];
  await client.updateStatus(pods, { ...pod, status: { phase: 'Running', podIP: '10.64.1.9', conditions } });
}

async function nodeState({ client }: MemberCluster, name: string) {
  const node = await client.get(nodes, { name });
  return {
    ready: findCondition(node.status?.conditions, 'Ready')?.status,
    taints: (node.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`).sort(),
  };
}

const isPodReady = (pod: Pod) => findCondition(pod.status?.conditions, 'Ready')?.status;

it('takes pods from a node that went dark, and leaves alone one that answers', async () => {
  const clock = new FakeClock();
  await using member = await startMemberOn(clock, { nodes: 0 });
  for (const name of ['light', 'dark']) {
    await register(member, clock, name);
    await run(member, `on-${name}`, name);
  }
  await clock.advance(100);
  expect(await nodeState(member, 'dark')).toEqual({ ready: 'True', taints: [] });

  for (let seconds = 0; seconds < 50; seconds += 10) {
    await renew(member, clock, 'light');
    await clock.advance(10_000);
  }
  expect(await nodeState(member, 'light')).toEqual({ ready: 'True', taints: [] });
  expect(await nodeState(member, 'dark')).toEqual({
    ready: 'Unknown',
    taints: ['node.kubernetes.io/unreachable:NoExecute', 'node.kubernetes.io/unreachable:NoSchedule'],
  });
  const read = (name: string) => member.client.get(pods, { namespace: 'default', name });
  expect(isPodReady(await read('on-dark'))).toBe('False');
  expect(isPodReady(await read('on-light'))).toBe('True');

  for (let seconds = 0; seconds < 280; seconds += 10) {
    await renew(member, clock, 'light');
    await clock.advance(10_000);
  }
  expect((await read('on-dark')).metadata.deletionTimestamp).toBeUndefined();
  await renew(member, clock, 'light');
  await clock.advance(10_000);
  expect((await read('on-dark')).metadata.deletionTimestamp).toBeDefined();
  expect((await read('on-light')).metadata.deletionTimestamp).toBeUndefined();
});

it('clears away the pods of a node that is gone for good, and says so to who waits for their end', async () => {
  const clock = new FakeClock();
  await using member = await startMemberOn(clock, { nodes: 0 });
  await register(member, clock, 'n');
  await run(member, 'left-behind', 'n');
  await run(member, 'awaited', 'n');
  const awaited = { namespace: 'default', name: 'awaited' };
  const patch = { metadata: { finalizers: ['example.com/awaits'] } };
  await member.client.patch(pods, awaited, { type: 'merge', patch });
  await member.client.delete(nodes, { name: 'n' });
  await clock.advance(90_000);
  const { items } = await member.client.list(pods, { namespace: 'default' });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['awaited']);
  expect(items[0]?.status?.phase).toBe('Failed');
  expect(findCondition(items[0]?.status?.conditions, 'DisruptionTarget')).toMatchObject({ reason: 'DeletionByPodGC' });
});
