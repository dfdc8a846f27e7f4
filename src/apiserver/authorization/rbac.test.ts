import { expect, it } from 'vitest';
import type { AuthorizationAttributes } from '../security.ts';
import { rbacAuthorizer, type BindingLike, type PolicyRule, type RbacSource, type RoleLike } from './rbac.ts';

const role = (name: string, rules: readonly PolicyRule[]): RoleLike => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'Role',
  metadata: { name },
  rules,
});

type Subject = NonNullable<BindingLike['subjects']>[number];

const binding = (subject: Subject, kind: string, name: string, namespace?: string): BindingLike => ({
  apiVersion: 'rbac.authorization.k8s.io/v1',
  kind: 'RoleBinding',
  metadata: { name: 'b', ...(namespace === undefined ? {} : { namespace }) },
  subjects: [subject],
  roleRef: { kind, name },
});

const source: RbacSource = {
  clusterRoles: new Map([
    ['reader', role('reader', [{ verbs: ['get', 'list'], apiGroups: [''], resources: ['pods', 'pods/log'] }])],
    ['scaler', role('scaler', [{ verbs: ['update'], apiGroups: ['*'], resources: ['*/scale'] }])],
    ['prober', role('prober', [{ verbs: ['get'], nonResourceURLs: ['/metrics', '/logs/*'] }])],
    ['one', role('one', [{ verbs: ['*'], apiGroups: [''], resources: ['secrets'], resourceNames: ['mine'] }])],
  ]),
  roles: new Map([['web/editor', role('editor', [{ verbs: ['*'], apiGroups: ['apps'], resources: ['*'] }])]]),
  clusterRoleBindings: {
    list: () => [
      binding({ kind: 'Group', name: 'readers' }, 'ClusterRole', 'reader'),
      binding({ kind: 'User', name: 'sue' }, 'ClusterRole', 'scaler'),
      binding({ kind: 'User', name: 'sue' }, 'ClusterRole', 'prober'),
      binding({ kind: 'User', name: 'sue' }, 'ClusterRole', 'one'),
    ],
  },
  roleBindings: {
    list: (namespace) =>
      namespace === 'web'
        ? [
            binding({ kind: 'ServiceAccount', name: 'bot', namespace: 'ci' }, 'Role', 'editor', 'web'),
            binding({ kind: 'User', name: 'tom' }, 'ClusterRole', 'reader', 'web'),
          ]
        : [],
  },
};

const may = async (
  username: string,
  verb: string,
  what: Partial<AuthorizationAttributes['resource'] & object> | string,
) => {
  const groups = username === 'ann' ? ['readers'] : [];
  const target =
    typeof what === 'string' ? { path: what } : { resource: { group: '', version: 'v1', plural: 'pods', ...what } };
  return (await rbacAuthorizer(source)({ user: { username, groups }, verb, ...target })).allowed;
};

it.each([
  ['a group is bound', 'ann', 'list', {}, true],
  ['another verb', 'ann', 'delete', {}, false],
  ['a subresource that is named', 'ann', 'get', { subresource: 'log', namespace: 'x' }, true],
  ['a subresource that is not', 'ann', 'get', { subresource: 'status', namespace: 'x' }, false],
  ['another group of the API', 'ann', 'get', { group: 'apps' }, false],
  [
    'a subresource of everything',
    'sue',
    'update',
    { group: 'apps', plural: 'deployments', subresource: 'scale' },
    true,
  ],
  ['not the resource itself', 'sue', 'update', { group: 'apps', plural: 'deployments' }, false],
  ['a named object', 'sue', 'delete', { plural: 'secrets', name: 'mine' }, true],
  ['another object', 'sue', 'delete', { plural: 'secrets', name: 'yours' }, false],
  ['all objects where one is named', 'sue', 'list', { plural: 'secrets' }, false],
  [
    'a service account in its namespace',
    'system:serviceaccount:ci:bot',
    'create',
    { group: 'apps', plural: 'x', namespace: 'web' },
    true,
  ],
  [
    'a service account elsewhere',
    'system:serviceaccount:ci:bot',
    'create',
    { group: 'apps', plural: 'x', namespace: 'db' },
    false,
  ],
  ['a cluster role bound in one namespace', 'tom', 'get', { namespace: 'web' }, true],
  ['that role at the cluster scope', 'tom', 'get', {}, false],
  ['a path', 'sue', 'get', '/metrics', true],
  ['a path below one', 'sue', 'get', '/logs/kubelet.log', true],
  ['another path', 'sue', 'get', '/metrics/cadvisor', false],
  ['nobody', 'nobody', 'get', {}, false],
] as const)('%s', async (_, user, verb, what, allowed) => {
  expect(await may(user, verb, what)).toBe(allowed);
});
