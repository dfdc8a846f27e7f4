import type { PolicyRule } from '../apis/index.ts';
import { allow, read, readAndWrite, write } from './rules.ts';

const workloads = {
  apps: [
    'daemonsets',
    'deployments',
    'deployments/scale',
    'replicasets',
    'replicasets/scale',
    'statefulsets',
    'statefulsets/scale',
  ],
  autoscaling: ['horizontalpodautoscalers'],
  batch: ['cronjobs', 'jobs'],
  policy: ['poddisruptionbudgets'],
  'networking.k8s.io': ['ingresses', 'networkpolicies'],
  extensions: ['daemonsets', 'deployments', 'deployments/scale', 'ingresses', 'networkpolicies', 'replicasets'],
} as const;

/** Seen, but written by controllers alone. */
const workloadStates = {
  apps: ['controllerrevisions', 'daemonsets/status', 'deployments/status', 'replicasets/status', 'statefulsets/status'],
  autoscaling: ['horizontalpodautoscalers/status'],
  batch: ['cronjobs/status', 'jobs/status'],
  policy: ['poddisruptionbudgets/status'],
  'networking.k8s.io': ['ingresses/status'],
  'discovery.k8s.io': ['endpointslices'],
} as const;

const settings = [
  'configmaps',
  'persistentvolumeclaims',
  'pods',
  'replicationcontrollers',
  'replicationcontrollers/scale',
  'serviceaccounts',
  'services',
] as const;

/** What everybody may see in a namespace he works in: no Secrets, since those open other doors. */
export const viewRules: readonly PolicyRule[] = [
  ...allow(read, { core: [...settings, 'endpoints', 'persistentvolumeclaims/status', 'services/status'] }),
  ...allow(read, {
    core: [
      'bindings',
      'events',
      'limitranges',
      'namespaces',
      'namespaces/status',
      'pods/log',
      'pods/status',
      'replicationcontrollers/status',
      'resourcequotas',
      'resourcequotas/status',
    ],
  }),
  ...allow(read, workloads),
  ...allow(read, workloadStates),
];

const intoPods = ['pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'] as const;

/** What is added for those who run things there: with Secrets and ServiceAccounts they can be whoever works there. */
export const editRules: readonly PolicyRule[] = [
  ...allow(read, { core: [...intoPods, 'secrets', 'services/proxy'] }),
  ...allow(['impersonate'], { core: ['serviceaccounts'] }),
  ...allow(write, { core: [...settings, ...intoPods, 'events', 'secrets', 'services/proxy'] }),
  ...allow(['create'], { core: ['pods/eviction', 'serviceaccounts/token'] }),
  ...allow(write, workloads),
  ...allow(readAndWrite, { 'coordination.k8s.io': ['leases'] }),
];

/** What is added for those who say who may work there. */
export const adminRules: readonly PolicyRule[] = [
  ...allow(['create'], { 'authorization.k8s.io': ['localsubjectaccessreviews'] }),
  ...allow(readAndWrite, { 'rbac.authorization.k8s.io': ['rolebindings', 'roles'] }),
];
