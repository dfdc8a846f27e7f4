import { expect, it, vi } from 'vitest';
import {
  createLocalZones,
  DnsProviderError,
  type DnsProvider,
  type DnsZone,
  type RecordChanges,
  type RecordSet,
} from '../../dns/provider/index.ts';
import { keyOf } from '../../src/apimachinery/index.ts';
import { services, type Service } from '../../src/apis/index.ts';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { clusters } from '../apis/index.ts';
import type { ReachableShard } from '../service/index.ts';
import { ServiceDnsController } from './service-dns-controller.ts';

const soon = { timeout: 30_000, interval: 5 };
const P = (name: string) => `${name}.shop.fed.svc`;

/** A federation of one cluster, of which every shard is where `addresses` says. */
async function publishing(wrap: (zone: DnsZone) => DnsZone = (zone) => zone, ttlSeconds = 60) {
  const clock = new FakeClock();
  const deps = { clock, log: silentLogger };
  const api = new FakeClient();
  const zones = createLocalZones({ zones: [{ name: 'example.com' }], ...deps });
  const provider: DnsProvider = { zone: async (name) => wrap(await zones.zone(name)) };
  const addresses = new Map<string, readonly string[]>();
  const handlers = new Set<(key: string) => void>();
  const shards = {
    reachable: (service: Service): readonly ReachableShard[] => {
      const known = addresses.get(keyOf(service)) ?? [];
      return known.length === 0 ? [] : [{ cluster: 'east', addresses: known }];
    },
    onChange: (handler: (key: string) => void) => {
      handlers.add(handler);
      return () => handlers.delete(handler);
    },
  };
  const told: string[] = [];
  const events = {
    name: 'events',
    run: async () => undefined,
    event: (_about: unknown, type: string, reason: string) => {
      told.push(`${type} ${reason}`);
    },
  };
  const resolved = new Map<string, readonly string[]>();
  let resolverStalls = false;
  const lookUps: string[] = [];
  const serviceInformer = createInformer(api, services, deps);
  const clusterInformer = createInformer(api, clusters, deps);
  serviceInformer.onEvent(({ key }) => {
    for (const handler of handlers) handler(key);
  });
  const controller = new ServiceDnsController(
    {
      services: serviceInformer,
      clusters: clusterInformer,
      shards,
      events,
      ...deps,
      resolveHostName: async (name) => {
        lookUps.push(name);
        if (resolverStalls) await new Promise<never>(() => undefined);
        const found = resolved.get(name);
        if (found === undefined) throw new Error('NXDOMAIN');
        return found;
      },
    },
    { federation: 'fed', targets: [{ name: 'local', provider, zoneName: 'Example.com.' }], ttlSeconds },
  );
  await api.create(clusters, {
    metadata: { name: 'east' },
    spec: { serverAddressByClientCIDRs: [{ serverAddress: 'east' }] },
    status: { zones: ['east-a'], region: 'east' },
  });
  const base = await start([zones, serviceInformer, clusterInformer]);
  const zone = await zones.zone('example.com');
  return {
    api,
    clock,
    zone,
    told,
    resolved,
    lookUps,
    stallResolver: () => {
      resolverStalls = true;
    },
    begin: () => start([controller]),
    serve: async (name: string, known: readonly string[], annotations: Record<string, string> = {}) => {
      addresses.set(`shop/${name}`, known);
      const key = { namespace: 'shop', name };
      const present = (await api.list(services)).items.find((service) => keyOf(service) === keyOf({ metadata: key }));
      if (present === undefined) await api.create(services, { metadata: { ...key, annotations } });
      else await api.update(services, { ...present, metadata: { ...present.metadata, annotations } });
    },
    records: async () => shown(await zone.list()),
    [Symbol.asyncDispose]: () => base.stop(),
  };
}

const shown = (records: readonly RecordSet[]) =>
  Object.fromEntries(
    records.map(({ name, type, ttlSeconds, data }) => [`${name} ${type}`, `${ttlSeconds} ${data.join()}`]),
  );
const foreign: RecordSet = { name: 'www.example.com', type: 'A', ttlSeconds: 1, data: ['192.0.2.1'] };
const stale = (name: string): RecordSet => ({ ...foreign, name: `${P(name)}.example.com` });

it('publishes, follows, collects what is left over and touches nothing else', async () => {
  await using fixture = await publishing();
  await fixture.zone.apply({ upsert: [foreign, stale('old'), stale('web')], remove: [] });
  await fixture.serve('web', ['10.0.0.1']);
  await using _running = await fixture.begin();
  await expect.poll(fixture.records, soon).toEqual({
    'www.example.com A': '1 192.0.2.1',
    [`${P('web')}.example.com A`]: '60 10.0.0.1',
    [`${P('web')}.east.example.com A`]: '60 10.0.0.1',
    [`${P('web')}.east-a.east.example.com A`]: '60 10.0.0.1',
    [`${P('web')}.east-a.example.com A`]: '60 10.0.0.1',
  });
  await fixture.api.delete(services, { namespace: 'shop', name: 'web' });
  await expect.poll(fixture.records, soon).toEqual({ 'www.example.com A': '1 192.0.2.1' });
});

it('writes nothing when the zone is right already', async () => {
  const applied: RecordChanges[] = [];
  const counting = (zone: DnsZone): DnsZone => ({
    name: zone.name,
    list: (signal) => zone.list(signal),
    apply: async (changes, signal) => {
      applied.push(changes);
      await zone.apply(changes, signal);
    },
  });
  await using fixture = await publishing(counting);
  await fixture.serve('web', ['10.0.0.1']);
  {
    await using _running = await fixture.begin();
    await expect.poll(() => applied.length, soon).toBe(1);
  }
  await using _again = await fixture.begin();
  await fixture.serve('db', ['10.0.0.2']);
  await expect.poll(() => applied.length, soon).toBe(2);
  expect(applied[1]?.upsert.every(({ name }) => name.startsWith('db.'))).toBe(true);
});

it('tries again when the provider is away, and repairs what somebody changed', async () => {
  let away = true;
  const unsteady = (zone: DnsZone): DnsZone => {
    if (away) throw new DnsProviderError('Unavailable', 'away');
    return zone;
  };
  await using fixture = await publishing(unsteady);
  await fixture.serve('web', ['10.0.0.1']);
  await using _running = await fixture.begin();
  expect(await fixture.records()).toEqual({});
  away = false;
  await fixture.clock.advance(1_000);
  await expect.poll(async () => Object.keys(await fixture.records()).length, soon).toBe(4);

  await fixture.zone.apply({ upsert: [], remove: [{ name: `${P('web')}.example.com`, type: 'A' }] });
  await fixture.clock.advance(301_000);
  await expect.poll(async () => Object.keys(await fixture.records()).length, soon).toBe(4);
});

it('lets no service wait for one whose records are refused', async () => {
  const refusing = (zone: DnsZone): DnsZone => ({
    name: zone.name,
    list: (signal) => zone.list(signal),
    apply: async (changes, signal) => {
      if (changes.upsert.some(({ name }) => name.startsWith('bad.'))) throw new DnsProviderError('Invalid', 'no');
      await zone.apply(changes, signal);
    },
  });
  await using fixture = await publishing(refusing);
  await fixture.serve('bad', ['10.0.0.1']);
  await fixture.serve('good', ['10.0.0.2']);
  await using _running = await fixture.begin();
  await expect.poll(async () => Object.keys(await fixture.records()).length, soon).toBe(4);
  expect(fixture.told).toContain('Warning DNSUpdateFailed');
});

it('resolves host names that stand beside addresses, and again with their TTL', async () => {
  await using fixture = await publishing();
  fixture.resolved.set('lb.example', ['192.0.2.7']);
  await fixture.serve('web', ['lb.example', '10.0.0.1']);
  await using _running = await fixture.begin();
  const global = `${P('web')}.example.com A`;
  await expect.poll(async () => (await fixture.records())[global], soon).toBe('60 10.0.0.1,192.0.2.7');
  fixture.resolved.set('lb.example', ['192.0.2.8']);
  await fixture.clock.advance(61_000);
  await expect.poll(async () => (await fixture.records())[global], soon).toBe('60 10.0.0.1,192.0.2.8');
  fixture.resolved.delete('lb.example');
  await fixture.clock.advance(61_000);
  expect((await fixture.records())[global]).toBe('60 10.0.0.1,192.0.2.8');
});

it('takes the TTL of the annotation, and warns of one that is none', async () => {
  await using fixture = await publishing();
  await using _running = await fixture.begin();
  await fixture.serve('web', ['10.0.0.1'], { 'federation.koinon.dev/dns-ttl': '5' });
  const global = `${P('web')}.example.com A`;
  await expect.poll(async () => (await fixture.records())[global], soon).toBe('5 10.0.0.1');
  await fixture.serve('web', ['10.0.0.1'], { 'federation.koinon.dev/dns-ttl': 'soon' });
  await expect.poll(async () => (await fixture.records())[global], soon).toBe('60 10.0.0.1');
  expect(fixture.told).toEqual(['Warning InvalidDNSTTL']);
});

it('looks again soon for a host name that has no address yet', async () => {
  await using fixture = await publishing();
  await fixture.serve('web', ['lb.example', '10.0.0.1']);
  await using _running = await fixture.begin();
  const global = `${P('web')}.example.com A`;
  await expect.poll(async () => (await fixture.records())[global], soon).toBe('60 10.0.0.1');
  fixture.resolved.set('lb.example', ['192.0.2.7']);
  await vi.waitFor(async () => {
    await fixture.clock.advance(10_000);
    expect((await fixture.records())[global]).toBe('60 10.0.0.1,192.0.2.7');
  }, soon);
});

it('publishes while a resolver takes its time', async () => {
  await using fixture = await publishing();
  fixture.resolved.set('lb.example', ['192.0.2.7']);
  await fixture.serve('web', ['lb.example', '10.0.0.1']);
  await using _running = await fixture.begin();
  const global = (name: string) => `${P(name)}.example.com A`;
  await expect.poll(async () => (await fixture.records())[global('web')], soon).toBe('60 10.0.0.1,192.0.2.7');
  fixture.stallResolver();
  await fixture.clock.advance(61_000);
  await fixture.serve('db', ['10.0.0.2']);
  await expect
    .poll(async () => (await fixture.records())[global('db')], { ...soon, timeout: 1_000 })
    .toBe('60 10.0.0.2');
});

it('does not look up host names without a pause when the TTL is 0', async () => {
  await using fixture = await publishing(undefined, 0);
  fixture.resolved.set('lb.example', ['192.0.2.7']);
  await fixture.serve('web', ['lb.example', '10.0.0.1']);
  await using _running = await fixture.begin();
  const global = `${P('web')}.example.com A`;
  await expect.poll(async () => (await fixture.records())[global], soon).toBe('0 10.0.0.1,192.0.2.7');
  for (let second = 0; second < 10; second++) await fixture.clock.advance(1_000);
  expect(fixture.lookUps.length).toBeLessThanOrEqual(3);
});
