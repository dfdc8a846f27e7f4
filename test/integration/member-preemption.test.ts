import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { findCondition } from '../../src/apimachinery/index.ts';
import { events, pods, priorityClasses, type Pod, type PodSpec } from '../../src/apis/index.ts';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { isReady } from '../../member-cluster/pods/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const namespace = 'default';
const SOON = { timeout: 15_000 };
const given: { member?: MemberCluster } = {};

beforeAll(async () => {
  const member = await startTestMember({ nodes: 1 });
  given.member = member;
  const classes = [
    { metadata: { name: 'urgent' }, value: 1000 },
    { metadata: { name: 'patient' }, value: 1000, preemptionPolicy: 'Never' },
    { metadata: { name: 'lowly' }, value: 1 },
  ];
  for (const each of classes) await member.client.create(priorityClasses, each);
});

afterAll(async () => {
  await given.member?.[Symbol.asyncDispose]();
});

beforeEach(async () => {
  await client().deleteCollection(pods, { namespace }, { gracePeriodSeconds: 0 });
  await expect.poll(async () => (await client().list(pods, { namespace })).items.length, SOON).toBe(0);
});

function client() {
  if (given.member === undefined) throw new Error('no member was started');
  return given.member.client;
}

function create(name: string, cpu: string, spec: Partial<PodSpec> = {}): Promise<Pod> {
  const containers = [{ name: 'main', image: 'nginx:1', resources: { requests: { cpu } } }];
  return client().create(pods, { metadata: { namespace, name }, spec: { containers, ...spec } });
}

const read = (name: string) => client().get(pods, { namespace, name });
const running = (name: string) => expect.poll(async () => isReady(await read(name)), SOON).toBe(true);
const told = async (reason: string) =>
  (await client().list(events, { namespace })).items
    .filter((event) => event.reason === reason)
    .map(({ involvedObject, message }) => `${involvedObject.name ?? ''}: ${message ?? ''}`);

it('ends who is less important for who is more, gracefully, and tells all of it', async () => {
  await create('lowly', '3', { priorityClassName: 'lowly' });
  await create('plain', '1');
  await running('lowly');
  await running('plain');
  const seen: Pod[] = [];
  const stop = new AbortController();
  const { metadata } = await client().list(pods, { namespace });
  const watching = (async () => {
    const options = { namespace, signal: stop.signal, resourceVersion: metadata.resourceVersion ?? '' };
    for await (const { object } of client().watch(pods, options)) seen.push(object);
  })();
  const { metadata: urgent } = await create('urgent', '1', { priorityClassName: 'urgent' });
  await running('urgent');
  stop.abort();
  await watching;

  const nodeName = (await read('urgent')).spec?.nodeName;
  const waiting = seen.filter(({ metadata: { name }, spec }) => name === 'urgent' && spec?.nodeName === undefined);
  expect(waiting.at(-1)?.status).toMatchObject({
    nominatedNodeName: nodeName,
    conditions: [
      { type: 'PodScheduled', reason: 'Unschedulable', message: '0/1 nodes are available: 1 Insufficient cpu.' },
    ],
  });
  expect((await read('urgent')).status).not.toHaveProperty('nominatedNodeName');

  const going = seen.find(
    ({ metadata: { name, deletionTimestamp } }) => name === 'plain' && deletionTimestamp !== undefined,
  );
  expect(going?.metadata.deletionGracePeriodSeconds).toBe(30);
  expect(findCondition(going?.status?.conditions, 'DisruptionTarget')).toMatchObject({
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: 'default-scheduler: preempting to accommodate a higher priority pod',
  });
  expect(isReady(await read('lowly'))).toBe(true);
  await expect
    .poll(() => told('Preempted'))
    .toEqual([`plain: Preempted by pod ${urgent.uid ?? ''} on node ${nodeName ?? ''}`]);
  // The others may have been there before the node was ready.
  const failed = (await told('FailedScheduling')).filter((line) => line.startsWith('urgent: '));
  expect(failed).toEqual(['urgent: 0/1 nodes are available: 1 Insufficient cpu.']);
});

it('lets wait who preempts nobody, and says why', async () => {
  await create('plain', '4');
  await running('plain');
  await create('patient', '1', { priorityClassName: 'patient' });
  await expect
    .poll(async () => findCondition((await read('patient')).status?.conditions, 'PodScheduled')?.message, SOON)
    .toBe('0/1 nodes are available: 1 Insufficient cpu. preemption: not eligible due to preemptionPolicy=Never.');
  await create('equal', '1');
  await expect
    .poll(async () => findCondition((await read('equal')).status?.conditions, 'PodScheduled')?.message, SOON)
    .toBe(
      '0/1 nodes are available: 1 Insufficient cpu. preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.',
    );
  expect(isReady(await read('plain'))).toBe(true);
});

it('places no pod as long as it has gates', async () => {
  const schedulingGates = [{ name: 'example.com/wait' }];
  const { status } = await create('gated', '1', { schedulingGates });
  expect(status?.conditions).toMatchObject([{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }]);
  const binding = { metadata: { namespace, name: 'gated' }, target: { kind: 'Node', name: 'node' } };
  await expect(client().createSubresource(pods, { namespace, name: 'gated' }, 'binding', binding)).rejects.toThrow(
    'pod gated has non-empty .spec.schedulingGates',
  );
  await client().patch(
    pods,
    { namespace, name: 'gated' },
    { type: 'merge', patch: { spec: { schedulingGates: null } } },
  );
  await running('gated');
});
