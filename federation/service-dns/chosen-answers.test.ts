import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLocalDns } from '../../dns/provider/index.ts';
import type { Service } from '../../src/apis/index.ts';
import { silentLogger, start, systemClock } from '../../src/component-base/index.ts';
import { parseServiceIngresses } from '../service/index.ts';
import type { DnsPolicy } from './dns-policy.ts';
import { eligibleShards } from './eligible-shards.ts';
import { namingOf } from './naming.ts';
import type { ClusterLocation } from './healthy-shard.ts';
import { planRecords } from './record-planner.ts';

const naming = namingOf('fed', 'example.com');
const P = 'web.shop.fed.svc';

interface Site extends ClusterLocation {
  readonly region: string;
  readonly ip: string;
  readonly verdict: 'healthy' | 'notReady' | 'lost' | 'noAddress';
  readonly capacity: number;
}

const regions = ['r1', 'r2', 'r3'];
const sites = fc
  .uniqueArray(
    fc.record({
      cluster: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
      region: fc.constantFrom(...regions),
      zone: fc.constantFrom('x', 'y'),
      verdict: fc.constantFrom(
        'healthy' as const,
        'healthy' as const,
        'notReady' as const,
        'lost' as const,
        'noAddress' as const,
      ),
      capacity: fc.constantFrom(1, 1, 0.5, 0.125),
    }),
    { selector: ({ cluster }) => cluster, minLength: 1 },
  )
  .map((all) =>
    all.map(({ zone, ...site }): Site => ({
      ...site,
      zones: [`${site.region}-${zone}`],
      ip: `192.0.2.${site.cluster.charCodeAt(0)}`,
    })),
  );
const policies: fc.Arbitrary<DnsPolicy> = fc.record({
  kind: fc.constantFrom('nearest' as const, 'weighted' as const, 'failover' as const, 'all' as const),
  minimum: fc.integer({ min: 1, max: 3 }),
  lastResort: fc.boolean(),
  weights: fc.constantFrom(
    new Map([['a', 1]]),
    new Map([
      ['b', 3],
      ['c', 1],
    ]),
  ),
  order: fc.constantFrom(['c', 'b', 'a'], ['f', 'a']),
});

function serviceOf(all: readonly Site[]): Service {
  const isHealthy = ({ verdict }: Site) => verdict === 'healthy';
  const items = all.map((site) => ({ cluster: site.cluster, items: isHealthy(site) ? [{ ip: site.ip }] : null }));
  const shards = Object.fromEntries(
    all.map((site) => [
      site.cluster,
      {
        verdict: site.verdict,
        ...(isHealthy(site) && site.capacity < 1 ? { capacity: site.capacity } : {}),
        ...(site.verdict === 'notReady' || site.verdict === 'lost' ? { addresses: [site.ip] } : {}),
      },
    ]),
  );
  const annotations = {
    'federation.kubernetes.io/service-ingresses': JSON.stringify({ items }),
    'federation.koinon.dev/shards': JSON.stringify(shards),
  };
  const metadata = { namespace: 'shop', name: 'web', annotations };
  return { apiVersion: 'v1', kind: 'Service', metadata, spec: { type: 'LoadBalancer' } };
}

function planned(all: readonly Site[], policy: DnsPolicy) {
  const service = serviceOf(all);
  const told = parseServiceIngresses(service.metadata.annotations?.['federation.kubernetes.io/service-ingresses']);
  const reachable = told.flatMap(({ cluster, items }) =>
    items.length === 0 ? [] : [{ cluster, addresses: items.flatMap(({ ip }) => ip ?? []) }],
  );
  const shards = eligibleShards(service, reachable, policy);
  const asked = { namespace: 'shop', name: 'web', ttlSeconds: 60, policy, shards };
  return planRecords(asked, { naming, topology: all, resolve: () => undefined }).records;
}

/** Who may be answered at a name, by the words of the documentation alone. */
function mayServe(all: readonly Site[], policy: DnsPolicy): readonly Site[] {
  const healthy = all.filter(({ verdict }) => verdict === 'healthy');
  if (healthy.length > 0 || !policy.lastResort) return healthy;
  const lost = all.filter(({ verdict }) => verdict === 'lost');
  return lost.length > 0 ? lost : all.filter(({ verdict }) => verdict === 'notReady');
}

interface Answered {
  readonly policy: DnsPolicy;
  /** Who may serve at the name, and who of them is told. */
  readonly here: readonly Site[];
  readonly chosen: readonly Site[];
  /** Of the client. */
  readonly region: string | undefined;
  readonly clientZone: string | undefined;
}

function obeys({ policy, here, chosen, ...client }: Answered): void {
  const full = here.every(({ capacity }) => capacity === 1);
  switch (policy.kind) {
    case 'all':
      expect(chosen).toHaveLength(here.length);
      return;
    case 'nearest':
      expect(chosen.length).toBeGreaterThanOrEqual(Math.min(policy.minimum, here.length));
      if (full) obeysNearest({ policy, here, chosen, ...client });
      return;
    case 'failover': {
      const first = (policy.order ?? []).flatMap((name) => here.find(({ cluster }) => cluster === name) ?? [])[0];
      if (full && first !== undefined) expect(chosen).toContain(first);
      return;
    }
    case 'weighted': {
      const wanted = here.filter(({ cluster }) => policy.weights?.has(cluster));
      if (wanted.length > 0) expect(wanted).toEqual(expect.arrayContaining([...chosen]));
    }
  }
}

function obeysNearest({ policy, here, chosen, region, clientZone }: Answered): void {
  const near = here.filter(({ zones }) => clientZone !== undefined && zones.includes(clientZone));
  const around = near.length > 0 ? near : here.filter((site) => site.region === region);
  for (const site of around) expect(chosen).toContain(site);
  if (around.length >= policy.minimum) expect(chosen).toHaveLength(around.length);
}

it('obeys the policy at every name, for clients anywhere, whatever the shards are like', async () => {
  const configured = regions.flatMap((region, at) => [
    { cidr: `203.0.${at}.0/24`, place: { region, source: 'configuration' } },
    { cidr: `198.51.${at}.0/24`, place: { region, zone: `${region}-x`, source: 'configuration' } },
  ]);
  const zones = [{ name: 'example.com' }];
  const log = silentLogger;
  const dns = createLocalDns({ zones, host: '127.0.0.1', port: 0, places: { configured }, clock: systemClock, log });
  await using _running = await start([dns]);
  const zone = await dns.zone('example.com');
  const askedFrom = fc.record({ at: fc.integer({ min: 0, max: 3 }), net: fc.constantFrom('203.0', '198.51') });

  await fc.assert(
    fc.asyncProperty(sites, policies, askedFrom, async (all, policy, { at, net }) => {
      const before = await zone.list();
      await zone.apply({ remove: before, upsert: [] });
      await zone.apply({ remove: [], upsert: planned(all, policy) });
      const serving = mayServe(all, policy);
      const client = `${net}.${at}.0/24`;
      const region = regions[at];
      const clientZone = net === '198.51' && region !== undefined ? `${region}-x` : undefined;

      const levels: readonly [string, readonly Site[]][] = [
        ['', serving],
        ...[...new Set(all.map((site) => site.region))].map((name): [string, readonly Site[]] => {
          const own = serving.filter((site) => site.region === name);
          return [`.${name}`, own.length > 0 ? own : serving];
        }),
      ];
      for (const [level, here] of levels) {
        const question = { name: `${P}${level}.example.com`, type: 'A', client };
        const { answers } = dns.explain(question);
        const told = answers.filter(({ type }) => type === 'A').flatMap(({ data }) => data);
        const chosen = here.filter(({ ip }) => told.includes(ip));
        // Nobody else, somebody wherever anybody may serve, and the same to the same client.
        expect(chosen).toHaveLength(told.length);
        expect(told.length > 0).toBe(here.length > 0);
        expect(dns.explain(question).answers).toEqual(answers);
        if (here.length === 0) continue;

        obeys({ policy, here, chosen, region, clientZone });
      }
    }),
    { numRuns: 200 },
  );
});
