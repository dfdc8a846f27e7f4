import { forbidden } from '../../../src/apimachinery/index.ts';
import type { Node, Pod } from '../../../src/apis/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../../../src/apiserver/index.ts';
import { amountsOf, podAmounts, type QuantityMap } from '../../pods/index.ts';
import type { KnownObjects } from './known-objects.ts';
import { isResizedPod, podOf } from './new-pod.ts';

const NANOS = 1_000_000_000n;
const MILLI_NANOS = 1_000_000n;
/** What is compared, in which unit. */
const COMPARED = [
  ['cpu', MILLI_NANOS],
  ['memory', NANOS],
] as const;

/** A pod that has a node is not given more than that node could ever give. */
export function podResizeValidator(nodes: KnownObjects<Node>): AdmissionPlugin {
  return {
    name: 'PodResizeValidator',
    handles: isResizedPod,
    async validate(request, signal) {
      const pod = podOf(request.object);
      const nodeName = pod.spec?.nodeName ?? '';
      if (nodeName === '' || pod.metadata.generation === request.oldObject?.metadata.generation) return;
      const node = (await nodes(signal)).get(nodeName);
      if (node === undefined) throw forbidden(request.resource, request.name, `node "${nodeName}" not found`);
      checkCapacity(pod, node, request);
      const os = node.metadata.labels?.['kubernetes.io/os'] ?? '';
      if (os === 'linux') return;
      const why = `pod resize is only supported on linux nodes, node "${nodeName}" is "${os}"`;
      throw forbidden(request.resource, request.name, why, [{ reason: 'UnsupportedPlatform' }]);
    },
  };
}

function checkCapacity({ spec }: Pod, { status }: Node, { resource, name }: AdmissionRequest): void {
  const { requests } = podAmounts(spec);
  const allocatable = amountsOf(status?.allocatable);
  const lacking = COMPARED.flatMap(([what, unit]) => {
    const [requested, there] = [inUnits(requests, what, unit), inUnits(allocatable, what, unit)];
    return requested > there ? [`${what}, requested: ${requested}, allocatable: ${there}`] : [];
  });
  if (lacking.length === 0) return;
  const why = `Node didn't have enough allocatable resources: ${lacking.join('; ')}`;
  throw forbidden(resource, name, why, [{ reason: 'NodeCapacity' }]);
}

/** Rounded up. */
function inUnits(amounts: QuantityMap, what: string, unit: bigint): bigint {
  return ((amounts.get(what)?.nanos ?? 0n) + unit - 1n) / unit;
}
