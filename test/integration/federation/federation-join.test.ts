import { expect, it, vi } from 'vitest';
import { clusterCondition, clusters, isOffline, isReady } from '../../../federation/apis/index.ts';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { joinCluster, unjoinCluster } from '../../../federation/join/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  deployments,
  endpointSlices,
  namespaces,
  nodes,
  pods,
  replicaSets,
  secrets,
  serviceAccounts,
  services,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { adminUser, startTestApiServer, type TestApiServer } from '../../harness/api-server.ts';

const soon = { timeout: 10_000, interval: 10 };
const memberResources = [
  namespaces,
  services,
  configMaps,
  secrets,
  nodes,
  pods,
  endpointSlices,
  deployments,
  replicaSets,
  serviceAccounts,
  clusterRoles,
  clusterRoleBindings,
];

async function federationAlone() {
  const storage = createMemoryStorage({ clock: systemClock });
  const federation = await startFederation({ name: 'fed', dnsDomain: 'example.com', storage });
  return {
    admin: federation.client(adminUser),
    [Symbol.asyncDispose]: () => federation[Symbol.asyncDispose](),
  };
}

async function startMember(options: Parameters<typeof startTestApiServer>[0] = {}): Promise<TestApiServer> {
  return startTestApiServer({ resources: memberResources, namespaces: ['default', 'kube-system'], ...options });
}

/** What a cluster's own token controller does. */
function issueTokens(member: Client, signal: AbortSignal): void {
  const work = async () => {
    for await (const { type, object } of member.watch(secrets, { signal })) {
      if (type !== 'ADDED' || object.type !== 'kubernetes.io/service-account-token') continue;
      const data = { token: Buffer.from('t0ken').toString('base64'), 'ca.crt': Buffer.from('CA').toString('base64') };
      await member.update(secrets, { ...object, data });
    }
  };
  void work();
}

const kubeDns = { namespace: 'kube-system', name: 'kube-dns' };
const options = { name: 'east', server: '10.0.0.1:6443', federationName: 'fed', domain: 'example.com' };

it('joins, twice with the same result, and unjoins without a trace but the copies', async () => {
  await using federation = await federationAlone();
  await using member = await startMember();
  const stop = new AbortController();
  issueTokens(member.admin, stop.signal);
  await member.admin.create(configMaps, {
    metadata: kubeDns,
    data: { federations: 'other=example.org', stubDomains: '{"corp.local":["10.0.0.53"]}', upstreamNameservers: '[]' },
  });
  const parties = { federation: federation.admin, member: member.admin };
  const join = () => joinCluster({ ...parties, ...options, nameservers: ['127.0.0.1:5300'] });
  const first = await join();
  const again = await join();
  expect(again.cluster.metadata.uid).toBe(first.cluster.metadata.uid);
  expect([first.created, again.created]).toEqual([true, false]);
  expect(first.cluster.spec).toEqual({
    serverAddressByClientCIDRs: [{ clientCIDR: '0.0.0.0/0', serverAddress: 'https://10.0.0.1:6443' }],
    secretRef: { name: 'east' },
  });
  const credentials = await federation.admin.get(secrets, { namespace: 'federation-system', name: 'east' });
  expect(Buffer.from(credentials.data?.['token'] ?? '', 'base64').toString()).toBe('t0ken');
  expect((await member.admin.get(configMaps, kubeDns)).data).toEqual({
    federations: 'other=example.org,fed=example.com',
    stubDomains: '{"corp.local":["10.0.0.53"],"example.com":["127.0.0.1:5300"]}',
    upstreamNameservers: '[]',
  });
  const role = await member.admin.get(clusterRoles, { name: 'federation-controller-manager:fed-east' });
  expect(role.rules?.flatMap(({ verbs }) => verbs)).not.toContain('*');
  const whole = role.rules?.filter(({ resources = [] }) => resources.includes('*')) ?? [];
  expect(whole.flatMap(({ apiGroups = [] }) => apiGroups)).toEqual([
    'custom.metrics.k8s.io',
    'external.metrics.k8s.io',
  ]);

  const result = await unjoinCluster({ ...parties, name: 'east', federationName: 'fed' });
  expect(result).toEqual({ found: true, warnings: [], left: [] });
  expect((await federation.admin.list(clusters)).items).toEqual([]);
  expect((await federation.admin.list(secrets)).items).toEqual([]);
  expect((await member.admin.list(serviceAccounts)).items).toEqual([]);
  expect((await member.admin.list(clusterRoles)).items).toEqual([]);
  expect((await member.admin.list(clusterRoleBindings)).items).toEqual([]);
  expect((await member.admin.get(configMaps, kubeDns)).data).toEqual({
    federations: 'other=example.org',
    stubDomains: '{"corp.local":["10.0.0.53"]}',
    upstreamNameservers: '[]',
  });
  stop.abort();
});

it('takes back what it made when the member issues no token', async () => {
  await using federation = await federationAlone();
  await using member = await startMember();
  await expect(
    joinCluster({ ...options, federation: federation.admin, member: member.admin, tokenTimeoutMs: 100 }),
  ).rejects.toThrow('issued no token');
  expect((await federation.admin.list(clusters)).items).toEqual([]);
  expect((await federation.admin.list(secrets)).items).toEqual([]);
  expect((await member.admin.list(serviceAccounts)).items).toEqual([]);
  expect((await member.admin.list(clusterRoles)).items).toEqual([]);
  expect((await member.admin.list(secrets)).items).toEqual([]);
});

it('unjoins a member that is gone for good', async () => {
  await using federation = await federationAlone();
  await federation.admin.create(clusters, {
    metadata: { name: 'east' },
    spec: { serverAddressByClientCIDRs: [{ serverAddress: '127.0.0.1:1' }] },
  });
  const gone = { federation: federation.admin, name: 'east', federationName: 'fed' };
  await expect(unjoinCluster(gone)).rejects.toThrow('--force takes it out of the federation');
  expect((await federation.admin.list(clusters)).items).toHaveLength(1);
  const result = await unjoinCluster({ ...gone, force: true });
  expect(result.found).toBe(true);
  expect(result.left).toContain('serviceaccount east-fed -n federation-system');
  expect(await unjoinCluster({ ...gone, force: true })).toMatchObject({ found: false });
});

const base64 = (text: string) => Buffer.from(text).toString('base64');

function kubeconfig({ certificates }: TestApiServer): string {
  return JSON.stringify({
    'current-context': 'c',
    contexts: [{ name: 'c', context: { cluster: 'm', user: 'u' } }],
    clusters: [
      { name: 'm', cluster: { server: 'https://elsewhere', 'certificate-authority-data': base64(certificates.ca) } },
    ],
    users: [
      {
        name: 'u',
        user: {
          'client-certificate-data': base64(certificates.admin.certificate),
          'client-key-data': base64(certificates.admin.key),
        },
      },
    ],
  });
}

it('speaks to a member over HTTPS with a client certificate, and sees it go', async () => {
  await using federation = await federationAlone();
  const member = await startMember({ listen: true });
  await member.admin.create(nodes, { metadata: { name: 'n', labels: { 'topology.kubernetes.io/region': 'east' } } });
  const { admin } = federation;
  await admin.create(clusters, {
    metadata: { name: 'east' },
    spec: { serverAddressByClientCIDRs: [{ serverAddress: member.url }], secretRef: { name: 'east' } },
  });
  await vi.waitFor(async () => {
    const condition = clusterCondition(await admin.get(clusters, { name: 'east' }), 'Ready');
    expect(condition?.message).toContain('secret federation-system/east not found');
  }, soon);
  await admin.create(secrets, {
    metadata: { namespace: 'federation-system', name: 'east' },
    data: { kubeconfig: base64(kubeconfig(member)) },
  });
  await expect.poll(async () => isReady(await admin.get(clusters, { name: 'east' })), soon).toBe(true);
  await expect.poll(async () => (await admin.get(clusters, { name: 'east' })).status?.region, soon).toBe('east');
  expect((await admin.get(clusters, { name: 'east' })).status?.version).toMatch(/^v1\./);

  await admin.create(configMaps, { metadata: { name: 'settings', namespace: 'default' }, data: { a: '1' } });
  await expect
    .poll(async () => (await member.admin.list(configMaps)).items.map(({ data }) => data), soon)
    .toEqual([{ a: '1' }]);

  const begun = performance.now();
  await member[Symbol.asyncDispose]();
  await expect.poll(async () => isOffline(await admin.get(clusters, { name: 'east' })), soon).toBe(true);
  expect(performance.now() - begun).toBeLessThan(3_500);
});
