import { expect, it } from 'vitest';
import { createLocalDns, type LocalDns } from '../../dns/provider/index.ts';
import type { Service } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import type { Cluster } from '../apis/index.ts';
import { eligibleShards } from './eligible-shards.ts';
import { explainName, type ExplainDeps } from './explain-name.ts';
import { namingOf } from './naming.ts';
import { placesOf } from './place-follower.ts';
import { planRecords } from './record-planner.ts';
import { locationsOf } from './topology.ts';

const naming = namingOf('fed', 'example.com');
const cluster = (name: string, region: string, network: string): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name },
  status: { region, zones: [`${region}-a`], networks: [network] },
});
const clusters = [cluster('us', 'america', '10.1.0.0/16'), cluster('jp', 'asia', '10.2.0.0/16')];

type Notes = Readonly<Record<string, { readonly verdict: string; readonly ip?: string; readonly capacity?: number }>>;

function service(
  notes: Notes,
  { type = 'LoadBalancer', annotations = {} }: { type?: string; annotations?: Record<string, string> } = {},
): Service {
  const serving = (verdict: string) => verdict === 'healthy';
  const items = Object.entries(notes).map(([name, { verdict, ip }]) => ({
    cluster: name,
    items: ip !== undefined && serving(verdict) ? [{ ip }] : null,
  }));
  const shards = Object.fromEntries(
    Object.entries(notes).map(([name, { verdict, ip, capacity }]) => [
      name,
      {
        verdict,
        ...(capacity === undefined ? {} : { capacity }),
        ...(ip === undefined || serving(verdict) ? {} : { addresses: [ip] }),
      },
    ]),
  );
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: {
      namespace: 'shop',
      name: 'web',
      annotations: {
        'federation.kubernetes.io/service-ingresses': JSON.stringify({ items }),
        'federation.koinon.dev/shards': JSON.stringify(shards),
        ...annotations,
      },
    },
    spec: { type },
  };
}

const healthy = {
  us: { verdict: 'healthy', ip: '192.0.2.1' },
  jp: { verdict: 'healthy', ip: '192.0.2.2', capacity: 0.5 },
};

/** A server with the records that the Service should have. */
async function serving(of: Service | undefined): Promise<LocalDns & AsyncDisposable> {
  const dns = createLocalDns({
    zones: [{ name: 'example.com' }],
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    log: silentLogger,
  });
  const running = await start([dns]);
  dns.places.learn(placesOf(clusters));
  if (of !== undefined) {
    const reachable = Object.entries(healthy).map(([name, { ip }]) => ({ cluster: name, addresses: [ip] }));
    const shards = eligibleShards(of, reachable, { lastResort: false });
    const { records } = planRecords(
      { namespace: 'shop', name: 'web', ttlSeconds: 60, shards },
      { naming, topology: locationsOf(clusters), resolve: () => undefined },
    );
    await (await dns.zone('example.com')).apply({ upsert: records, remove: [] });
  }
  return { ...dns, address: dns.address, [Symbol.asyncDispose]: () => running.stop() };
}

const explained = (spec: Parameters<typeof explainName>[0], of: Service | undefined, dns?: LocalDns) =>
  explainName(spec, {
    naming,
    ttlSeconds: 180,
    service: (key) => (key === 'shop/web' ? of : undefined),
    clusters: () => clusters,
    ...(dns === undefined ? {} : { answer: (question) => dns.explain(question) }),
  });

it('tells the chain from the Service to the answer for a client', async () => {
  const web = service(healthy);
  await using dns = await serving(web);
  const status = await explained({ name: 'Web.Shop.', client: '10.1.7.0/24' }, web, dns);
  expect(status).toMatchObject({
    name: 'web.shop.fed.svc.example.com',
    type: 'A',
    rcode: 'NOERROR',
    scope: 16,
    service: {
      namespace: 'shop',
      name: 'web',
      policy: 'nearest',
      ttlSeconds: 180,
      shards: [
        { cluster: 'jp', region: 'asia', zones: ['asia-a'], verdict: 'healthy', published: true, capacityPercent: 50 },
        { cluster: 'us', region: 'america', verdict: 'healthy', published: true, addresses: ['192.0.2.1'] },
      ],
    },
    records: [{ data: ['192.0.2.1', '192.0.2.2'] }],
    answers: [{ data: ['192.0.2.1'] }],
  });
  expect(status.reasons).toEqual([
    'clients are sent to jp, us',
    "the client's subnet 10.1.7.0/24 is in cluster us, in zone america-a, in region america (cluster us)",
    'in the same cluster: us',
    'nobody knows how far away: jp',
    'answered: us',
  ]);
});

it('tells why a name has no answer', async () => {
  await using dns = await serving(undefined);
  const reasons = async (name: string, of: Service | undefined) => (await explained({ name }, of, dns)).reasons;
  const none = 'zone example.com has no such name';
  expect(await reasons('web.shop', undefined)).toEqual(['there is no Service shop/web in the federation', none]);
  expect(await reasons('web.shop', service({}, { type: 'ClusterIP' }))).toEqual([
    'Service shop/web is of type ClusterIP: only those of type LoadBalancer have names',
    none,
  ]);
  const down = { us: { verdict: 'lost', ip: '192.0.2.1' }, jp: { verdict: 'notReady', ip: '192.0.2.2' } };
  expect(await reasons('web.shop', service(down))).toEqual([
    'no shard is healthy (jp notReady, us lost): nobody is answered',
    none,
  ]);
  expect(await reasons('web.shop.fed.svc.europe.example.com', service(healthy))).toEqual([
    'clients are sent to jp, us',
    'no cluster is in a zone or region europe',
    none,
  ]);
  expect((await reasons('www.example.com', undefined))?.[0]).toMatch(/^www\.example\.com is not the name of a Service/);
  expect((await reasons('www.example.org', undefined))?.at(-1)).toBe(
    'www.example.org is in no zone of this server: whoever asks is refused',
  );
});

it('tells the latest questions to the name, where they are noted', async () => {
  const noted = { at: 0, transport: 'udp', client: '192.0.2.9', type: 'A', rcode: 'NXDOMAIN', answers: [] } as const;
  const deps = { naming, ttlSeconds: 180, service: () => undefined, clusters: () => [] };
  const ask = (recentQueries: ExplainDeps['recentQueries']) =>
    explainName(
      { name: 'web.shop', recent: 2 },
      { ...deps, ...(recentQueries === undefined ? {} : { recentQueries }) },
    );
  expect((await ask(async (limit, name) => Array.from({ length: limit }, () => ({ ...noted, name })))).recent).toEqual(
    Array.from({ length: 2 }, () => ({
      time: '1970-01-01T00:00:00Z',
      transport: 'udp',
      client: '192.0.2.9',
      type: 'A',
      rcode: 'NXDOMAIN',
    })),
  );
  expect((await ask(async () => undefined)).reasons?.at(-1)).toBe('questions are not noted: federation.dns.queryLog');
});

it('tells what is wrong with a policy, and what takes its place', async () => {
  const wrong = service(healthy, { annotations: { 'federation.koinon.dev/dns-policy': 'closest' } });
  expect((await explained({ name: 'web.shop' }, wrong)).reasons).toEqual([
    'federation.koinon.dev/dns-policy must be one of nearest, weighted, failover, all: the nearest is answered',
    'clients are sent to jp, us',
    'the zone of the federation is not served here',
  ]);
});
