import type {
  FlowcontrolV1Subject,
  FlowSchema,
  NonResourcePolicyRule,
  PolicyRulesWithSubjects,
  ResourcePolicyRule,
} from '../generated/wire-types.ts';

const apiVersion = 'flowcontrol.apiserver.k8s.io/v1';

interface Shape {
  readonly level: string;
  readonly precedence: number;
  readonly flows?: 'ByUser' | 'ByNamespace';
}

function schema(name: string, { level, precedence, flows }: Shape, ...rules: PolicyRulesWithSubjects[]): FlowSchema {
  return {
    apiVersion,
    kind: 'FlowSchema',
    metadata: { name },
    spec: {
      priorityLevelConfiguration: { name: level },
      matchingPrecedence: precedence,
      ...(flows === undefined ? {} : { distinguisherMethod: { type: flows } }),
      rules,
    },
  };
}

const group = (name: string): FlowcontrolV1Subject => ({ kind: 'Group', group: { name } });
const user = (name: string): FlowcontrolV1Subject => ({ kind: 'User', user: { name } });
const account = (name: string): FlowcontrolV1Subject => ({
  kind: 'ServiceAccount',
  serviceAccount: { name, namespace: 'kube-system' },
});

const allResources: ResourcePolicyRule = {
  verbs: ['*'],
  apiGroups: ['*'],
  resources: ['*'],
  clusterScope: true,
  namespaces: ['*'],
};
const allUrls: NonResourcePolicyRule = { verbs: ['*'], nonResourceURLs: ['*'] };
const everything = (...subjects: FlowcontrolV1Subject[]): PolicyRulesWithSubjects => ({
  subjects,
  resourceRules: [allResources],
  nonResourceRules: [allUrls],
});

const leases = (namespace: string): ResourcePolicyRule => ({
  verbs: ['get', 'create', 'update'],
  apiGroups: ['coordination.k8s.io'],
  resources: ['leases'],
  namespaces: [namespace],
});

const everybody = [group('system:unauthenticated'), group('system:authenticated')];
const controllers = user('system:kube-controller-manager');
const scheduler = user('system:kube-scheduler');
const nodes = group('system:nodes');

/** Those that nobody can do without. */
export const mandatoryFlowSchemas: readonly FlowSchema[] = [
  schema('exempt', { level: 'exempt', precedence: 1 }, everything(group('system:masters'))),
  schema('catch-all', { level: 'catch-all', precedence: 10_000, flows: 'ByUser' }, everything(...everybody)),
];

export const suggestedFlowSchemas: readonly FlowSchema[] = [
  schema(
    'probes',
    { level: 'exempt', precedence: 2 },
    { subjects: everybody, nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['/healthz', '/readyz', '/livez'] }] },
  ),
  schema(
    'system-leader-election',
    { level: 'leader-election', precedence: 100, flows: 'ByUser' },
    { subjects: [controllers, scheduler, account('*')], resourceRules: [leases('kube-system')] },
  ),
  schema(
    'endpoint-controller',
    { level: 'workload-high', precedence: 150, flows: 'ByUser' },
    {
      subjects: [controllers, account('endpoint-controller'), account('endpointslicemirroring-controller')],
      resourceRules: [
        { verbs: ['get', 'create', 'update'], apiGroups: [''], resources: ['endpoints'], namespaces: ['*'] },
      ],
    },
  ),
  schema(
    'workload-leader-election',
    { level: 'leader-election', precedence: 200, flows: 'ByUser' },
    { subjects: [account('*')], resourceRules: [leases('*')] },
  ),
  schema(
    'system-node-high',
    { level: 'node-high', precedence: 400, flows: 'ByUser' },
    {
      subjects: [nodes],
      resourceRules: [
        { verbs: ['*'], apiGroups: [''], resources: ['nodes', 'nodes/status'], clusterScope: true, namespaces: ['*'] },
        { verbs: ['*'], apiGroups: ['coordination.k8s.io'], resources: ['leases'], namespaces: ['*'] },
      ],
    },
  ),
  schema('system-nodes', { level: 'system', precedence: 500, flows: 'ByUser' }, everything(nodes)),
  schema(
    'kube-controller-manager',
    { level: 'workload-high', precedence: 800, flows: 'ByNamespace' },
    everything(controllers),
  ),
  schema('kube-scheduler', { level: 'workload-high', precedence: 800, flows: 'ByNamespace' }, everything(scheduler)),
  schema(
    'kube-system-service-accounts',
    { level: 'workload-high', precedence: 900, flows: 'ByNamespace' },
    everything(account('*')),
  ),
  schema(
    'service-accounts',
    { level: 'workload-low', precedence: 9000, flows: 'ByUser' },
    everything(group('system:serviceaccounts')),
  ),
  schema('global-default', { level: 'global-default', precedence: 9900, flows: 'ByUser' }, everything(...everybody)),
];
