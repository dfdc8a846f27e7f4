import { expect, it } from 'vitest';
import { endpointSlices, services, type EndpointSlice, type Service } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { clusters } from '../apis/index.ts';
import { FederatedInformer, type ClientChange } from '../cluster/index.ts';
import { essentialsOfSlice, serviceOfSlice, ShardHealth, SLICES_BY_SERVICE } from './shard-health.ts';

const deps = { clock: systemClock, log: silentLogger };
const soon = { timeout: 5_000, interval: 5 };
const ANNOTATION = 'federation.kubernetes.io/service-ingresses';

const web = (metadata: Partial<Service['metadata']> = {}): Service => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { namespace: 'shop', name: 'web', ...metadata },
  spec: { type: 'LoadBalancer' },
});
const slice = (ready: boolean | undefined): Omit<EndpointSlice, 'apiVersion' | 'kind'> => ({
  metadata: { namespace: 'shop', name: 'web-1', labels: { 'kubernetes.io/service-name': 'web' } },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['10.1.0.1'], conditions: ready === undefined ? {} : { ready } }],
});
const condition = (offline: boolean) => ({
  conditions: [
    { type: 'Ready' as const, status: offline ? ('False' as const) : ('True' as const) },
    { type: 'Offline' as const, status: offline ? ('True' as const) : ('False' as const) },
  ],
});

async function watching() {
  const federation = new FakeClient();
  const handlers = new Set<ClientChange>();
  const clients = {
    onChange: (handler: ClientChange) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const members = new FederatedInformer<Service>('services', {
    ...deps,
    clients,
    createInformer: (client) => createInformer(client, services, deps),
  });
  const slices = new FederatedInformer<EndpointSlice>('endpointslices', {
    ...deps,
    clients,
    createInformer: (client) =>
      createInformer(client, endpointSlices, {
        ...deps,
        indexes: { [SLICES_BY_SERVICE]: serviceOfSlice },
        transform: essentialsOfSlice,
      }),
  });
  const serviceInformer = createInformer(federation, services, deps);
  const clusterInformer = createInformer(federation, clusters, deps);
  const health = new ShardHealth({
    reach: { isLost: () => false, onChange: () => () => undefined },
    services: serviceInformer,
    clusters: clusterInformer,
    members,
    slices,
    clock: systemClock,
    unjudgedWithdrawMs: 300_000,
  });
  const running = await start([serviceInformer, clusterInformer, members, slices, health]);
  const east = await federation.create(clusters, {
    metadata: { name: 'east' },
    spec: { serverAddressByClientCIDRs: [{ serverAddress: 'east' }] },
    status: condition(false),
  });
  await expect.poll(() => clusterInformer.lister.get('east'), soon).toBeDefined();
  return {
    federation,
    health,
    connect: (client: FakeClient | undefined) => {
      for (const handler of handlers) handler('east', client);
    },
    setOffline: async (offline: boolean) => {
      const { resourceVersion: _version, ...metadata } = east.metadata;
      await federation.update(clusters, { ...east, metadata, status: condition(offline) });
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

const shard = (ip?: string): Omit<Service, 'apiVersion' | 'kind'> => ({
  ...web(),
  status: { loadBalancer: ip === undefined ? {} : { ingress: [{ ip }] } },
});

it('finds a shard healthy with an address and a ready endpoint, and not with less', async () => {
  await using fixture = await watching();
  const member = new FakeClient();
  fixture.connect(member);
  const reachable = () => fixture.health.reachable(web());
  const made = await member.create(services, shard());
  const endpoints = await member.create(endpointSlices, slice(true));
  await expect.poll(() => fixture.health.states(web()).get('east')?.kind, soon).toBe('known');
  expect(reachable()).toEqual([]);

  await member.update(services, { ...made, status: shard('198.51.100.1').status ?? {} });
  await expect.poll(reachable, soon).toEqual([{ cluster: 'east', addresses: ['198.51.100.1'] }]);
  const next = await member.update(endpointSlices, { ...endpoints, endpoints: slice(false).endpoints ?? [] });
  await expect.poll(reachable, soon).toEqual([]);
  await member.update(endpointSlices, { ...next, endpoints: slice(undefined).endpoints ?? [] });
  await expect.poll(reachable, soon).toHaveLength(1);
  expect(fixture.health.reachable(web({ deletionTimestamp: '2026-01-01T00:00:00Z' }))).toEqual([]);
  expect(fixture.health.reachable({ ...web(), spec: { type: 'ClusterIP' } })).toEqual([]);
});

it('believes what was written before of a member that has not told yet', async () => {
  await using fixture = await watching();
  const items = [{ cluster: 'east', items: [{ ip: '198.51.100.1' }] }];
  const before = web({ annotations: { [ANNOTATION]: JSON.stringify({ items }) } });
  expect(fixture.health.reachable(before)).toEqual([{ cluster: 'east', addresses: ['198.51.100.1'] }]);
  const member = new FakeClient();
  fixture.connect(member);
  await expect.poll(() => fixture.health.reachable(before), soon).toEqual([]);
  // Credentials that are gone for a moment take nothing away either.
  fixture.connect(undefined);
  expect(fixture.health.states(before).get('east')?.kind).toBe('unsettled');
});

it('trusts a member that was offline only when it has been seen anew', async () => {
  await using fixture = await watching();
  const member = new FakeClient();
  await member.create(services, shard('198.51.100.1'));
  await member.create(endpointSlices, slice(true));
  fixture.connect(member);
  const kind = () => fixture.health.states(web()).get('east')?.kind;
  await expect.poll(() => fixture.health.reachable(web()), soon).toHaveLength(1);

  member.down(new Error('cut off'));
  expect(fixture.health.reachable(web())).toHaveLength(1);
  await fixture.setOffline(true);
  await expect.poll(kind, soon).toBe('leftOut');
  await fixture.setOffline(false);
  await expect.poll(kind, soon).toBe('unsettled');
  expect(fixture.health.reachable(web())).toEqual([]);
  member.up();
  await expect.poll(kind, soon).toBe('known');
  expect(fixture.health.reachable(web())).toHaveLength(1);
});
