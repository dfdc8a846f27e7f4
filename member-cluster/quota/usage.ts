import { groupResource, type KubeObject, type Quantity, type Resource } from '../../src/apimachinery/index.ts';
import type { PersistentVolumeClaim, Pod, Service } from '../../src/apis/index.ts';
import { amountsOf, isTerminal, podAmounts, type QuantityMap } from '../pods/index.ts';

/** Objects that a quota can also count by their plain names. */
const SHORT_NAMES: ReadonlySet<string> = new Set([
  'pods',
  'services',
  'secrets',
  'configmaps',
  'persistentvolumeclaims',
  'replicationcontrollers',
  'resourcequotas',
]);
const COMPUTE: readonly string[] = ['cpu', 'memory', 'ephemeral-storage'];
const OF_CLASS = '.storageclass.storage.k8s.io/';

/** What an object takes of the quotas of its namespace, under each of the names that a quota may use for it. */
export function usageOf(resource: Resource, object: KubeObject): QuantityMap {
  const name = groupResource(resource);
  const own = new Map([[`count/${name}`, count(1)]]);
  if (name === 'pods') return podUsage(own, object);
  if (SHORT_NAMES.has(name)) own.set(name, count(1));
  if (name === 'services') addService(own, object);
  if (name === 'persistentvolumeclaims') addClaim(own, object);
  return own;
}

/** Whether objects of the resource count towards what a quota has under this name. */
export function countedBy(resource: Resource, name: string): boolean {
  const own = groupResource(resource);
  if (name === `count/${own}` || (name === own && SHORT_NAMES.has(own))) return true;
  switch (own) {
    case 'pods':
      return COMPUTE.includes(name) || /^(limits\.|hugepages-|requests\.(?!storage$))/.test(name);
    case 'services':
      return name === 'services.nodeports' || name === 'services.loadbalancers';
    case 'persistentvolumeclaims':
      return name === 'requests.storage' || name.includes(OF_CLASS);
    default:
      return false;
  }
}

function count(number: number): Quantity {
  return { nanos: BigInt(number) * 1_000_000_000n, format: 'DecimalSI' };
}

/** A pod that has ended takes nothing any more, but it is still there. */
function podUsage(usage: Map<string, Quantity>, pod: Pod): QuantityMap {
  if (isTerminal(pod)) return usage;
  usage.set('pods', count(1));
  const { requests, limits } = podAmounts(pod.spec);
  for (const [name, amount] of requests) {
    if (COMPUTE.includes(name) || name.startsWith('hugepages-')) usage.set(name, amount);
    usage.set(`requests.${name}`, amount);
  }
  for (const [name, amount] of limits) if (COMPUTE.includes(name)) usage.set(`limits.${name}`, amount);
  return usage;
}

function addService(usage: Map<string, Quantity>, { spec }: Service): void {
  const { type, ports = [], allocateLoadBalancerNodePorts: allocates = true } = spec ?? {};
  const named = ports.filter(({ nodePort = 0 }) => nodePort !== 0).length;
  if (type === 'LoadBalancer') {
    usage.set('services.loadbalancers', count(1));
    usage.set('services.nodeports', count(allocates ? ports.length : named));
  } else if (type === 'NodePort') {
    usage.set('services.nodeports', count(ports.length));
  }
}

function addClaim(usage: Map<string, Quantity>, { spec, metadata }: PersistentVolumeClaim): void {
  const storage = amountsOf(spec?.resources?.requests).get('storage');
  const className = metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec?.storageClassName ?? '';
  if (storage !== undefined) usage.set('requests.storage', storage);
  if (className === '') return;
  usage.set(`${className}${OF_CLASS}persistentvolumeclaims`, count(1));
  if (storage !== undefined) usage.set(`${className}${OF_CLASS}requests.storage`, storage);
}
