import type { ClusterRole, ClusterRoleBinding, PolicyRule, Subject } from '../apis/index.ts';
import { everything } from './rules.ts';
import { systemRules } from './system-rules.ts';
import { adminRules, editRules, viewRules } from './user-rules.ts';

const GROUP = 'rbac.authorization.k8s.io';
const apiVersion = `${GROUP}/v1`;
export const AUTOUPDATE = 'rbac.authorization.kubernetes.io/autoupdate';

const aggregateTo = (role: string) => `${GROUP}/aggregate-to-${role}`;

const metadata = (name: string, labels: Readonly<Record<string, string>> = {}) => ({
  name,
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults', ...labels },
  annotations: { [AUTOUPDATE]: 'true' },
});

function role(name: string, rules: readonly PolicyRule[], labels?: Readonly<Record<string, string>>): ClusterRole {
  return { apiVersion, kind: 'ClusterRole', metadata: metadata(name, labels), rules };
}

/** One that gathers the rules of others: it begins with those that all the roles of the start make together. */
function gathering(name: string, rules: readonly PolicyRule[], labels?: Readonly<Record<string, string>>): ClusterRole {
  const aggregationRule = { clusterRoleSelectors: [{ matchLabels: { [aggregateTo(name)]: 'true' } }] };
  return { ...role(name, rules, labels), aggregationRule };
}

/** The ClusterRoles that every control plane has. */
export const bootstrapClusterRoles: readonly ClusterRole[] = [
  role('cluster-admin', everything),
  gathering('admin', [...editRules, ...viewRules, ...adminRules]),
  gathering('edit', [...editRules, ...viewRules], { [aggregateTo('admin')]: 'true' }),
  gathering('view', viewRules, { [aggregateTo('edit')]: 'true' }),
  role('system:aggregate-to-admin', adminRules, { [aggregateTo('admin')]: 'true' }),
  role('system:aggregate-to-edit', editRules, { [aggregateTo('edit')]: 'true' }),
  role('system:aggregate-to-view', viewRules, { [aggregateTo('view')]: 'true' }),
  ...Object.entries(systemRules).map(([name, rules]) => role(name, rules)),
];

const group = (name: string): Subject => ({ apiGroup: GROUP, kind: 'Group', name });
const user = (name: string): Subject => ({ apiGroup: GROUP, kind: 'User', name });

/** Who has them; a binding is named after its role. */
const subjectsByRole: Readonly<Record<string, readonly Subject[]>> = {
  'cluster-admin': [group('system:masters')],
  'system:basic-user': [group('system:authenticated')],
  'system:discovery': [group('system:authenticated')],
  'system:public-info-viewer': [group('system:authenticated'), group('system:unauthenticated')],
  'system:monitoring': [group('system:monitoring')],
  'system:service-account-issuer-discovery': [group('system:serviceaccounts')],
  'system:kube-controller-manager': [user('system:kube-controller-manager')],
  'system:kube-scheduler': [user('system:kube-scheduler')],
  'system:volume-scheduler': [user('system:kube-scheduler')],
  'system:kube-dns': [{ kind: 'ServiceAccount', namespace: 'kube-system', name: 'kube-dns' }],
  'system:node-proxier': [user('system:kube-proxy')],
  // The node authorizer lets nodes do what is theirs of it; to be bound where somebody wants them to have all of it.
  'system:node': [],
};

/** And who has which of them. */
export const bootstrapClusterRoleBindings: readonly ClusterRoleBinding[] = Object.entries(subjectsByRole).map(
  ([name, subjects]) => ({
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: metadata(name),
    ...(subjects.length === 0 ? {} : { subjects }),
    roleRef: { apiGroup: GROUP, kind: 'ClusterRole', name },
  }),
);
