import { parseQuantity, type Quantity } from '../../src/apimachinery/index.ts';
import type { Container, EnvVarSource, Pod } from '../../src/apis/index.ts';
import { containersOf, initContainersOf } from './observed-pod.ts';

/** Where a pod is. */
export interface PodPlace {
  readonly podIP: string;
  readonly nodeAddress: string;
  /** What its node has, by resource. */
  readonly allocatable: Readonly<Record<string, string>>;
}

type ResourceField = NonNullable<EnvVarSource['resourceFieldRef']>;

const ONE_OF = /^metadata\.(labels|annotations)\['(.*)'\]$/;

/** What a field of the pod says. Throws for a field that cannot be told. */
export function fieldValue(pod: Pod, path: string, { podIP, nodeAddress }: PodPlace): string {
  const [, map, key = ''] = ONE_OF.exec(path) ?? [];
  if (map === 'labels' || map === 'annotations') return pod.metadata[map]?.[key] ?? '';
  const fields: Readonly<Record<string, string | undefined>> = {
    'metadata.name': pod.metadata.name,
    'metadata.namespace': pod.metadata.namespace,
    'metadata.uid': pod.metadata.uid,
    'spec.nodeName': pod.spec?.nodeName,
    'spec.serviceAccountName': pod.spec?.serviceAccountName,
    'status.hostIP': nodeAddress,
    'status.hostIPs': nodeAddress,
    'status.podIP': podIP,
    'status.podIPs': podIP,
  };
  if (!Object.hasOwn(fields, path)) throw new Error(`fieldRef ${path} is not supported`);
  return fields[path] ?? '';
}

/** What a container may use, in whole divisors; of what has no limit, all that the node has. */
export function resourceValue(
  pod: Pod,
  own: Container,
  { containerName = '', resource, divisor = '1' }: ResourceField,
  { allocatable }: PodPlace,
): string {
  const container = containerName === '' ? own : containerNamed(pod, containerName);
  const [list = '', ...rest] = resource.split('.');
  const name = rest.join('.');
  if (container === undefined) throw new Error(`resourceFieldRef ${resource}: there is no container ${containerName}`);
  if (list !== 'limits' && list !== 'requests') throw new Error(`resourceFieldRef ${resource} is not supported`);
  const unlimited = list === 'limits' ? allocatable : {};
  const amount = { ...unlimited, ...container.resources?.[list] }[name];
  return inUnitsOf(parseQuantity(amount ?? '0'), parseQuantity(divisor));
}

function containerNamed(pod: Pod, wanted: string): Container | undefined {
  return [...containersOf(pod), ...initContainersOf(pod)].find(({ name }) => name === wanted);
}

/** Rounded up. A divisor that was left out arrives as zero. */
function inUnitsOf({ nanos }: Quantity, divisor: Quantity): string {
  const by = divisor.nanos === 0n ? 1_000_000_000n : divisor.nanos;
  return String((nanos + by - 1n) / by);
}
