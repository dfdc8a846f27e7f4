import type { KubeObject } from '../apimachinery/index.ts';
import type { ClusterDnsFlags } from './cluster-dns-flags.ts';

const metadata = { name: 'koinon-dns', namespace: 'kube-system', labels: { 'k8s-app': 'koinon-dns' } };
const { name, namespace, labels } = metadata;
const READ = ['list', 'watch'];
/** No more than pods may bind that are nobody special; the Service has 53. */
const PORT = 10_053;

export type ManifestFlags = ClusterDnsFlags & { readonly image: string; readonly clusterIp: string };

/** What makes `koinon cluster-dns` run in a cluster: two of them, with the right to read what names are made of. */
export function clusterDnsObjects(flags: ManifestFlags): readonly KubeObject[] {
  const ports = (['UDP', 'TCP'] as const).map((protocol) => ({ name: `dns-${protocol.toLowerCase()}`, protocol }));
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name, labels },
      rules: [
        { apiGroups: [''], resources: ['services', 'namespaces', 'nodes'], verbs: READ },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
      ],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name, labels },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name },
      subjects: [{ kind: 'ServiceAccount', name, namespace }],
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        clusterIP: flags.clusterIp,
        selector: labels,
        ports: ports.map((port) => ({ ...port, port: 53, targetPort: PORT })),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        replicas: 2,
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(flags, ports) },
      },
    },
  ] as readonly KubeObject[]; // @NOTE each has the fields of its kind beside those of every object
}

function podSpec(flags: ManifestFlags, ports: readonly object[]) {
  return {
    serviceAccountName: name,
    priorityClassName: 'system-cluster-critical',
    // What it does not know it asks of the machine's servers, not of the cluster's DNS, which asks it.
    dnsPolicy: 'Default',
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: labels },
      },
    ],
    containers: [
      {
        name: 'dns',
        image: flags.image,
        args: argumentsOf(flags),
        ports: ports.map((port) => ({ ...port, containerPort: PORT })),
        readinessProbe: { tcpSocket: { port: PORT } },
        resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '256Mi' } },
        securityContext: {
          allowPrivilegeEscalation: false,
          capabilities: { drop: ['ALL'] },
          readOnlyRootFilesystem: true,
          runAsNonRoot: true,
          runAsUser: 65_532,
        },
      },
    ],
  };
}

function argumentsOf({ federation, nameserver, upstream, clusterDomain }: ManifestFlags): readonly string[] {
  return [
    'cluster-dns',
    ...federation.map((each) => `--federation=${each.name}=${each.domain}`),
    ...nameserver.map((each) => `--nameserver=${addressText(each)}`),
    ...upstream.map((each) => `--upstream=${addressText(each)}`),
    `--cluster-domain=${clusterDomain}`,
    `--dns-address=0.0.0.0:${PORT}`,
  ];
}

const addressText = ({ host, port }: { readonly host: string; readonly port: number }) =>
  host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;

/** Server blocks that send names of federations to the Service. */
export function corefileFor({ federation, clusterDomain }: ClusterDnsFlags, clusterIp: string): readonly string[] {
  return federation.flatMap((each) => [
    `${each.name}:53 ${each.name}.svc.${clusterDomain}:53 {`,
    '    errors',
    '    cache 5',
    `    forward . ${clusterIp}`,
    '}',
  ]);
}
