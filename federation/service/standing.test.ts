import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatTime } from '../../src/apimachinery/index.ts';
import type { Cluster } from '../apis/index.ts';
import { decide, isLost, type Candidate, type Seen } from './standing.ts';

const now = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

interface Shape {
  readonly offline?: 'True' | 'False' | 'Unknown';
  readonly reach?: 'True' | 'False' | 'Unknown';
  readonly since?: number;
  readonly withdrawn?: boolean;
  readonly cutOff?: boolean;
  readonly seen?: 'healthy' | 'unhealthy' | 'told before' | 'nothing';
}

function seenAs(seen: Shape['seen']): Seen {
  const ingress = [{ ip: '198.51.100.1' }];
  switch (seen) {
    case undefined:
    case 'healthy':
      return { kind: 'known', ingress, healthy: true };
    case 'unhealthy':
      return { kind: 'known', ingress, healthy: false };
    case 'told before':
      return { kind: 'unsettled', ingress };
    case 'nothing':
      return { kind: 'unsettled', ingress: [] };
  }
}

function candidate(name: string, { offline = 'False', reach = 'True', since = 0, ...more }: Shape): Candidate {
  const lastTransitionTime = formatTime(now - since);
  const cluster: Cluster = {
    apiVersion: 'federation/v1beta1',
    kind: 'Cluster',
    metadata: { name },
    spec: { withdrawn: more.withdrawn === true },
    status: {
      conditions: [
        { type: 'Offline', status: offline },
        { type: 'ClientsReachable', status: reach, lastTransitionTime },
      ],
    },
  };
  return { cluster, seen: seenAs(more.seen), isCutOff: more.cutOff === true };
}

const decided = (shapes: Readonly<Record<string, Shape>>, unjudgedMs = 5 * MINUTE) =>
  decide(
    Object.entries(shapes).map(([name, shape]) => candidate(name, shape)),
    unjudgedMs,
    now,
  );
const dead: Shape = { offline: 'True', reach: 'False' };
const hubCut: Shape = { offline: 'True', reach: 'True' };
const outvoted: Shape = { offline: 'False', reach: 'False' };
const unjudged: Shape = { offline: 'Unknown', reach: 'Unknown', since: 10 * MINUTE };

it.each<[what: string, shapes: Readonly<Record<string, Shape>>, leftOut: string]>([
  ['all good', { a: {}, b: {} }, ''],
  ['one dead', { a: dead, b: {} }, 'a'],
  ['all dead: there is nothing to send clients to', { a: dead, b: dead }, 'a b'],
  ['one that only the hub has lost', { a: hubCut, b: {} }, ''],
  ['one that only clients have lost', { a: outvoted, b: {} }, 'a'],
  ['all that clients have lost, the hub sees them', { a: outvoted, b: outvoted }, ''],
  ['one withdrawn', { a: { withdrawn: true }, b: {} }, 'a'],
  ['one withdrawn, the other is not healthy', { a: { withdrawn: true }, b: { seen: 'unhealthy' } }, ''],
  ['one withdrawn, the other has not told yet', { a: { withdrawn: true }, b: { seen: 'nothing' } }, ''],
  ['one withdrawn, the other is as it was told before', { a: { withdrawn: true }, b: { seen: 'told before' } }, 'a'],
  ['all withdrawn', { a: { withdrawn: true }, b: { withdrawn: true } }, ''],
  ['one withdrawn, the other dead', { a: { withdrawn: true }, b: dead }, 'b'],
  ['withdrawn before unjudged', { a: { withdrawn: true }, b: unjudged }, 'b'],
  ['one unjudged for too long', { a: unjudged, b: {} }, 'a'],
  ['one unjudged for a while', { a: { ...unjudged, since: MINUTE }, b: {} }, ''],
  ['all unjudged for too long', { a: unjudged, b: unjudged }, ''],
  ['one shard that clients do not reach', { a: { cutOff: true }, b: {} }, 'a'],
  ['all shards that clients do not reach', { a: { cutOff: true }, b: { cutOff: true } }, ''],
  ['withdrawn before a shard that clients do not reach', { a: { cutOff: true }, b: { withdrawn: true } }, 'a'],
  ['unjudged before outvoted', { a: unjudged, b: outvoted }, 'b'],
])('%s', (_what, shapes, leftOut) => {
  expect([...decided(shapes).leftOut].join(' ')).toBe(leftOut);
});

it('keeps an unjudged cluster for as long as a Service says, and says when to look again', () => {
  const shapes = { a: { ...unjudged, since: MINUTE }, b: {} };
  expect(decided(shapes, Infinity)).toMatchObject({ leftOut: new Set() });
  expect(decided(shapes, Infinity).reviewAt).toBeUndefined();
  expect(decided(shapes, 3 * MINUTE).reviewAt).toBe(now + 2 * MINUTE);
  expect([...decided(shapes, 30_000).leftOut]).toEqual(['a']);
});

it('judges by the hub alone where nobody was asked for clients', () => {
  const { cluster } = candidate('a', dead);
  const conditions = cluster.status?.conditions?.filter(({ type }) => type === 'Offline') ?? [];
  expect(isLost({ ...cluster, status: { conditions } })).toBe(true);
  expect(isLost({ ...cluster, status: {} })).toBe(false);
});

it('does not bring a lost cluster back because the hub has lost all', () => {
  expect(isLost(candidate('a', { offline: 'Unknown', reach: 'False' }).cluster)).toBe(true);
});

const shapes = fc.dictionary(
  fc.constantFrom('a', 'b', 'c', 'd'),
  fc.record({
    offline: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
    reach: fc.constantFrom('True' as const, 'False' as const, 'Unknown' as const),
    since: fc.constantFrom(0, 10 * MINUTE),
    withdrawn: fc.boolean(),
    cutOff: fc.boolean(),
    seen: fc.constantFrom('healthy' as const, 'unhealthy' as const, 'told before' as const, 'nothing' as const),
  }),
  { minKeys: 1 },
);

it('never sends clients to a dead cluster, nor to none while one may serve', () => {
  fc.assert(
    fc.property(shapes, (all) => {
      const { leftOut } = decided(all);
      const isDead = ({ offline, reach }: Shape) => reach === 'False' && offline !== 'False';
      const maySend = ({ seen }: Shape) => seen === 'healthy' || seen === 'told before';
      const serving = Object.entries(all).filter(([, shape]) => maySend(shape) && !isDead(shape));
      const sentTo = serving.filter(([name]) => !leftOut.has(name)).map(([name]) => name);
      for (const [name, shape] of Object.entries(all)) if (isDead(shape)) expect(leftOut).toContain(name);
      expect(sentTo.length > 0).toBe(serving.length > 0);
      // Whom everybody reaches and nobody has withdrawn is never left out.
      for (const [name, { offline, reach, withdrawn, cutOff }] of serving) {
        if (offline === 'False' && reach === 'True' && !withdrawn && !cutOff) expect(sentTo).toContain(name);
      }
    }),
  );
});
