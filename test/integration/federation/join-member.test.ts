import { expect, it } from 'vitest';
import { clusterCondition, clusters, isReady } from '../../../federation/apis/index.ts';
import { startFederation } from '../../../federation/control-plane/index.ts';
import { joinCluster, planUnjoin, unjoinCluster } from '../../../federation/join/index.ts';
import type { MemberCluster } from '../../../member-cluster/control-plane/index.ts';
import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  events,
  namespaces,
  roles,
  secrets,
  serviceAccounts,
} from '../../../src/apis/index.ts';
import type { JsonValue } from '../../../src/apimachinery/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { systemClock } from '../../../src/component-base/index.ts';
import { createMemoryStorage } from '../../../src/storage/index.ts';
import { adminUser } from '../../harness/api-server.ts';
import { memberCertificates, reserveBlock, startTestMember } from '../../harness/member-cluster.ts';

const soon = { timeout: 15_000, interval: 20 };
const key = { namespace: 'federation-system', name: 'east' };
const role = { name: 'federation-controller-manager:fed-east' };

interface Parties extends AsyncDisposable {
  readonly federation: Client;
  readonly member: Client;
  readonly cluster: MemberCluster;
  readonly join: (more?: Partial<Parameters<typeof joinCluster>[0]>) => ReturnType<typeof joinCluster>;
}

/** A federation and one whole member with RBAC and tokens, which meet over HTTPS. */
async function parties(): Promise<Parties> {
  await using stack = new AsyncDisposableStack();
  const block = await reserveBlock();
  const certificates = await memberCertificates(block);
  const cluster = stack.use(await startTestMember({ nodes: 1, network: { block }, certificates }));
  const storage = createMemoryStorage({ clock: systemClock });
  const hub = stack.use(await startFederation({ name: 'fed', dnsDomain: 'example.com', storage }));
  const federation = hub.client(adminUser);
  const member = cluster.client;
  const parts = stack.move();
  return {
    federation,
    member,
    cluster,
    join: (more = {}) =>
      joinCluster({
        federation,
        member,
        name: 'east',
        server: cluster.url,
        trust: { kind: 'authority', ca: certificates.ca.certificate },
        federationName: 'fed',
        domain: 'example.com',
        ...more,
      }),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  };
}

// @NOTE what came as JSON goes as JSON.
const asJson = (value: unknown) => JSON.parse(JSON.stringify(value)) as JsonValue;
const decoded = (text = '') => Buffer.from(text, 'base64').toString();

it('acts in a member by a token that ends, which it renews, with rights that it finds narrowed', async () => {
  await using at = await parties();
  const { federation, member, join } = at;
  await join();
  const condition = async (type: 'Authorized' | 'CredentialsCurrent') =>
    clusterCondition(await federation.get(clusters, { name: 'east' }), type);
  await expect.poll(async () => isReady(await federation.get(clusters, { name: 'east' })), soon).toBe(true);
  await expect.poll(async () => (await condition('Authorized'))?.status, soon).toBe('True');
  expect(await condition('CredentialsCurrent')).toMatchObject({ status: 'True', reason: 'TokenRenewed' });

  await federation.create(configMaps, { metadata: { name: 'settings', namespace: 'default' }, data: { a: '1' } });
  const copy = { name: 'settings', namespace: 'default' };
  await expect.poll(async () => (await member.get(configMaps, copy)).data, soon).toEqual({ a: '1' });

  // As if a day had gone by.
  const before = await federation.get(secrets, key);
  const long = { ...before.metadata.annotations, 'federation.koinon.dev/token-issued': '2020-01-01T00:00:00Z' };
  const full = await member.get(clusterRoles, role);
  const rules = full.rules?.map((rule) => ({
    ...rule,
    resources: rule.resources?.filter((kind) => kind !== 'secrets'),
  }));
  await member.patch(clusterRoles, role, { type: 'merge', patch: { rules: asJson(rules) } });
  await federation.update(secrets, { ...before, metadata: { ...before.metadata, annotations: long } });
  await expect
    .poll(async () => (await federation.get(secrets, key)).data?.['token'], soon)
    .not.toBe(before.data?.['token']);
  // What it does not allow shows by its answers, and then it is asked for all of it.
  await federation.create(secrets, { metadata: { name: 'password', namespace: 'default' } });
  await expect.poll(async () => (await condition('Authorized'))?.status, soon).toBe('False');
  expect((await condition('Authorized'))?.message).toContain(
    'does not allow to get, list, watch, create, update, patch, delete secrets; all else works',
  );
  const told = async () => (await federation.list(events)).items.map(({ reason }) => reason);
  await expect.poll(told, soon).toContain('PermissionsMissing');

  // What is allowed goes on, by the token that was renewed.
  await federation.create(configMaps, { metadata: { name: 'more', namespace: 'default' }, data: { b: '2' } });
  await expect
    .poll(async () => (await member.list(configMaps, { namespace: 'default' })).items.map(({ data }) => data), soon)
    .toContainEqual({ b: '2' });

  const again = await join();
  expect(again).toMatchObject({ created: false, warnings: [] });
  await expect.poll(async () => (await condition('Authorized'))?.status, soon).toBe('True');
  await expect.poll(async () => (await member.list(secrets, { namespace: 'default' })).items.length, soon).toBe(1);
});

it('takes its own role for what is copied later, where it may', async () => {
  await using at = await parties();
  await at.join({ mayEscalate: true });
  const { rules = [] } = await at.member.get(clusterRoles, role);
  const narrowed = rules.filter(({ apiGroups = [] }) => !apiGroups.includes('apps'));
  await at.member.update(clusterRoles, { ...(await at.member.get(clusterRoles, role)), rules: narrowed });
  await expect
    .poll(async () => (await at.member.get(clusterRoles, role)).rules, soon)
    .toContainEqual(expect.objectContaining({ apiGroups: ['apps'], resources: ['deployments'] }));
});

it('knows a cluster by its uid, whatever it is called', async () => {
  await using at = await parties();
  await at.join();
  await expect(at.join({ name: 'west' })).rejects.toThrow('in the federation already, as "east"');
  const { items } = await at.member.list(serviceAccounts, { namespace: 'federation-system' });
  const names = items.map(({ metadata }) => metadata.name);
  expect(names).toContain('east-fed');
  expect(names).not.toContain('west-fed');

  const moved = await at.join({ server: 'https://elsewhere.test:6443' });
  expect(moved.cluster.spec?.serverAddressByClientCIDRs?.[0]?.serverAddress).toBe('https://elsewhere.test:6443');

  const other = await at.federation.get(clusters, { name: 'east' });
  const annotations = { ...other.metadata.annotations, 'federation.koinon.dev/cluster-uid': 'another' };
  await at.federation.update(clusters, { ...other, metadata: { ...other.metadata, annotations } });
  await expect(at.join()).rejects.toThrow('is another cluster than this one');
});

it('does not share a member with another federation of its name, and takes back what it began', async () => {
  await using at = await parties();
  await using rival = await startFederation({
    name: 'fed',
    dnsDomain: 'example.com',
    storage: createMemoryStorage({ clock: systemClock }),
  });
  await at.join();
  await expect(at.join({ federation: rival.client(adminUser) })).rejects.toThrow(
    'another federation that is called fed',
  );
  expect((await rival.client(adminUser).list(clusters)).items).toEqual([]);
});

it('takes back all that it made when the end of a join fails, and can be tried again', async () => {
  await using at = await parties();
  const { federation, member } = at;
  const broken: Client = {
    ...boundTo(federation),
    create: (resource, object, options) =>
      resource.plural === 'clusters'
        ? Promise.reject(new Error('the power went'))
        : federation.create(resource, object, options),
  };
  await expect(at.join({ federation: broken })).rejects.toThrow('the power went');
  expect((await federation.list(secrets)).items).toEqual([]);
  expect((await member.list(clusterRoles)).items.map(({ metadata }) => metadata.name)).not.toContain(role.name);
  expect((await member.list(clusterRoleBindings)).items.map(({ metadata }) => metadata.name)).not.toContain(role.name);
  expect((await at.join()).created).toBe(true);
  expect((await member.get(roles, { ...role, namespace: 'federation-system' })).rules).toHaveLength(1);
});

it('unjoins with the copies, but not with what others made beside them', async () => {
  await using at = await parties();
  const { federation, member } = at;
  await at.join();
  for (const name of ['shop', 'bank']) {
    await federation.create(namespaces, { metadata: { name } });
    await federation.create(configMaps, { metadata: { name: 'settings', namespace: name }, data: { a: '1' } });
    await expect
      .poll(
        async () => (await member.list(configMaps, { namespace: name })).items.map(({ metadata }) => metadata.name),
        soon,
      )
      .toContain('settings');
  }
  await member.create(configMaps, { metadata: { name: 'theirs', namespace: 'bank' } });
  const result = await unjoinCluster({ federation, member, name: 'east', federationName: 'fed', cascade: 'delete' });
  expect(result).toEqual({
    found: true,
    warnings: [],
    left: ['namespace bank stays: others have made configmaps theirs in it'],
  });
  const names = (await member.list(namespaces)).items.map(({ metadata }) => metadata.name);
  expect(names).toContain('bank');
  expect(names).not.toContain('shop');
  const left = (await member.list(configMaps, { namespace: 'bank' })).items.map(({ metadata }) => metadata.name);
  expect(left.sort()).toEqual(['kube-root-ca.crt', 'theirs']);
  expect((await federation.list(configMaps, { namespace: 'shop' })).items).toHaveLength(1);
  expect((await federation.list(secrets)).items).toEqual([]);
});

it('says what unjoining would take away, takes it away with what its reporter had, and can be joined again', async () => {
  await using at = await parties();
  const { federation, member } = at;
  const system = { namespace: 'federation-system' };
  const accounts = async () =>
    (await member.list(serviceAccounts, system)).items.map(({ metadata }) => metadata.name).sort();
  await at.join();
  await expect.poll(accounts, soon).toEqual(['default', 'east-fed', 'federation-reporter']);
  // It has been told whom to look at, and has told what it saw.
  const reports = async () =>
    (await member.list(configMaps, system)).items
      .map(({ metadata }) => metadata.name)
      .filter((name) => name?.startsWith('federation-report'));
  await expect.poll(reports, soon).toEqual(['federation-report-fed-east']);
  const labels = { 'federation.koinon.dev/reporter': 'report' };
  for (const name of ['federation-report-fed-west', 'federation-report-other-west']) {
    await member.create(configMaps, { metadata: { ...system, name, labels } });
  }
  const unjoining = { federation, member, name: 'east', federationName: 'fed' };
  const plan = await planUnjoin(unjoining);
  expect(plan).toEqual({
    federation: ['cluster east', 'secret east -n federation-system'],
    member: [
      'the entry of federation fed in configmaps kube-dns and coredns -n kube-system',
      'secret federation-peers-fed -n federation-system',
      'configmap federation-report-fed-east -n federation-system',
      'configmap federation-report-fed-west -n federation-system',
      ...['rolebinding', 'role', 'secret', 'serviceaccount'].map(
        (kind) => `${kind} federation-reporter -n federation-system`,
      ),
      `clusterrolebinding ${role.name}`,
      `clusterrole ${role.name}`,
      `rolebinding ${role.name} -n federation-system`,
      `role ${role.name} -n federation-system`,
      'serviceaccount east-fed -n federation-system',
      'namespace federation-system, unless somebody else is in it',
    ],
    left: [],
  });
  expect((await federation.list(clusters)).items).toHaveLength(1);

  // Another federation is in it too: what both need stays.
  const joined = { 'federation.koinon.dev/joined-to': 'other' };
  await member.create(serviceAccounts, { metadata: { ...system, name: 'east-other', labels: joined } });
  expect((await unjoinCluster(unjoining)).left).toEqual([]);
  expect(await accounts()).toEqual(['default', 'east-other', 'federation-reporter']);
  await expect.poll(reports, soon).toEqual(['federation-report-other-west']);

  await member.delete(serviceAccounts, { ...system, name: 'east-other' });
  await member.delete(configMaps, { ...system, name: 'federation-report-other-west' });
  await at.join();
  expect((await unjoinCluster(unjoining)).left).toEqual([]);
  expect((await at.join()).created).toBe(true);
  await expect.poll(accounts, soon).toEqual(['default', 'east-fed', 'federation-reporter']);
});

it('never lets a token out of the federation into its own texts', async () => {
  await using at = await parties();
  await at.join();
  const token = decoded((await at.federation.get(secrets, key)).data?.['token']);
  expect(token.split('.')).toHaveLength(3);
  const told = JSON.stringify([(await at.federation.list(clusters)).items, (await at.federation.list(events)).items]);
  expect(told).not.toContain(token);
});

/** The methods of a client, free to be replaced one by one. */
function boundTo(client: Client): Client {
  return {
    get: (...args) => client.get(...args),
    list: (...args) => client.list(...args),
    create: (...args) => client.create(...args),
    update: (...args) => client.update(...args),
    updateStatus: (...args) => client.updateStatus(...args),
    patch: (...args) => client.patch(...args),
    delete: (...args) => client.delete(...args),
    deleteCollection: (...args) => client.deleteCollection(...args),
    createSubresource: (...args) => client.createSubresource(...args),
    watch: (...args) => client.watch(...args),
    raw: (...args) => client.raw(...args),
  };
}
