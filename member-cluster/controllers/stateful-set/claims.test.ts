import { expect, it } from 'vitest';
import type { OwnerReference } from '../../../src/apimachinery/index.ts';
import type { Pod, StatefulSet } from '../../../src/apis/index.ts';
import { claimsOf, isStale, wantedOwners } from './claims.ts';

type Policy = NonNullable<NonNullable<StatefulSet['spec']>['persistentVolumeClaimRetentionPolicy']>;

const claim = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data', labels: { tier: 'gold' } },
  spec: { accessModes: ['ReadWriteOnce'] },
};

const setOf = (policy: Policy = {}): StatefulSet => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { namespace: 'ns', name: 'web', uid: 'set' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'web' } },
    template: {},
    volumeClaimTemplates: [claim],
    persistentVolumeClaimRetentionPolicy: policy,
  },
});

const pod: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', uid: 'pod' } };
const stranger: OwnerReference = { apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: 'x' };

it('names claims after template, set and place, and labels them as the set selects', () => {
  expect(claimsOf(setOf(), 3)).toEqual([
    {
      metadata: { namespace: 'ns', name: 'data-web-3', labels: { tier: 'gold', app: 'web' } },
      spec: claim.spec,
    },
  ]);
  expect(claimsOf(setOf({ whenDeleted: 'Delete' }), 0)[0]?.metadata.ownerReferences).toMatchObject([{ uid: 'set' }]);
});

it.each<[Policy, number, readonly string[]]>([
  [{}, 0, []],
  [{}, 1, []],
  [{ whenDeleted: 'Delete' }, 0, ['set']],
  [{ whenDeleted: 'Delete' }, 1, ['set']],
  [{ whenScaled: 'Delete' }, 0, []],
  [{ whenScaled: 'Delete' }, 1, ['pod']],
  [{ whenDeleted: 'Delete', whenScaled: 'Delete' }, 0, ['set']],
  [{ whenDeleted: 'Delete', whenScaled: 'Delete' }, 1, ['pod']],
])('%j: a claim of place %i of one has owners %j', (policy, ordinal, owners) => {
  for (const present of [[], ['set'], ['pod']]) {
    const references = present.map((uid) => ({ ...stranger, uid }));
    const wanted = wantedOwners(setOf(policy), ordinal, pod, [stranger, ...references]);
    expect(wanted.map(({ uid }) => uid)).toEqual(['x', ...owners]);
  }
});

it('leaves a claim to whoever else controls it', () => {
  const controlling = { ...stranger, controller: true };
  const policy = { whenDeleted: 'Delete', whenScaled: 'Delete' };
  expect(wantedOwners(setOf(policy), 1, pod, [controlling])).toEqual([controlling]);
});

it('knows a claim that goes with an earlier pod of its place', () => {
  const leaving = { ...claim, metadata: { ownerReferences: [{ ...stranger, kind: 'Pod', name: 'web-0' }] } };
  expect(isStale(setOf({ whenScaled: 'Delete' }), 'web-0', leaving)).toBe(true);
  expect(isStale(setOf({ whenScaled: 'Delete' }), 'web-1', leaving)).toBe(false);
  expect(isStale(setOf(), 'web-0', leaving)).toBe(false);
});
