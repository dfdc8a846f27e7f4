import { expect, it } from 'vitest';
import type { ClusterRole, ClusterRoleBinding } from '../apis/index.ts';
import { bootstrapClusterRoles } from './bootstrap-policy.ts';
import { completedBinding, completedRole } from './bootstrap-rbac.ts';
import { aggregatedRules } from './role-aggregation.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const pods = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const secrets = { apiGroups: [''], resources: ['secrets'], verbs: ['get'] };
const role = (rules: ClusterRole['rules'] = [], metadata: ClusterRole['metadata'] = {}): ClusterRole => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: { name: 'some', ...metadata },
  rules,
});

it('adds the rules that a role lacks and leaves those that somebody gave it', () => {
  expect(completedRole(role([secrets]), role([pods])).rules).toEqual([secrets, pods]);
});

it('adds nothing that wider rules already allow', () => {
  const wide = { apiGroups: ['*'], resources: ['*'], verbs: ['*'] };
  const present = role([wide], { labels: {}, annotations: {} });
  expect(completedRole(present, role([pods, secrets]))).toEqual(present);
});

it('leaves alone what says that it is not to be updated', () => {
  const annotations = { 'rbac.authorization.kubernetes.io/autoupdate': 'false' };
  const present = role([], { annotations });
  expect(completedRole(present, role([pods]))).toBe(present);
});

it('makes a role of old gather rules and keeps labels that were changed', () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { a: 'true' } }] };
  const present = role([pods], { labels: { tier: 'mine' } });
  const wanted = { ...role([secrets], { labels: { tier: 'default', new: 'x' } }), aggregationRule };
  const next = completedRole(present, wanted);
  expect(next.metadata.labels).toEqual({ tier: 'mine', new: 'x' });
  expect(next).toMatchObject({ rules: [pods], aggregationRule });
});

it('adds the subjects that a binding lacks', () => {
  const binding = (...names: string[]): ClusterRoleBinding => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'some' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'some' },
    subjects: names.map((name) => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name })),
  });
  const { subjects = [] } = completedBinding(binding('ann', 'ben'), binding('carl', 'ben'));
  expect(subjects.map(({ name }) => name)).toEqual(['ann', 'ben', 'carl']);
});

it('begins with gathered rules as the controller would gather them', () => {
  const gathering = bootstrapClusterRoles.filter(({ aggregationRule }) => aggregationRule !== undefined);
  expect(gathering.map(({ metadata }) => metadata.name)).toEqual(['admin', 'edit', 'view']);
  for (const one of gathering) expect(aggregatedRules(one, bootstrapClusterRoles)).toEqual(one.rules);
});

it('gathers each rule once, in the order of the names, and never from itself', () => {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { to: 'x' } }] };
  const labels = { to: 'x' };
  const own = { ...role([secrets], { name: 'own', labels }), aggregationRule };
  const others = [role([pods, secrets], { name: 'b', labels }), role([secrets], { name: 'a', labels })];
  expect(aggregatedRules(own, [own, ...others, role([pods], { name: 'c' })])).toEqual([secrets, pods]);
});
