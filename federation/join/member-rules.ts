import type { Resource } from '../../src/apimachinery/index.ts';
import type { PolicyRule } from '../../src/apis/index.ts';

type Kind = Pick<Resource, 'group' | 'plural'>;

export interface Wishes {
  /** Those that are copied to members. */
  readonly kinds: readonly Kind[];
  /** All kinds of these API groups too, those to come included. */
  readonly groups?: readonly string[];
  /** It may hand out what it may not do itself, and widen its own role: as good as an administrator. */
  readonly mayEscalate?: boolean;
  /** Name of the ClusterRole that these rules are for. */
  readonly role: string;
}

const RBAC = 'rbac.authorization.k8s.io';
const writing = ['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'];
const reading = ['get', 'list', 'watch'];

/** What placement and health are judged by, and what autoscalers go by. */
const observed: readonly Kind[] = [
  { group: '', plural: 'endpoints' },
  { group: '', plural: 'nodes' },
  { group: '', plural: 'pods' },
  { group: 'discovery.k8s.io', plural: 'endpointslices' },
  { group: 'metrics.k8s.io', plural: 'nodes' },
  { group: 'metrics.k8s.io', plural: 'pods' },
  // Their resources are the names of metrics.
  { group: 'custom.metrics.k8s.io', plural: '*' },
  { group: 'external.metrics.k8s.io', plural: '*' },
];

/** What the federation's account may do in a member: no more than its controllers do there. */
export function memberRules({ kinds, groups = [], mayEscalate = false, role }: Wishes): readonly PolicyRule[] {
  const written = kinds.filter(({ group }) => !groups.includes(group));
  const read = observed.filter((kind) => !kinds.some((other) => sameKind(kind, other)) && !groups.includes(kind.group));
  return [
    ...byGroup(written).map((rule) => ({ ...rule, verbs: writing })),
    ...groups.map((group) => ({ apiGroups: [group], resources: ['*'], verbs: writing })),
    ...byGroup(read).map((rule) => ({ ...rule, verbs: reading })),
    ...(mayEscalate ? escalation(role) : []),
    { nonResourceURLs: ['/healthz', '/readyz', '/version'], verbs: ['get'] },
  ];
}

/**
 * Without it a Role that grants more than the federation may do is refused by the member, as Kubernetes refuses it to
 * everybody: who may `escalate` or `bind` has everything.
 */
function escalation(role: string): readonly PolicyRule[] {
  return [
    { apiGroups: [RBAC], resources: ['clusterroles', 'roles'], verbs: ['bind', 'escalate'] },
    { apiGroups: [RBAC], resources: ['clusterroles'], resourceNames: [role], verbs: ['get', 'update', 'patch'] },
  ];
}

function byGroup(kinds: readonly Kind[]): readonly { apiGroups: string[]; resources: string[] }[] {
  const groups = new Map<string, Set<string>>();
  for (const { group, plural } of kinds) groups.set(group, (groups.get(group) ?? new Set()).add(plural));
  return [...groups]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([group, plurals]) => ({ apiGroups: [group], resources: [...plurals].sort() }));
}

function sameKind(one: Kind, other: Kind): boolean {
  return one.group === other.group && one.plural === other.plural;
}
