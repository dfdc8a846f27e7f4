import { deepEqual, isAlreadyExists, isNotFound, type KubeObject, type Resource } from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { ClusterRole, ClusterRoleBinding, PolicyRule, Subject } from '../generated/wire-types.ts';
import { clusterRoleBindings } from './role-binding.ts';
import { clusterRoles } from './role.ts';

const apiVersion = 'rbac.authorization.k8s.io/v1';
const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

const everything: readonly PolicyRule[] = [
  { apiGroups: ['*'], resources: ['*'], verbs: ['*'] },
  { nonResourceURLs: ['*'], verbs: ['*'] },
];
const read = ['get', 'list', 'watch'];
const write = ['create', 'update', 'patch', 'delete', 'deletecollection'];
const emitEvents: PolicyRule = {
  apiGroups: ['', 'events.k8s.io'],
  resources: ['events'],
  verbs: ['create', 'patch', 'update'],
};

const namespacedResources: readonly PolicyRule[] = [
  {
    apiGroups: [''],
    resources: [
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'pods',
      'replicationcontrollers',
      'serviceaccounts',
      'services',
    ],
    verbs: read,
  },
  {
    apiGroups: [''],
    resources: ['events', 'limitranges', 'namespaces', 'pods/log', 'pods/status', 'resourcequotas'],
    verbs: read,
  },
  {
    apiGroups: ['apps', 'autoscaling', 'batch', 'discovery.k8s.io', 'networking.k8s.io', 'policy'],
    resources: ['*'],
    verbs: read,
  },
];

const editing: readonly PolicyRule[] = [
  ...namespacedResources,
  { apiGroups: [''], resources: ['secrets'], verbs: read },
  {
    apiGroups: [''],
    resources: [
      'configmaps',
      'endpoints',
      'persistentvolumeclaims',
      'pods',
      'replicationcontrollers',
      'secrets',
      'serviceaccounts',
      'services',
    ],
    verbs: write,
  },
  {
    apiGroups: [''],
    resources: ['pods/attach', 'pods/eviction', 'pods/exec', 'pods/portforward', 'pods/proxy'],
    verbs: ['get', 'create'],
  },
  { apiGroups: ['apps', 'autoscaling', 'batch', 'networking.k8s.io', 'policy'], resources: ['*'], verbs: write },
];

/** The roles that every cluster has, by name. */
const rolesByName: Readonly<Record<string, readonly PolicyRule[]>> = {
  'cluster-admin': everything,
  admin: [
    ...editing,
    { apiGroups: ['rbac.authorization.k8s.io'], resources: ['roles', 'rolebindings'], verbs: [...read, ...write] },
    { apiGroups: ['authorization.k8s.io'], resources: ['localsubjectaccessreviews'], verbs: ['create'] },
  ],
  edit: editing,
  view: namespacedResources,
  'system:basic-user': [
    {
      apiGroups: ['authorization.k8s.io'],
      resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      verbs: ['create'],
    },
    { apiGroups: ['authentication.k8s.io'], resources: ['selfsubjectreviews'], verbs: ['create'] },
  ],
  'system:discovery': [
    {
      nonResourceURLs: [
        '/api',
        '/api/*',
        '/apis',
        '/apis/*',
        '/healthz',
        '/livez',
        '/openapi',
        '/openapi/*',
        '/readyz',
        '/version',
        '/version/',
      ],
      verbs: ['get'],
    },
  ],
  'system:public-info-viewer': [
    { nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'], verbs: ['get'] },
  ],
  'system:monitoring': [
    {
      nonResourceURLs: [
        '/healthz',
        '/healthz/*',
        '/livez',
        '/livez/*',
        '/metrics',
        '/metrics/slis',
        '/readyz',
        '/readyz/*',
      ],
      verbs: ['get'],
    },
  ],
  'system:auth-delegator': [
    { apiGroups: ['authentication.k8s.io'], resources: ['tokenreviews'], verbs: ['create'] },
    { apiGroups: ['authorization.k8s.io'], resources: ['subjectaccessreviews'], verbs: ['create'] },
  ],
  // Ours is one process of many controllers, so that its identity has what all of them need.
  'system:kube-controller-manager': everything,
  'system:kube-scheduler': [
    { apiGroups: ['*'], resources: ['*'], verbs: read },
    { apiGroups: [''], resources: ['pods/binding', 'bindings'], verbs: ['create'] },
    { apiGroups: [''], resources: ['pods/status'], verbs: ['patch', 'update'] },
    { apiGroups: [''], resources: ['pods'], verbs: ['delete'] },
    { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'list', 'update', 'watch'] },
    emitEvents,
  ],
  'system:node-proxier': [
    { apiGroups: [''], resources: ['endpoints', 'nodes', 'services'], verbs: read },
    { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
    emitEvents,
  ],
  'system:node': [
    { apiGroups: [''], resources: ['nodes', 'pods', 'services', 'configmaps', 'secrets'], verbs: read },
    { apiGroups: [''], resources: ['nodes', 'pods'], verbs: ['create', 'update', 'patch', 'delete'] },
    { apiGroups: [''], resources: ['nodes/status', 'pods/status'], verbs: ['update', 'patch'] },
    { apiGroups: [''], resources: ['serviceaccounts/token', 'pods/eviction'], verbs: ['create'] },
    {
      apiGroups: ['coordination.k8s.io'],
      resources: ['leases'],
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
    },
    emitEvents,
  ],
  'system:kube-dns': [{ apiGroups: [''], resources: ['endpoints', 'services'], verbs: ['list', 'watch'] }],
};

const group = (name: string): Subject => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'Group', name });
const user = (name: string): Subject => ({ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name });

/** Who has them; a binding is named after its role. */
const subjectsByRole: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:monitoring': [group('system:monitoring')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:node-proxier': [user('system:kube-proxy')],
  'system:node': [group('system:nodes')],
};

const metadata = (name: string) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { [AUTOUPDATE]: 'true' },
});

export const bootstrapClusterRoles: readonly ClusterRole[] = Object.entries(rolesByName).map(([name, rules]) => ({
  apiVersion,
  kind: 'ClusterRole',
  metadata: metadata(name),
  rules,
}));

export const bootstrapClusterRoleBindings: readonly ClusterRoleBinding[] = Object.entries(subjectsByRole).map(
  ([name, subjects]) => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    subjects,
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
  }),
);

/**
 * Makes the roles and bindings that every cluster has, and makes those true again that somebody changed, unless their
 * annotation `rbac.authorization.kubernetes.io/autoupdate` says `false`.
 */
export async function bootstrapRbac(client: Client, signal: AbortSignal): Promise<void> {
  await Promise.all([
    ...bootstrapClusterRoles.map((role) => ensure(client, clusterRoles, role, signal)),
    ...bootstrapClusterRoleBindings.map((binding) => ensure(client, clusterRoleBindings, binding, signal)),
  ]);
}

async function ensure<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  wanted: T,
  signal: AbortSignal,
): Promise<void> {
  const name = wanted.metadata.name ?? '';
  try {
    const present = await client.get(resource, { name }, { signal });
    if (present.metadata.annotations?.[AUTOUPDATE] === 'false') return;
    const next = { ...present, ...wanted, metadata: present.metadata };
    if (!deepEqual(next, present)) await client.update(resource, next, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    await client.create(resource, wanted, { signal }).catch((refused: unknown) => {
      // Another replica of this server was first.
      if (!isAlreadyExists(refused)) throw refused;
    });
  }
}
