import { expect, it } from 'vitest';
import type { Resource } from '../../apimachinery/index.ts';
import type { AdmissionRequest } from '../admission.ts';
import { rbacEscalation } from './escalation.ts';
import type { PolicyRule, RbacSource } from './rbac.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const resourceOf = (plural: string, namespaced: boolean): Resource => ({
  group: 'rbac.authorization.k8s.io',
  version: 'v1',
  kind: 'Any',
  plural,
  namespaced,
});

const readPods: PolicyRule = { verbs: ['get', 'list'], apiGroups: [''], resources: ['pods'] };
const writeRoles: PolicyRule = { verbs: ['*'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['rolebindings'] };
const everything: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'] };

/** `ann` reads pods in `shop`; `max` may bind the role `admin` there and escalate roles. */
function source(): RbacSource {
  const role = (rules: readonly PolicyRule[]) => ({ apiVersion, kind: 'ClusterRole', metadata: {}, rules });
  const roles = new Map([
    ['reader', role([readPods, writeRoles])],
    ['admin', role([everything])],
    [
      'promoter',
      role([
        {
          verbs: ['bind'],
          apiGroups: ['rbac.authorization.k8s.io'],
          resources: ['clusterroles'],
          resourceNames: ['admin'],
        },
        { verbs: ['escalate'], apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles'] },
      ]),
    ],
  ]);
  const bind = (user: string, name: string) => ({
    apiVersion,
    kind: 'RoleBinding',
    metadata: { namespace: 'shop' },
    subjects: [{ kind: 'User', name: user }],
    roleRef: { kind: 'ClusterRole', name },
  });
  return {
    clusterRoles: roles,
    roles: new Map(),
    clusterRoleBindings: { list: () => [] },
    roleBindings: {
      list: (namespace) => (namespace === 'shop' ? [bind('ann', 'reader'), bind('max', 'promoter')] : []),
    },
  };
}

async function attempt(username: string, plural: string, object: object, more: Partial<AdmissionRequest> = {}) {
  const plugin = rbacEscalation(source());
  const namespaced = !plural.startsWith('cluster');
  const request: AdmissionRequest = {
    operation: 'CREATE',
    verb: 'create',
    resource: resourceOf(plural, namespaced),
    name: 'x',
    object: { apiVersion, kind: 'Any', metadata: { name: 'x' }, ...object },
    user: { username, groups: username === 'root' ? ['system:masters'] : [] },
    dryRun: false,
    attempt: {},
    warn: () => undefined,
    annotate: () => undefined,
    ...(namespaced ? { namespace: 'shop' } : {}),
    ...more,
  };
  if (!plugin.handles(request)) return 'not asked';
  try {
    await plugin.validate?.(request, new AbortController().signal);
    return 'allowed';
  } catch (err) {
    return err instanceof Error ? err.message : String(err);
  }
}

const refused = /is forbidden: user ".*" \(groups=.*\) is attempting to grant RBAC permissions not currently held/;
const bindingTo = (name: string, kind = 'ClusterRole') => ({
  roleRef: { kind, name },
  subjects: [{ kind: 'User', name: 'friend' }],
});
const before = (object: object): Partial<AdmissionRequest> => ({
  operation: 'UPDATE',
  // @NOTE a plugin looks at these fields only.
  oldObject: { apiVersion, kind: 'Any', metadata: {}, ...object },
});

it.each<[string, Parameters<typeof attempt>, string | RegExp]>([
  ['grants what one has', ['ann', 'roles', { rules: [readPods] }], 'allowed'],
  ['grants more', ['ann', 'roles', { rules: [readPods, { ...readPods, verbs: ['delete'] }] }], refused],
  ['grants everywhere what one has in one namespace', ['ann', 'clusterroles', { rules: [readPods] }], refused],
  ['gathers the rules of others', ['ann', 'roles', { aggregationRule: {} }], refused],
  ['may escalate', ['max', 'roles', { rules: [everything] }], 'allowed'],
  ['may escalate, but not that', ['max', 'clusterroles', { rules: [everything] }], refused],
  ['binds a role that one has', ['ann', 'rolebindings', bindingTo('reader')], 'allowed'],
  ['binds a role that one has not', ['ann', 'rolebindings', bindingTo('admin')], refused],
  ['binds a role that is not there', ['ann', 'rolebindings', bindingTo('later', 'Role')], refused],
  ['may bind', ['max', 'rolebindings', bindingTo('admin')], 'allowed'],
  ['may bind, but not that', ['max', 'rolebindings', bindingTo('reader')], refused],
  ['binds in the cluster', ['max', 'clusterrolebindings', bindingTo('admin')], refused],
  ['is of the masters', ['root', 'clusterrolebindings', bindingTo('admin')], 'allowed'],
  ['changes no rule', ['ann', 'clusterroles', { rules: [everything] }, before({ rules: [everything] })], 'allowed'],
  ['adds a rule', ['ann', 'clusterroles', { rules: [everything] }, before({ rules: [readPods] })], refused],
  ['changes no subject', ['ann', 'rolebindings', bindingTo('admin'), before(bindingTo('admin'))], 'allowed'],
  [
    'adds a subject',
    ['ann', 'rolebindings', bindingTo('admin'), before({ ...bindingTo('admin'), subjects: [] })],
    refused,
  ],
  ['deletes', ['ann', 'roles', {}, { operation: 'DELETE' }], 'not asked'],
])('who %s', async (_, args, expected) => {
  expect(await attempt(...args)).toMatch(expected);
});
