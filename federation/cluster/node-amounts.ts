import { findCondition, formatQuantity, parseQuantity, type Quantity } from '../../src/apimachinery/index.ts';
import type { Container, Node, Pod } from '../../src/apis/index.ts';
import type { ClusterStatus, ResourceAmounts } from '../apis/index.ts';

/** What is kept of a node: who it is, what it has, whether it is ready, and where it and its pods are. */
export function essentialsOfNode({ apiVersion, kind, metadata, spec, status }: Node): Node {
  const { managedFields: _fields, ...ours } = metadata;
  const ready = findCondition(status?.conditions, 'Ready');
  return {
    apiVersion,
    kind,
    metadata: ours,
    ...podNetworksOf(spec),
    status: {
      ...(status?.addresses === undefined ? {} : { addresses: status.addresses }),
      ...(status?.capacity === undefined ? {} : { capacity: status.capacity }),
      ...(status?.allocatable === undefined ? {} : { allocatable: status.allocatable }),
      ...(ready === undefined ? {} : { conditions: [{ type: ready.type, status: ready.status }] }),
    },
  };
}

function podNetworksOf({ podCIDR, podCIDRs }: NonNullable<Node['spec']> = {}): Pick<Node, 'spec'> {
  if (podCIDRs !== undefined) return { spec: { podCIDRs } };
  return podCIDR === undefined ? {} : { spec: { podCIDR } };
}

/** How many nodes there are, and what they have together; nothing of a cluster whose nodes have not been seen. */
export function nodeAmounts(nodes: readonly Node[]): Pick<ClusterStatus, 'nodes' | 'capacity' | 'allocatable'> {
  const ready = nodes.filter(({ status }) => findCondition(status?.conditions, 'Ready')?.status === 'True');
  return {
    nodes: { total: nodes.length, ready: ready.length },
    capacity: sumOf(nodes.map(({ status }) => status?.capacity ?? {})),
    allocatable: sumOf(ready.map(({ status }) => status?.allocatable ?? {})),
  };
}

/** What a pod holds on its node: its containers and sidecars together, or an init container that takes more. */
export function podRequests({ spec }: Pod): ResourceAmounts {
  const requests = ({ resources }: Container) => resources?.requests ?? {};
  const sidecars: ResourceAmounts[] = [];
  let init: ResourceAmounts = {};
  for (const container of spec?.initContainers ?? []) {
    if (container.restartPolicy === 'Always') sidecars.push(requests(container));
    else init = greater(init, sumOf([requests(container), ...sidecars]));
  }
  const running = sumOf([...(spec?.containers ?? []).map(requests), ...sidecars]);
  return sumOf([{ ...greater(running, init), ...spec?.resources?.requests }, spec?.overhead ?? {}]);
}

/** Of whoever wrote them: what cannot be read counts as nothing. */
export function sumOf(parts: readonly ResourceAmounts[]): ResourceAmounts {
  const total = new Map<string, Quantity>();
  for (const part of parts) {
    for (const [name, text] of Object.entries(part)) {
      const amount = quantityOf(text);
      const before = total.get(name);
      total.set(name, before === undefined ? amount : { ...before, nanos: before.nanos + amount.nanos });
    }
  }
  return Object.fromEntries(
    [...total].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, sum]) => [name, formatQuantity(sum)]),
  );
}

function greater(a: ResourceAmounts, b: ResourceAmounts): ResourceAmounts {
  const result: Record<string, string> = { ...a };
  for (const [name, text] of Object.entries(b)) {
    const before = result[name];
    if (before === undefined || quantityOf(before).nanos < quantityOf(text).nanos) result[name] = text;
  }
  return result;
}

function quantityOf(text: string): Quantity {
  try {
    return parseQuantity(text);
  } catch (err) {
    if (err instanceof Error) return { nanos: 0n, format: 'DecimalSI' };
    throw err;
  }
}
