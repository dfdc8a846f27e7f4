import { expect, it } from 'vitest';
import type { Cluster } from '../apis/index.ts';
import { isSeenOtherwise, sightOf } from './placing-sight.ts';

const now = Date.UTC(2026, 0, 1, 12);
type State = readonly [status: 'True' | 'False' | 'Unknown', secondsAgo: number];

function cluster(offline: State, reach?: State): Cluster {
  const condition = (type: 'Offline' | 'ClientsReachable', [status, secondsAgo]: State) => {
    return { type, status, lastTransitionTime: new Date(now - secondsAgo * 1000).toISOString() };
  };
  const conditions = [
    condition('Offline', offline),
    ...(reach === undefined ? [] : [condition('ClientsReachable', reach)]),
  ];
  return { apiVersion: 'federation/v1beta1', kind: 'Cluster', metadata: { name: 'a' }, status: { conditions } };
}

it.each<[string, Cluster, object]>([
  ['is seen', cluster(['False', 900], ['False', 900]), { kind: 'seen' }],
  ['is not known to be gone', cluster(['Unknown', 900], ['Unknown', 900]), { kind: 'seen' }],
  ['was lost just now', cluster(['True', 20], ['False', 15]), { kind: 'unseen', forMs: 45_000, then: 'lost' }],
  ['is gone for everybody', cluster(['True', 90], ['False', 80]), { kind: 'lost' }],
  ['was never looked at by clients', cluster(['True', 90]), { kind: 'lost' }],
  ['is cut off from us alone', cluster(['True', 90], ['True', 900]), { kind: 'kept' }],
  ['cannot be judged by anybody', cluster(['True', 900], ['Unknown', 90]), { kind: 'lost' }],
  [
    'was lost by clients long after us',
    cluster(['True', 900], ['False', 10]),
    { kind: 'unseen', forMs: 50_000, then: 'lost' },
  ],
])('tells what becomes of the replicas of a cluster that %s', (_what, it, expected) => {
  expect(sightOf(it, now, 60_000)).toEqual(expected);
});

it('has nothing looked at again because of clients of a cluster that is seen', () => {
  expect(isSeenOtherwise(cluster(['False', 90], ['True', 90]), cluster(['False', 90], ['False', 1]))).toBe(false);
  expect(isSeenOtherwise(cluster(['True', 90], ['True', 90]), cluster(['True', 90], ['False', 1]))).toBe(true);
  expect(isSeenOtherwise(cluster(['False', 90], ['True', 90]), cluster(['True', 1], ['True', 90]))).toBe(true);
});
