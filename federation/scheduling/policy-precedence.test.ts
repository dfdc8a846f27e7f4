import { expect, it } from 'vitest';
import type { ResourceSelector } from '../apis/index.ts';
import { applyingPolicies, closenessOf, governingPolicy, type SelectingPolicy } from './policy-precedence.ts';

const kind = { group: 'apps', version: 'v1', kind: 'Deployment' };
const web = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', labels: { tier: 'front' } },
};
const deployments: ResourceSelector = { apiVersion: 'apps/v1', kind: 'Deployment' };

interface Facts {
  readonly selector?: Partial<ResourceSelector>;
  readonly priority?: number;
  readonly namespace?: string;
  readonly created?: string;
}

const policy = (
  name: string,
  { selector = {}, priority = 0, namespace, created = '2026' }: Facts = {},
): SelectingPolicy => ({
  apiVersion: 'policy.koinon.dev/v1alpha1',
  kind: 'PlacementPolicy',
  metadata: { name, creationTimestamp: created, ...(namespace === undefined ? {} : { namespace }) },
  spec: { resourceSelectors: [{ ...deployments, ...selector }], priority },
});

it.each<[string, Partial<ResourceSelector>, number | undefined]>([
  ['its kind', {}, 0],
  ['its namespace', { namespace: 'shop' }, 0],
  ['another namespace', { namespace: 'bank' }, undefined],
  ['its name', { name: 'web' }, 2],
  ['another name', { name: 'api' }, undefined],
  ['its labels', { labelSelector: { matchLabels: { tier: 'front' } } }, 1],
  ['other labels', { labelSelector: { matchLabels: { tier: 'back' } } }, undefined],
  ['another kind', { kind: 'ReplicaSet' }, undefined],
  ['another group', { apiVersion: 'v1' }, undefined],
])('selects by %s', (_name, selector, expected) => {
  expect(closenessOf(policy('p', { selector }), kind, web)).toBe(expected);
});

it('leaves objects of other namespaces to the policies there', () => {
  expect(closenessOf(policy('p', { namespace: 'bank' }), kind, web)).toBeUndefined();
  expect(closenessOf(policy('p', { namespace: 'shop' }), kind, web)).toBe(0);
});

it.each<[string, SelectingPolicy, SelectingPolicy]>([
  ['the namespace’s own', policy('b', { namespace: 'shop' }), policy('a', { priority: 9 })],
  ['the higher priority', policy('b', { priority: 2 }), policy('a', { selector: { name: 'web' } })],
  ['the closer one', policy('b', { selector: { name: 'web' } }), policy('a')],
  ['the older one', policy('b', { created: '2025' }), policy('a')],
  ['the first by name', policy('a'), policy('b')],
])('has %s decide', (_name, winner, loser) => {
  expect(governingPolicy([winner, loser], kind, web)).toBe(winner);
  expect(governingPolicy([loser, winner], kind, web)).toBe(winner);
});

it('applies overrides so that the word of whoever is closest is the last', () => {
  const order = [
    policy('wide-9', { priority: 9 }),
    policy('own-0', { namespace: 'shop' }),
    policy('own-1', { namespace: 'shop', priority: 1 }),
  ];
  expect(applyingPolicies(order.toReversed(), kind, web)).toEqual(order);
  expect(applyingPolicies([policy('x', { namespace: 'bank' })], kind, web)).toEqual([]);
  expect(governingPolicy([policy('x', { namespace: 'bank' })], kind, web)).toBeUndefined();
});
