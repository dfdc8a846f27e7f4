import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Candidate, Choice } from '../zone/index.ts';
import { createChooser } from './create-chooser.ts';
import { parseClientAddress, type ClientAddress } from './client-address.ts';
import type { ClusterSite, PlacedPrefix } from './place.ts';
import { createPlaces } from './places.ts';

const configured: readonly PlacedPrefix[] = [
  { cidr: '203.0.0.0/16', place: { region: 'europe', source: 'configuration' } },
  { cidr: '203.0.113.0/24', place: { region: 'us', zone: 'us-b', source: 'configuration' } },
  { cidr: '198.51.100.0/24', place: { region: 'africa', prefer: ['asia', 'europe'], source: 'configuration' } },
  { cidr: '10.2.0.0/16', place: { region: 'asia', source: 'configuration' } },
  { cidr: '2001:db8:1::/48', place: { region: 'asia', source: 'configuration' } },
];
const sites: readonly ClusterSite[] = [
  { name: 'us-1', zones: ['us-a'], region: 'us', roundTripMs: { 'eu-1': 90, 'asia-1': 150, 'us-2': 2 } },
  { name: 'eu-1', zones: ['eu-a'], region: 'europe', roundTripMs: { 'us-1': 92, 'us-2': 95, 'asia-1': 230 } },
  { name: 'asia-1', zones: ['asia-a'], region: 'asia' },
];
const candidates: readonly Candidate[] = [
  { name: 'us-1', data: ['10.0.1.1'], zones: ['us-a'], region: 'us' },
  { name: 'us-2', data: ['10.0.2.1', '10.0.2.2'], zones: ['us-b'], region: 'us' },
  { name: 'eu-1', data: ['10.0.3.1'], zones: ['eu-a'], region: 'europe' },
  { name: 'asia-1', data: ['10.0.4.1'], zones: ['asia-a'], region: 'asia' },
];

const address = (text: string): ClientAddress => {
  const parsed = parseClientAddress(text);
  if (parsed === undefined) throw new TypeError(text);
  return parsed;
};
const chooser = () => {
  const places = createPlaces({ configured });
  places.learn({
    prefixes: [
      { cidr: '10.244.0.0/16', place: { cluster: 'us-1', source: 'cluster us-1' } },
      { cidr: '10.244.0.0/16', place: { cluster: 'eu-1', source: 'cluster eu-1' } },
      { cidr: '10.9.0.0/24', place: { cluster: 'eu-1', region: 'europe', source: 'cluster eu-1' } },
    ],
    sites,
  });
  return createChooser(places);
};
const nearest: Choice = { policy: 'nearest', candidates };
function ask(choice: Choice, subnet: string | undefined, resolver = '192.0.2.1') {
  const asker = { resolver: address(resolver), ...(subnet === undefined ? {} : { subnet: address(subnet) }) };
  const { outcome, scope } = chooser().choose(choice, asker);
  return { names: outcome.candidates.map(({ name }) => name).join(), scope, data: outcome.data, equal: outcome.equal };
}

it.each([
  ['the zone of the client', '203.0.113.0/24', 'us-2', 24],
  ['its region, with the scope that tells the zone apart', '203.0.112.0/24', 'eu-1', 24],
  ['its region', '203.0.7.0/24', 'eu-1', 18],
  ['the regions that its place prefers, in their order', '198.51.100.0/24', 'asia-1', 24],
  ['a private client where its prefix is placed', '10.2.3.0/24', 'asia-1', 16],
  ['the cluster whose own client it is', '10.9.0.0/24', 'eu-1', 24],
  ['an IPv6 client', '2001:db8:1:2::/56', 'asia-1', 48],
])('nearest: %s', (_, subnet, names, scope) => {
  expect(ask(nearest, subnet)).toMatchObject({ names, scope });
});

it('nearest: everybody for a client that is nowhere, with a scope all the same', () => {
  expect(ask(nearest, '192.0.2.0/24')).toMatchObject({ names: 'us-1,us-2,eu-1,asia-1', scope: 6 });
});

it('asks the resolver where the subnet says nothing, or is private and in no table', () => {
  expect(ask(nearest, undefined, '203.0.7.1')).toMatchObject({ names: 'eu-1', scope: 0 });
  expect(ask(nearest, '192.0.2.0/24', '203.0.7.1')).toMatchObject({ names: 'eu-1', scope: 6 });
  expect(ask(nearest, '192.168.1.0/24', '203.0.7.1')).toMatchObject({ names: 'eu-1', scope: 0 });
  expect(ask(nearest, '0.0.0.0/0', '203.0.7.1')).toMatchObject({ names: 'eu-1', scope: 0 });
});

it('places nobody by a prefix that two clusters use', () => {
  expect(ask(nearest, '10.244.1.0/24').names).toBe('us-1,us-2,eu-1,asia-1');
});

it('goes by what was measured where no region is near', () => {
  const without = (region: string): Choice => ({
    policy: 'nearest',
    candidates: candidates.filter((candidate) => candidate.region !== region),
  });
  // us-1 in 92 ms and us-2 in 95 are as near.
  expect(ask(without('europe'), '203.0.7.0/24')).toMatchObject({ names: 'us-1,us-2', equal: 3 });
  expect(ask(without('us'), '203.0.113.0/24').names).toBe('eu-1');
});

it('answers with as many as are wanted at least, the nearest first', () => {
  expect(ask({ ...nearest, minimum: 2 }, '203.0.113.0/24')).toMatchObject({
    names: 'us-2,us-1',
    data: ['10.0.2.1', '10.0.2.2', '10.0.1.1'],
    equal: 2,
  });
  expect(ask({ ...nearest, minimum: 9 }, '203.0.113.0/24').data).toHaveLength(5);
});

it('has no scope where every client is told the same', () => {
  const [first] = candidates;
  expect(ask({ policy: 'nearest', candidates: [first!] }, '203.0.113.0/24').scope).toBe(0);
  expect(ask({ policy: 'weighted', candidates: [first!] }, '203.0.113.0/24').scope).toBe(0);
  expect(ask({ policy: 'failover', candidates }, '203.0.113.0/24').scope).toBe(0);
  expect(ask({ ...nearest, minimum: 4 }, '203.0.113.0/24').scope).toBe(0);
});

it('fails over by order', () => {
  const ordered = candidates.map((candidate, at) => ({ ...candidate, order: [1, 1, 0, 2][at]! }));
  expect(ask({ policy: 'failover', candidates: ordered }, undefined).names).toBe('eu-1');
  expect(ask({ policy: 'failover', candidates: ordered, minimum: 2 }, undefined).names).toBe('eu-1,us-1,us-2');
});

const clients = Array.from({ length: 20_000 }, (_, at) => `${11 + (at % 80)}.${(at >> 8) & 255}.${at & 255}.7/24`);
const placeless = createChooser(createPlaces());
const first = (choice: Choice, client: string) => {
  const { outcome, scope } = placeless.choose(choice, { resolver: address('192.0.2.1'), subnet: address(client) });
  expect(scope).toBe(24);
  return outcome.candidates[0]!.name;
};
const shares = (choice: Choice) => {
  const counts = Map.groupBy(clients, (client) => first(choice, client));
  return Object.fromEntries(
    [...counts].map(([name, some]) => [name, Math.round((some.length / clients.length) * 100)]),
  );
};

it('gives out clients by weight, and moves only those of the one that goes', () => {
  const weights = { 'us-1': 5, 'us-2': 3, 'eu-1': 2, 'asia-1': 0 };
  const weighted = (names: readonly string[]): Choice => ({
    policy: 'weighted',
    candidates: candidates
      .filter(({ name }) => names.includes(name))
      .map((candidate) => ({ ...candidate, weight: weights[candidate.name as keyof typeof weights] })), // @NOTE the names are those above
  });
  const all = weighted(Object.keys(weights));
  const { 'us-1': a, 'us-2': b, 'eu-1': c, 'asia-1': none } = shares(all);
  expect(Math.abs(a! - 50) + Math.abs(b! - 30) + Math.abs(c! - 20)).toBeLessThanOrEqual(3);
  expect(none).toBeUndefined();
  const fewer = weighted(['us-1', 'eu-1', 'asia-1']);
  for (const client of clients.slice(0, 2000)) {
    const before = first(all, client);
    if (before !== 'us-2') expect(first(fewer, client)).toBe(before);
  }
});

it('shares equally where nobody has a weight', () => {
  const choice: Choice = { policy: 'weighted', candidates: candidates.map((one) => ({ ...one, weight: 0 })) };
  for (const share of Object.values(shares(choice))) expect(Math.abs(share - 25)).toBeLessThanOrEqual(2);
});

it('sends on as many clients as the nearest cannot take, always the same', () => {
  const choice: Choice = {
    policy: 'failover',
    candidates: [
      { ...candidates[0]!, order: 0, capacity: 0.3 },
      { ...candidates[2]!, order: 1 },
    ],
  };
  const { 'us-1': kept } = shares(choice);
  expect(Math.abs(kept! - 30)).toBeLessThanOrEqual(2);
});

it('explains what it did', () => {
  const subnet = address('203.0.113.0/24');
  expect(chooser().explain(nearest, { resolver: address('192.0.2.1'), subnet }).steps).toEqual([
    "the client's subnet 203.0.113.0/24 is in zone us-b, in region us (configuration)",
    'in the same zone: us-2',
    'in the same region: us-1',
    '90 ms away: eu-1',
    '150 ms away: asia-1',
    'answered: us-2',
  ]);
});

const octet = fc.integer({ min: 0, max: 255 });
const prefix = fc
  .tuple(octet, octet, octet, octet, fc.integer({ min: 0, max: 32 }))
  .map(([a, b, c, d, length]) => `${a & 3}.${b}.${c}.${d}/${length}`);
const choice = fc.record({
  policy: fc.constantFrom('nearest' as const, 'weighted' as const, 'failover' as const),
  minimum: fc.integer({ min: 1, max: 5 }),
  candidates: fc.uniqueArray(
    fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      region: fc.constantFrom('r1', 'r2', 'r3'),
      zones: fc.constantFrom(['z1'], ['z2', 'z3'], []),
      weight: fc.integer({ min: 0, max: 4 }),
      order: fc.integer({ min: 0, max: 2 }),
      capacity: fc.constantFrom(0, 0.2, 0.7, 1),
    }),
    { minLength: 1, selector: ({ name }) => name },
  ),
});

it('answers the same to all clients within the scope, and never nothing', () => {
  fc.assert(
    fc.property(
      choice,
      fc.array(fc.tuple(prefix, fc.constantFrom('r1', 'r2', 'r4'), fc.constantFrom('z1', 'z3')), { maxLength: 12 }),
      prefix,
      fc.array(fc.tuple(octet, octet, octet, octet), { minLength: 4, maxLength: 4 }),
      (given, table, client, tails) => {
        const places = createPlaces({
          configured: table.map(([cidr, region, zone]) => ({ cidr, place: { region, zone, source: 'configuration' } })),
        });
        const chooserOf = createChooser(places);
        const full: Choice = {
          ...given,
          candidates: given.candidates.map((one, at) => ({ ...one, data: [`10.0.0.${at}`, '10.1.1.1'] })),
        };
        const resolver = address('192.0.2.1');
        const subnet = address(client);
        const { outcome, scope } = chooserOf.choose(full, { resolver, subnet });
        expect(scope).toBeLessThanOrEqual(subnet.prefixLength);
        expect(outcome.data.length).toBeGreaterThan(0);
        expect(new Set(outcome.data).size).toBe(outcome.data.length);
        expect(outcome.equal).toBeGreaterThan(0);
        const enough = Math.min(given.minimum, given.policy === 'weighted' ? 1 : given.candidates.length);
        expect(outcome.candidates.length).toBeGreaterThanOrEqual(enough);
        for (const tail of tails) {
          // Another client that shares the first `scope` bits, told as exactly as this one.
          const bytes = subnet.bytes.map((byte, at) => {
            const kept = (0xff00 >> Math.min(Math.max(scope - at * 8, 0), 8)) & 0xff;
            return (byte & kept) | (tail[at]! & ~kept);
          });
          const other = address(`${bytes.join('.')}/${subnet.prefixLength}`);
          if (scope === 0 && subnet.prefixLength > 0) continue;
          expect(chooserOf.choose(full, { resolver, subnet: other }).outcome.key).toBe(outcome.key);
        }
      },
    ),
  );
});
