import type { PolicyRule } from '../apis/index.ts';
import { allow, allowPaths, emitEvents, everything, read } from './rules.ts';

const HEALTH = ['/healthz', '/livez', '/readyz'] as const;
const VERSION = ['/version', '/version/'] as const;
const REQUESTS = 'certificatesigningrequests';

/** Clients of everybody: what is served, and who am I? */
const clientRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  'system:basic-user': [
    ...allow(['create'], {
      'authorization.k8s.io': ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
      'authentication.k8s.io': ['selfsubjectreviews'],
    }),
  ],
  'system:discovery': [
    allowPaths('/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', ...HEALTH, ...VERSION),
  ],
  'system:public-info-viewer': [allowPaths(...HEALTH, ...VERSION)],
  'system:monitoring': [allowPaths('/metrics', '/metrics/slis', ...HEALTH, ...HEALTH.map((path) => `${path}/*`))],
  'system:auth-delegator': allow(['create'], {
    'authentication.k8s.io': ['tokenreviews'],
    'authorization.k8s.io': ['subjectaccessreviews'],
  }),
  'system:service-account-issuer-discovery': [
    allowPaths(
      '/.well-known/openid-configuration',
      '/.well-known/openid-configuration/',
      '/openid/v1/jwks',
      '/openid/v1/jwks/',
    ),
  ],
  'system:kube-aggregator': allow(read, { core: ['endpoints', 'services'] }),
  'system:kube-dns': allow(['list', 'watch'], { core: ['endpoints', 'services'] }),
};

/** Parts of the control plane. */
const controlPlaneRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  // Ours is one process of many controllers, so that its identity has what all of them need.
  'system:kube-controller-manager': everything,
  'system:kube-scheduler': [
    { apiGroups: ['*'], resources: ['*'], verbs: read },
    ...allow(['create'], { core: ['bindings', 'pods/binding'] }),
    ...allow(['patch', 'update'], { core: ['pods/status'] }),
    ...allow(['delete'], { core: ['pods'] }),
    ...allow(['create', 'get', 'list', 'update', 'watch'], { 'coordination.k8s.io': ['leases'] }),
    ...emitEvents,
  ],
  'system:volume-scheduler': [
    ...allow([...read, 'patch', 'update'], { core: ['persistentvolumeclaims', 'persistentvolumes'] }),
    ...allow(read, { 'storage.k8s.io': ['storageclasses'] }),
  ],
  'system:persistent-volume-provisioner': [
    ...allow([...read, 'create', 'delete'], { core: ['persistentvolumes'] }),
    ...allow([...read, 'update'], { core: ['persistentvolumeclaims'] }),
    ...allow(read, { 'storage.k8s.io': ['storageclasses'] }),
    ...allow(['watch'], { core: ['events'] }),
    ...emitEvents,
  ],
};

/**
 * What every node may do, as far as no more is known than that it is one: the node authorizer allows this of the objects
 * that the node has to do with, and nobody has the role unless somebody binds it.
 */
export const nodeRules: readonly PolicyRule[] = [
  ...allow(['create'], {
    'authentication.k8s.io': ['tokenreviews'],
    'authorization.k8s.io': ['localsubjectaccessreviews', 'subjectaccessreviews'],
    core: ['pods/eviction', 'serviceaccounts/token'],
  }),
  ...allow(read, { core: ['configmaps', 'secrets', 'services'] }),
  ...allow([...read, 'create', 'patch', 'update'], { core: ['nodes'] }),
  ...allow([...read, 'create', 'delete'], { core: ['pods'] }),
  ...allow(['patch', 'update'], { core: ['nodes/status', 'pods/status'] }),
  ...allow(['get'], {
    core: ['endpoints', 'persistentvolumeclaims', 'persistentvolumes', 'serviceaccounts'],
    'storage.k8s.io': ['volumeattachments'],
    'resource.k8s.io': ['resourceclaims'],
  }),
  ...allow(['deletecollection'], { 'resource.k8s.io': ['resourceslices'] }),
  ...allow(['get', 'patch', 'update'], { core: ['persistentvolumeclaims/status'] }),
  ...allow([...read, 'create'], { 'certificates.k8s.io': [REQUESTS] }),
  ...allow(['create', 'delete', 'get', 'patch', 'update'], {
    'coordination.k8s.io': ['leases'],
    'storage.k8s.io': ['csinodes'],
  }),
  ...allow(read, {
    'storage.k8s.io': ['csidrivers'],
    'node.k8s.io': ['runtimeclasses'],
    'certificates.k8s.io': ['clustertrustbundles'],
  }),
  ...emitEvents,
];

/** Nodes, from their first certificate on. */
const nodeRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  'system:node': nodeRules,
  'system:node-proxier': [
    ...allow(['list', 'watch'], { core: ['endpoints', 'services'], 'discovery.k8s.io': ['endpointslices'] }),
    ...allow(read, { core: ['nodes'] }),
    ...allow(['list', 'watch'], { 'networking.k8s.io': ['servicecidrs'] }),
    ...emitEvents,
  ],
  'system:node-problem-detector': [
    ...allow(['get'], { core: ['nodes'] }),
    ...allow(['patch'], { core: ['nodes/status'] }),
    ...emitEvents,
  ],
  'system:node-bootstrapper': allow([...read, 'create'], { 'certificates.k8s.io': [REQUESTS] }),
  'system:kubelet-api-admin': [
    ...allow(read, { core: ['nodes'] }),
    ...allow(['proxy'], { core: ['nodes'] }),
    ...allow(['*'], { core: ['nodes/log', 'nodes/metrics', 'nodes/proxy', 'nodes/stats'] }),
  ],
};

/** Who may ask for certificates that are approved at once, and who may approve those of one signer. */
const certificateRoles: Readonly<Record<string, readonly PolicyRule[]>> = {
  [`system:certificates.k8s.io:${REQUESTS}:nodeclient`]: allow(['create'], {
    'certificates.k8s.io': [`${REQUESTS}/nodeclient`],
  }),
  [`system:certificates.k8s.io:${REQUESTS}:selfnodeclient`]: allow(['create'], {
    'certificates.k8s.io': [`${REQUESTS}/selfnodeclient`],
  }),
  'system:certificates.k8s.io:kube-apiserver-client-approver': mayApprove('kubernetes.io/kube-apiserver-client'),
  'system:certificates.k8s.io:kube-apiserver-client-kubelet-approver': mayApprove(
    'kubernetes.io/kube-apiserver-client-kubelet',
  ),
  'system:certificates.k8s.io:kubelet-serving-approver': mayApprove('kubernetes.io/kubelet-serving'),
  'system:certificates.k8s.io:legacy-unknown-approver': mayApprove('kubernetes.io/legacy-unknown'),
};

function mayApprove(signerName: string): readonly PolicyRule[] {
  return [
    { apiGroups: ['certificates.k8s.io'], resources: ['signers'], resourceNames: [signerName], verbs: ['approve'] },
  ];
}

/** What the roles allow that are for machines and for the control plane itself. */
export const systemRules: Readonly<Record<string, readonly PolicyRule[]>> = {
  ...clientRoles,
  ...controlPlaneRoles,
  ...nodeRoles,
  ...certificateRoles,
};
