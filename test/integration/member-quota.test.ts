import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  configMaps,
  limitRanges,
  namespaces,
  pods,
  priorityClasses,
  resourceQuotas,
  services,
  type Pod,
} from '../../src/apis/index.ts';
import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const deps: { member?: MemberCluster } = {};
const client = () => {
  if (deps.member === undefined) throw new TypeError('the member runs');
  return deps.member.client;
};

beforeAll(async () => {
  deps.member = await startTestMember({ nodes: 0 });
});
afterAll(async () => deps.member?.[Symbol.asyncDispose]());

async function space(name: string): Promise<string> {
  await client().create(namespaces, { metadata: { name } });
  return name;
}

/** The machine may be busy. */
const patient = { timeout: 10_000 };

const pod = (namespace: string, name: string, requests: Record<string, string> = {}) => ({
  metadata: { namespace, name },
  spec: { containers: [{ name: 'c', image: 'registry.k8s.io/pause', resources: { requests } }] },
});
const verdict = (write: Promise<unknown>) =>
  write.then(
    () => 'created',
    (err: unknown) => (err instanceof Error ? err.message : ''),
  );

async function quota(namespace: string, hard: Record<string, string>, more: object = {}) {
  await client().create(resourceQuotas, { metadata: { namespace, name: 'q' }, spec: { hard, ...more } });
  const used = async () => (await client().get(resourceQuotas, { namespace, name: 'q' })).status?.used;
  await expect.poll(used, patient).toBeDefined();
  return used;
}

it('holds a namespace to its quota, also when everyone asks at once', async () => {
  const namespace = await space('crowd');
  const used = await quota(namespace, { pods: '5', 'requests.cpu': '1' });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, i) => verdict(client().create(pods, pod(namespace, `p${i}`, { cpu: '100m' })))),
  );
  expect(answers.filter((answer) => answer === 'created')).toHaveLength(5);
  expect(answers.find((answer) => answer !== 'created')).toMatch(
    /^pods "p\d+" is forbidden: exceeded quota: q, requested: pods=1, used: pods=5, limited: pods=5$/,
  );
  expect(await used()).toEqual({ pods: '5', 'requests.cpu': '500m' });
  for (const name of answers.flatMap((answer, i) => (answer === 'created' ? [`p${i}`] : [])).slice(0, 2)) {
    await client().delete(pods, { namespace, name }, { gracePeriodSeconds: 0 });
  }
  await expect.poll(used, patient).toEqual({ pods: '3', 'requests.cpu': '300m' });
});

it('gives back what a write took that was not stored, and takes nothing for a trial', async () => {
  const namespace = await space('failing');
  const used = await quota(namespace, { 'count/configmaps': '3', pods: '2' });
  const before = await used();
  const map = { metadata: { namespace, name: 'kube-root-ca.crt' } };
  expect(await verdict(client().create(configMaps, map))).toContain('already exists');
  await client().create(pods, pod(namespace, 'trial'), { dryRun: true });
  await expect.poll(used, patient).toEqual(before);
});

it.each<[Record<string, string>, string]>([
  [{ 'limits.cpu': '1', memory: '1Gi' }, 'failed quota: q: must specify limits.cpu for: c; memory for: c'],
  [
    { 'requests.cpu': '50m' },
    'exceeded quota: q, requested: requests.cpu=100m, used: requests.cpu=0, limited: requests.cpu=50m',
  ],
])('refuses pods by %j', async (hard, why) => {
  const namespace = await space(`hard-${Object.keys(hard).length}`);
  await quota(namespace, hard);
  expect(await verdict(client().create(pods, pod(namespace, 'p', { cpu: '100m' })))).toBe(
    `pods "p" is forbidden: ${why}`,
  );
});

it('counts what changes of Services, and pods of some scopes only', async () => {
  const namespace = await space('kinds');
  const used = await quota(namespace, { services: '5', 'services.nodeports': '1', 'count/replicasets.apps': '1' });
  const service = await client().create(services, {
    metadata: { namespace, name: 's' },
    spec: { ports: [{ port: 80 }, { port: 81, name: 'b' }].map((port) => ({ name: 'a', ...port })) },
  });
  expect(
    await verdict(client().update(services, { ...service, spec: { ...service.spec, type: 'NodePort' } })),
  ).toContain(
    'exceeded quota: q, requested: services.nodeports=2, used: services.nodeports=0, limited: services.nodeports=1',
  );
  expect(await used()).toMatchObject({ services: '1', 'services.nodeports': '0' });

  const scoped = await space('scoped');
  const ofBest = await quota(scoped, { pods: '1' }, { scopes: ['BestEffort'] });
  await client().create(pods, pod(scoped, 'burst', { cpu: '1m' }));
  await client().create(pods, pod(scoped, 'best'));
  expect(await ofBest()).toEqual({ pods: '1' });
  expect(await verdict(client().create(pods, pod(scoped, 'second')))).toContain('exceeded quota: q');
});

it('knows priority classes and limits of a namespace', async () => {
  const namespace = await space('limited');
  await client().create(priorityClasses, { metadata: { name: 'gold' }, value: 1000, preemptionPolicy: 'Never' });
  await client().create(limitRanges, {
    metadata: { namespace, name: 'l' },
    spec: { limits: [{ type: 'Container', default: { cpu: '200m' }, max: { cpu: '1' } }] },
  });
  const wanted = pod(namespace, 'p');
  const make = (): Promise<Pod> =>
    client().create(pods, { ...wanted, spec: { ...wanted.spec, priorityClassName: 'gold' } }, { dryRun: true });
  await expect.poll(make, patient).toMatchObject({
    spec: {
      priority: 1000,
      preemptionPolicy: 'Never',
      containers: [{ resources: { requests: { cpu: '200m' }, limits: { cpu: '200m' } } }],
    },
  });
  const big = { name: 'c', image: 'registry.k8s.io/pause', resources: { limits: { cpu: '2' } } };
  expect(await verdict(client().create(pods, { ...wanted, spec: { containers: [big] } }))).toBe(
    'pods "p" is forbidden: maximum cpu usage per Container is 1, but limit is 2',
  );
});

it('asks of pods what the labels of their namespace demand, and says what is to come', async () => {
  const namespace = await space('secure');
  await client().create(pods, pod(namespace, 'before'));
  const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  await client().patch(namespaces, { name: namespace }, { type: 'merge', patch: { metadata: { labels } } });
  await expect
    .poll(() => verdict(client().create(pods, pod(namespace, 'after'), { dryRun: true })), patient)
    .toMatch(/^pods "after" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false/);
});

it('leaves it to validation to say what a pod lacks', async () => {
  const namespace = await space('empty');
  const answer = await verdict(client().create(pods, { metadata: { namespace, name: 'p' }, spec: { containers: [] } }));
  expect(answer).toContain('spec.containers: Required value');
  // @NOTE as a client without types would send it.
  const bare = { metadata: { namespace, name: 'p' }, spec: {} } as unknown as Pod;
  expect(await verdict(client().create(pods, bare))).toContain('spec.containers: Required value');
});
