import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { RecordSet } from '../../dns/provider/index.ts';
import { USUAL_POLICY, type DnsPolicy } from './dns-policy.ts';
import { namingOf, recordName, serviceKeyOf } from './naming.ts';
import type { ClusterLocation, HealthyShard } from './healthy-shard.ts';
import { planRecords } from './record-planner.ts';

const naming = namingOf('myfederation', 'Example.com.');
const topology: readonly ClusterLocation[] = [
  { cluster: 'asia', zones: ['asia-east1-a'], region: 'asia-east1' },
  { cluster: 'europe', zones: ['europe-west1-b'], region: 'europe-west1' },
  { cluster: 'us', zones: ['us-central1-b', 'us-central1-c'], region: 'us-central1' },
  { cluster: 'us2', zones: ['us-central1-c'], region: 'us-central1' },
];
const P = 'nginx.mynamespace.myfederation.svc';

function plan(
  shards: readonly HealthyShard[],
  { locations = topology, resolve = () => undefined }: Partial<PlanInput> = {},
) {
  const service = { namespace: 'mynamespace', name: 'nginx', ttlSeconds: 180, shards };
  return planRecords(service, { naming, topology: locations, resolve });
}
interface PlanInput {
  locations: readonly ClusterLocation[];
  resolve: (name: string) => readonly string[] | undefined;
}
const shown = (records: readonly RecordSet[]) =>
  Object.fromEntries(records.map(({ name, type, data }) => [`${name} ${type}`, data.join(' ')]));
const shard = (cluster: string, ...addresses: string[]): HealthyShard => ({ cluster, addresses });

it('publishes nothing while no shard is healthy: no CNAME leads to nothing', () => {
  expect(plan([])).toEqual({ records: [], hostNames: [] });
});

it('answers at zone, region and globally, and leads up from where no shard is', () => {
  const { records } = plan([shard('us', '127.3.200.1'), shard('asia', '127.1.200.1')]);
  expect(shown(records)).toEqual({
    [`${P}.example.com A`]: '127.1.200.1 127.3.200.1',
    [`${P}.asia-east1.example.com A`]: '127.1.200.1',
    [`${P}.europe-west1.example.com CNAME`]: `${P}.example.com`,
    [`${P}.us-central1.example.com A`]: '127.3.200.1',
    [`${P}.asia-east1-a.asia-east1.example.com A`]: '127.1.200.1',
    [`${P}.asia-east1-a.example.com A`]: '127.1.200.1',
    [`${P}.europe-west1-b.europe-west1.example.com CNAME`]: `${P}.europe-west1.example.com`,
    [`${P}.europe-west1-b.example.com CNAME`]: `${P}.europe-west1.example.com`,
    [`${P}.us-central1-b.us-central1.example.com A`]: '127.3.200.1',
    [`${P}.us-central1-b.example.com A`]: '127.3.200.1',
    [`${P}.us-central1-c.us-central1.example.com A`]: '127.3.200.1',
    [`${P}.us-central1-c.example.com A`]: '127.3.200.1',
  });
});

it('leads from a zone without shard to its region where that has one', () => {
  const records = shown(plan([shard('us2', '10.0.0.9')]).records);
  expect(records[`${P}.us-central1-b.us-central1.example.com CNAME`]).toBe(`${P}.us-central1.example.com`);
  expect(records[`${P}.us-central1-c.us-central1.example.com A`]).toBe('10.0.0.9');
});

it('keeps IPv4 and IPv6 apart', () => {
  const records = shown(plan([shard('asia', '2001:db8::1', '10.0.0.1'), shard('us', '2001:db8::2')]).records);
  expect(records[`${P}.example.com A`]).toBe('10.0.0.1');
  expect(records[`${P}.example.com AAAA`]).toBe('2001:db8::1 2001:db8::2');
  expect(records[`${P}.us-central1.example.com A`]).toBeUndefined();
  expect(records[`${P}.us-central1.example.com CNAME`]).toBeUndefined();
});

it('publishes a host name as CNAME where it is alone and resolves it where it is not', () => {
  const resolve = (name: string) => (name === 'x.elb.example' ? ['192.0.2.7'] : undefined);
  const { records, hostNames } = plan([shard('asia', 'X.elb.example.'), shard('us', '10.0.0.1')], { resolve });
  const all = shown(records);
  expect(all[`${P}.asia-east1.example.com CNAME`]).toBe('x.elb.example');
  expect(all[`${P}.example.com A`]).toBe('10.0.0.1 192.0.2.7');
  expect(hostNames).toEqual(['x.elb.example']);
});

it('leaves out host names that are not resolved yet but tells them', () => {
  const { records, hostNames } = plan([shard('asia', 'a.example', 'b.example')]);
  expect(records).toEqual([]);
  expect(hostNames).toEqual(['a.example', 'b.example']);
});

it('gives a zone that is called as a region no short name of its own', () => {
  const locations = [
    { cluster: 'a', zones: ['local'], region: 'local' },
    { cluster: 'b', zones: ['other'], region: 'local' },
  ];
  const records = shown(plan([shard('a', '10.0.0.1'), shard('b', '10.0.0.2')], { locations }).records);
  expect(records[`${P}.local.example.com A`]).toBe('10.0.0.1 10.0.0.2');
  expect(records[`${P}.local.local.example.com A`]).toBe('10.0.0.1');
});

it('serves clusters without region or zone at the levels they have', () => {
  const locations = [
    { cluster: 'a', zones: ['z'] },
    { cluster: 'b', zones: [], region: 'r' },
    { cluster: 'c', zones: [] },
  ];
  const records = shown(plan([shard('c', '10.0.0.3')], { locations }).records);
  expect(records).toEqual({
    [`${P}.example.com A`]: '10.0.0.3',
    [`${P}.r.example.com CNAME`]: `${P}.example.com`,
    [`${P}.z.example.com CNAME`]: `${P}.example.com`,
  });
});

it('leaves out what is no DNS name', () => {
  const locations = [{ cluster: 'a', zones: ['bad zone'], region: 'x'.repeat(64) }];
  expect(shown(plan([shard('a', '10.0.0.1')], { locations }).records)).toEqual({ [`${P}.example.com A`]: '10.0.0.1' });
});

it('recognises its own names and no others', () => {
  expect(serviceKeyOf(naming, `${P}.example.com`)).toBe('mynamespace/nginx');
  expect(serviceKeyOf(naming, `${P}.a.b.example.com`)).toBe('mynamespace/nginx');
  expect(serviceKeyOf(naming, 'nginx.mynamespace.other.svc.example.com')).toBeUndefined();
  expect(serviceKeyOf(naming, 'www.example.com')).toBeUndefined();
  expect(serviceKeyOf(naming, 'svc.example.com')).toBeUndefined();
  expect(serviceKeyOf(naming, `${P}.notexample.com`)).toBeUndefined();
  expect(recordName(naming, { namespace: 'ns', name: 'x'.repeat(240) })).toBeUndefined();
});

const clusters = ['asia', 'europe', 'us', 'us2', 'gone'];
const shards = fc.uniqueArray(
  fc.record({
    cluster: fc.constantFrom(...clusters),
    addresses: fc.uniqueArray(fc.constantFrom('10.0.0.1', '10.0.0.2', '2001:db8::1', 'lb.example'), { minLength: 1 }),
  }),
  { selector: (item) => item.cluster },
);

it('never puts data beside a CNAME, and every CNAME within the federation leads to data', () => {
  fc.assert(
    fc.property(shards, fc.boolean(), (healthy, resolved) => {
      const { records } = plan(healthy, { resolve: () => (resolved ? ['192.0.2.1'] : undefined) });
      const byName = Map.groupBy(records, (set) => set.name);
      for (const sets of byName.values()) {
        if (sets.some((set) => set.type === 'CNAME')) expect(sets).toHaveLength(1);
      }
      for (const { type, data, name } of records) {
        if (type !== 'CNAME' || !data[0]!.endsWith('.example.com')) continue;
        expect(byName.has(data[0]!), `${name} leads to ${data[0]!}`).toBe(true);
      }
      for (const { data } of records) expect(data).toEqual([...new Set(data)].sort());
    }),
  );
});

const choiceOf = (records: readonly RecordSet[], name: string) =>
  records.find((set) => set.name === `${name}.example.com` && set.type === 'A')?.choice;

it('lets clients be sent to the nearest at region and global names, and tells all of a zone', () => {
  const { records } = plan([shard('us', '10.0.0.3'), shard('us2', '10.0.0.4'), shard('asia', '10.0.0.1', 'fd00::1')]);
  expect(choiceOf(records, P)).toEqual({
    policy: 'nearest',
    candidates: [
      { name: 'asia', data: ['10.0.0.1'], zones: ['asia-east1-a'], region: 'asia-east1' },
      { name: 'us', data: ['10.0.0.3'], zones: ['us-central1-b', 'us-central1-c'], region: 'us-central1' },
      { name: 'us2', data: ['10.0.0.4'], zones: ['us-central1-c'], region: 'us-central1' },
    ],
  });
  expect(choiceOf(records, `${P}.us-central1`)?.candidates).toHaveLength(2);
  expect(choiceOf(records, `${P}.us-central1-c.us-central1`)).toBeUndefined();
  expect(choiceOf(records, `${P}.asia-east1`)).toBeUndefined();
  expect(records.find((set) => set.name === `${P}.example.com` && set.type === 'AAAA')?.choice).toBeUndefined();
});

const shards3 = [
  { ...shard('us', '10.0.0.3'), readyEndpoints: 6, capacity: 0.5 },
  { ...shard('us2', '10.0.0.4'), readyEndpoints: 2 },
  shard('asia', '10.0.0.1'),
];
const candidatesBy = (policy: DnsPolicy) => {
  const service = { namespace: 'mynamespace', name: 'nginx', ttlSeconds: 180, policy, shards: shards3 };
  const { records } = planRecords(service, { naming, topology, resolve: () => undefined });
  const { candidates = [], ...choice } = choiceOf(records, P) ?? {};
  const told = candidates.map(({ name, weight, order, capacity }) => ({ name, weight, order, capacity }));
  return { ...choice, told };
};

it('weighs by what is asked for, or by how many endpoints are ready', () => {
  const weighted = { ...USUAL_POLICY, kind: 'weighted' } as const;
  expect(candidatesBy(weighted).told).toEqual([
    { name: 'asia', weight: 1 },
    { name: 'us', weight: 6 },
    { name: 'us2', weight: 2 },
  ]);
  expect(candidatesBy({ ...weighted, minimum: 2, weights: new Map([['us', 9]]) })).toEqual({
    policy: 'weighted',
    minimum: 2,
    told: [
      { name: 'asia', weight: 0 },
      { name: 'us', weight: 9, capacity: 0.5 },
      { name: 'us2', weight: 0 },
    ],
  });
});

it('orders by what is asked for, those not named last, and chooses nothing where all are wanted', () => {
  expect(candidatesBy({ ...USUAL_POLICY, kind: 'failover', order: ['us2', 'us'] }).told).toEqual([
    { name: 'asia', order: 2 },
    { name: 'us', order: 1, capacity: 0.5 },
    { name: 'us2' },
  ]);
  expect(candidatesBy({ ...USUAL_POLICY, kind: 'all' })).toEqual({ told: [] });
});
