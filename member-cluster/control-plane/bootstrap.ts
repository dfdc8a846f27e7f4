import { isAlreadyExists, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import {
  bootstrapFlowControl,
  clusterRoles,
  namespaces,
  priorityClasses,
  services,
  storageClasses,
  systemPriorityClasses,
  type ClusterRole,
  type Service,
  type StorageClass,
} from '../../src/apis/index.ts';
import type { Client, NewObject } from '../../src/client/index.ts';
import { HOLLOW_DRIVER } from '../runtime/index.ts';
import type { AddressPlan } from './address-plan.ts';

const NAMESPACES = ['default', 'kube-system', 'kube-public', 'kube-node-lease'];

/** Namespaces that every cluster has. Everything else comes after them. */
export async function createNamespaces(client: Client): Promise<void> {
  await Promise.all(NAMESPACES.map((name) => ensure(client, namespaces, { metadata: { name } })));
}

/** Objects that every cluster has and nobody but its users changes afterwards. */
export async function createBootstrapObjects(client: Client, plan: AddressPlan, signal: AbortSignal): Promise<void> {
  await Promise.all([
    ensure(client, services, dnsService(plan), signal),
    ...systemPriorityClasses.map((priorityClass) => ensure(client, priorityClasses, priorityClass, signal)),
    ensure(client, clusterRoles, metricsReader, signal),
    ensureStorageClass(client, signal),
    bootstrapFlowControl(client, signal),
  ]);
}

/** What claims are of that name no class. A cluster that has classes has chosen its own. */
const standardClass: NewObject<StorageClass> = {
  metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
  provisioner: HOLLOW_DRIVER,
  reclaimPolicy: 'Delete',
  volumeBindingMode: 'Immediate',
};

async function ensureStorageClass(client: Client, signal: AbortSignal): Promise<void> {
  const { items } = await client.list(storageClasses, { limit: 1, signal });
  if (items.length === 0) await ensure(client, storageClasses, standardClass, signal);
}

/** Whoever may look at pods may see what they use. */
const metricsReader: NewObject<ClusterRole> = {
  metadata: {
    name: 'system:aggregated-metrics-reader',
    labels: {
      'k8s-app': 'metrics-server',
      'rbac.authorization.k8s.io/aggregate-to-admin': 'true',
      'rbac.authorization.k8s.io/aggregate-to-edit': 'true',
      'rbac.authorization.k8s.io/aggregate-to-view': 'true',
    },
  },
  rules: [{ apiGroups: ['metrics.k8s.io'], resources: ['pods', 'nodes'], verbs: ['get', 'list', 'watch'] }],
};

function dnsService({ clusterDns }: AddressPlan): NewObject<Service> {
  return {
    metadata: {
      namespace: 'kube-system',
      name: 'kube-dns',
      labels: {
        'k8s-app': 'kube-dns',
        'kubernetes.io/cluster-service': 'true',
        'kubernetes.io/name': 'CoreDNS',
      },
    },
    spec: {
      clusterIP: clusterDns,
      ports: [
        { name: 'dns', port: 53, protocol: 'UDP' },
        { name: 'dns-tcp', port: 53, protocol: 'TCP' },
      ],
    },
  };
}

async function ensure<T extends KubeObject>(
  client: Client,
  resource: Resource<T>,
  object: NewObject<T>,
  signal?: AbortSignal,
): Promise<void> {
  const options = signal === undefined ? {} : { signal };
  const { name = '', namespace } = object.metadata;
  const present = await client.list(resource, {
    ...options,
    fieldSelector: `metadata.name=${name}`,
    ...(namespace === undefined ? {} : { namespace }),
  });
  if (present.items.length > 0) return;
  try {
    await client.create(resource, object, options);
  } catch (err) {
    if (!isAlreadyExists(err)) throw err;
  }
}
