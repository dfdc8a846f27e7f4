import { expect, it } from 'vitest';
import { parseDnsPolicy, USUAL_POLICY } from './dns-policy.ts';

const of = (values: Readonly<Record<string, string>>) =>
  parseDnsPolicy(
    Object.fromEntries(Object.entries(values).map(([key, text]) => [`federation.koinon.dev/dns-${key}`, text])),
  );

it('sends clients to the nearest where nothing else is asked for', () => {
  expect(parseDnsPolicy(undefined)).toEqual({ ok: true, policy: USUAL_POLICY });
  expect(parseDnsPolicy({ other: 'x' })).toEqual({ ok: true, policy: USUAL_POLICY });
});

it('reads policies', () => {
  expect(of({ policy: 'weighted', weights: 'us=3, europe=0', minimum: '2' })).toEqual({
    ok: true,
    policy: {
      kind: 'weighted',
      weights: new Map([
        ['us', 3],
        ['europe', 0],
      ]),
      minimum: 2,
      lastResort: false,
    },
  });
  expect(of({ policy: 'failover', order: 'us,europe', 'last-resort': 'least-bad' })).toEqual({
    ok: true,
    policy: { kind: 'failover', order: ['us', 'europe'], minimum: 1, lastResort: true },
  });
  expect(of({ policy: 'all' })).toMatchObject({ policy: { kind: 'all' } });
});

it.each([
  ['policy', 'must be one of nearest, weighted, failover, all', { policy: 'closest' }],
  ['policy', 'failover needs federation.koinon.dev/dns-order: clusters, the first first', { policy: 'failover' }],
  ['weights', 'is only for federation.koinon.dev/dns-policy: weighted', { weights: 'us=1' }],
  ['weights', 'must be like us=3,europe=1, with weights from 0 to 1000000', { policy: 'weighted', weights: 'us' }],
  ['weights', 'must be like us=3,europe=1, with weights from 0 to 1000000', { policy: 'weighted', weights: 'us=-1' }],
  ['weights', 'names cluster us twice', { policy: 'weighted', weights: 'us=1,us=2' }],
  ['order', 'is only for federation.koinon.dev/dns-policy: failover', { order: 'us' }],
  ['order', 'names cluster us twice', { policy: 'failover', order: 'us,us' }],
  [
    'order',
    'must be names of clusters with commas between them, the first first',
    { policy: 'failover', order: 'us,,asia' },
  ],
  ['minimum', 'must be a whole number from 1 to 64', { minimum: '0' }],
  ['minimum', 'is not for federation.koinon.dev/dns-policy: all', { policy: 'all', minimum: '2' }],
  ['last-resort', 'must be none or least-bad', { 'last-resort': 'yes' }],
])('says what is wrong with dns-%s: %s', (key, problem, values) => {
  expect(of(values)).toEqual({ ok: false, key: `federation.koinon.dev/dns-${key}`, problem });
});
