import { afterAll, expect, it } from 'vitest';
import { isStatusError, keyOf } from '../../src/apimachinery/index.ts';
import {
  configMaps,
  events,
  namespaces,
  roleBindings,
  secrets,
  serviceAccounts,
  services,
  tokenReviews,
  type Service,
} from '../../src/apis/index.ts';
import { startTestMember } from '../harness/member-cluster.ts';

const member = await startTestMember({ nodes: 0 });

afterAll(() => member[Symbol.asyncDispose]());

const inNamespace = (namespace: string, name: string) => ({ metadata: { namespace, name } });

function serviceOf(name: string, spec: Partial<NonNullable<Service['spec']>> = {}) {
  return { ...inNamespace('default', name), spec: { ports: [{ port: 80 }], ...spec } };
}

const addressOf = ({ status }: Service) => status?.loadBalancer?.ingress?.[0]?.ip;

const read = (name: string) => member.client.get(services, { namespace: 'default', name });

it('gives every namespace its account and the certificate of the API server', async () => {
  await member.client.create(namespaces, { metadata: { name: 'shop' } });
  const { client } = member;
  await expect
    .poll(() => client.get(serviceAccounts, { namespace: 'shop', name: 'default' }).catch(() => null))
    .toBeTruthy();
  await expect
    .poll(() => client.get(configMaps, { namespace: 'shop', name: 'kube-root-ca.crt' }).catch(() => null))
    .toMatchObject({ data: { 'ca.crt': expect.stringContaining('BEGIN CERTIFICATE') as unknown } });
  await client.delete(serviceAccounts, { namespace: 'shop', name: 'default' });
  await expect
    .poll(() => client.get(serviceAccounts, { namespace: 'shop', name: 'default' }).catch(() => null))
    .toBeTruthy();
});

it('has the Services that every cluster has', async () => {
  const { items } = await member.client.list(services);
  const addresses = Object.fromEntries(items.map((service) => [keyOf(service), service.spec?.clusterIP]));
  expect(addresses).toMatchObject({ 'default/kubernetes': '10.0.96.1', 'kube-system/kube-dns': '10.0.96.10' });
});

it('never gives two Services one cluster IP, however many ask at once', async () => {
  const wanted = '10.0.96.77';
  const outcomes = await Promise.allSettled(
    Array.from({ length: 30 }, (_, index) =>
      member.client.create(services, serviceOf(`race-${index}`, index % 2 === 0 ? { clusterIP: wanted } : {})),
    ),
  );
  const made = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []));
  const addresses = made.map(({ spec }) => spec?.clusterIP);
  expect(new Set(addresses).size).toBe(16);
  expect(addresses.filter((address) => address === wanted)).toHaveLength(1);
  const [refused] = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
  expect(isStatusError(refused, 'Invalid') && refused.message).toContain('provided IP is already allocated');
  await member.client.deleteCollection(services, { namespace: 'default', fieldSelector: 'metadata.name!=kubernetes' });
});

it('gives back what a refused write had reserved, and what a deleted Service had', async () => {
  const { client } = member;
  const clusterIP = '10.0.96.80';
  const twice = [80, 81].map((port) => ({ name: `p${port}`, port, nodePort: 30_001, protocol: 'TCP' }));
  await expect(
    client.create(services, serviceOf('bad', { type: 'NodePort', clusterIP, ports: twice })),
  ).rejects.toThrow();
  const made = await client.create(
    services,
    serviceOf('good', { type: 'NodePort', clusterIP, ports: [{ port: 80, nodePort: 30_001 }] }),
  );
  expect(made.spec).toMatchObject({ clusterIP, clusterIPs: [clusterIP], ipFamilies: ['IPv4'] });
  await expect(client.create(services, serviceOf('good', {}))).rejects.toThrow('already exists');
  await client.delete(services, { namespace: 'default', name: 'good' });
  await expect
    .poll(() =>
      client
        .create(services, serviceOf('next', { clusterIP }))
        .then(({ spec }) => spec?.clusterIP)
        .catch(() => null),
    )
    .toBe(clusterIP);
});

it('refuses addresses that it cannot give, and changes of those that it gave', async () => {
  const { client } = member;
  await expect(client.create(services, serviceOf('far', { clusterIP: '10.1.0.1' }))).rejects.toThrow(
    'failed to allocate IP 10.1.0.1: the provided IP (10.1.0.1) is not in the valid range. The range of valid IPs is 10.0.96.0/20',
  );
  await expect(
    client.create(services, serviceOf('two', { clusterIP: '10.0.96.90', clusterIPs: ['10.0.96.91'] })),
  ).rejects.toThrow('spec.clusterIPs: Invalid value: ["10.0.96.91"]: first value must match `clusterIP`');
  await client.create(services, serviceOf('fixed', { clusterIP: '10.0.96.92' }));
  const patch = { spec: { clusterIP: '10.0.96.93' } };
  await expect(
    client.patch(services, { namespace: 'default', name: 'fixed' }, { type: 'merge', patch }),
  ).rejects.toThrow('spec.clusterIPs[0]: Invalid value: ["10.0.96.93"]: may not change once set');
  await client.delete(services, { namespace: 'default', name: 'fixed' });
});

const nodePortsOf = ({ spec }: Service) => spec?.ports?.map(({ nodePort }) => nodePort);

it('keeps the numbers of a Service through changes, and frees node ports with a change of type', async () => {
  const { client } = member;
  const key = { namespace: 'default', name: 'web' };
  const made = await client.create(services, serviceOf('web', { type: 'NodePort' }));
  const [nodePort] = nodePortsOf(made) ?? [];
  expect(nodePort).toBeGreaterThanOrEqual(30_000);
  const ports = [80, 81].map((port) => ({ name: `p${port}`, port }));
  const changed = await client.update(services, { ...made, spec: { type: 'NodePort', ports } });
  expect(changed.spec?.clusterIP).toBe(made.spec?.clusterIP);
  expect(nodePortsOf(changed)?.[0]).toBe(nodePort);
  const plain = await client.patch(services, key, { type: 'merge', patch: { spec: { type: 'ClusterIP' } } });
  expect(nodePortsOf(plain)).toEqual([undefined, undefined]);
});

it('reserves nothing for a write that is only tried', async () => {
  const asking = (name: string) => serviceOf(name, { type: 'NodePort', ports: [{ port: 1, nodePort: 30_002 }] });
  const dry = await member.client.create(services, asking('dry'), { dryRun: true });
  expect(nodePortsOf(dry)).toEqual([30_002]);
  await member.client.create(services, asking('wet'));
});

it('balances: an address for each Service that asks, the one it asks for where that is free, taken back in the end', async () => {
  const { client } = member;
  await client.create(services, serviceOf('lb-a', { type: 'LoadBalancer', loadBalancerIP: '10.0.200.50' }));
  await client.create(services, serviceOf('lb-b', { type: 'LoadBalancer' }));
  await expect.poll(async () => addressOf(await read('lb-a'))).toBe('10.0.200.50');
  await expect.poll(async () => addressOf(await read('lb-b'))).toMatch(/^10\.0\.200\./);
  const [ingress] = (await read('lb-b')).status?.loadBalancer?.ingress ?? [];
  expect(ingress?.ipMode).toBe('VIP');
  await expect
    .poll(async () =>
      (await client.list(events, { namespace: 'default' })).items
        .filter(({ involvedObject }) => involvedObject.name === 'lb-b')
        .map(({ reason }) => reason),
    )
    .toEqual(expect.arrayContaining(['EnsuringLoadBalancer', 'EnsuredLoadBalancer']));

  await client.create(services, serviceOf('lb-c', { type: 'LoadBalancer', loadBalancerIP: '10.0.200.50' }));
  await expect
    .poll(async () =>
      (await client.list(events, { namespace: 'default' })).items.map(
        ({ reason, involvedObject }) => `${involvedObject.name ?? ''} ${reason ?? ''}`,
      ),
    )
    .toContain('lb-c SyncLoadBalancerFailed');
  await client.delete(services, { namespace: 'default', name: 'lb-a' });
  await expect.poll(async () => addressOf(await read('lb-c')), { timeout: 5000 }).toBe('10.0.200.50');

  await client.patch(
    services,
    { namespace: 'default', name: 'lb-b' },
    { type: 'merge', patch: { spec: { type: 'ClusterIP' } } },
  );
  await expect.poll(async () => (await read('lb-b')).metadata.finalizers ?? []).toEqual([]);
  expect(addressOf(await read('lb-b'))).toBeUndefined();
});

it('fills Secrets that ask for a token, and knows whose the token is', async () => {
  const { client } = member;
  await client.create(serviceAccounts, inNamespace('default', 'robot'));
  await client.create(secrets, {
    metadata: {
      namespace: 'default',
      name: 'robot-token',
      annotations: { 'kubernetes.io/service-account.name': 'robot' },
    },
    type: 'kubernetes.io/service-account-token',
  });
  const tokenOf = async () =>
    (await client.get(secrets, { namespace: 'default', name: 'robot-token' })).data?.['token'];
  await expect.poll(tokenOf).toBeTruthy();
  const token = Buffer.from((await tokenOf()) ?? '', 'base64').toString();
  const review = await client.create(tokenReviews, { metadata: {}, spec: { token } });
  expect(review.status).toMatchObject({
    authenticated: true,
    user: { username: 'system:serviceaccount:default:robot' },
  });
  await client.delete(serviceAccounts, { namespace: 'default', name: 'robot' });
  await expect
    .poll(() => client.get(secrets, { namespace: 'default', name: 'robot-token' }).catch(() => 'gone'))
    .toBe('gone');
});

it('lets users do what their roles allow and nothing else', async () => {
  const anna = member.server.client({ username: 'anna', groups: ['dev'] });
  await expect(anna.list(configMaps, { namespace: 'default' })).rejects.toThrow('cannot list resource "configmaps"');
  await member.client.create(roleBindings, {
    ...inNamespace('default', 'anna-edits'),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'edit' },
    subjects: [{ kind: 'User', name: 'anna', apiGroup: 'rbac.authorization.k8s.io' }],
  });
  await expect
    .poll(() =>
      anna
        .list(configMaps, { namespace: 'default' })
        .then(() => 'listed')
        .catch(() => 'refused'),
    )
    .toBe('listed');
  await expect(anna.list(configMaps, { namespace: 'kube-system' })).rejects.toThrow('forbidden');
});

it('empties a namespace that is deleted, and then lets it go', async () => {
  const { client } = member;
  await client.create(namespaces, { metadata: { name: 'doomed' } });
  await client.create(services, { ...serviceOf('s', { type: 'LoadBalancer' }), ...inNamespace('doomed', 's') });
  await client.create(configMaps, {
    metadata: { namespace: 'doomed', name: 'held', finalizers: ['example.com/hold'] },
  });
  await client.delete(namespaces, { name: 'doomed' });
  await expect
    .poll(async () =>
      (await client.get(namespaces, { name: 'doomed' })).status?.conditions
        ?.filter(({ status }) => status === 'True')
        .map(({ type }) => type),
    )
    .toEqual(expect.arrayContaining(['NamespaceContentRemaining', 'NamespaceFinalizersRemaining']));
  await expect(client.create(configMaps, inNamespace('doomed', 'late'))).rejects.toThrow('being terminated');
  await client.patch(
    configMaps,
    { namespace: 'doomed', name: 'held' },
    { type: 'merge', patch: { metadata: { finalizers: null } } },
  );
  await expect
    .poll(() => client.get(namespaces, { name: 'doomed' }).catch(() => 'gone'), { timeout: 5000 })
    .toBe('gone');
  expect((await client.list(services, { namespace: 'doomed' })).items).toEqual([]);
});
