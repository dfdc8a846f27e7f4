import { parseQuantity, quantityToMillis } from '../../src/apimachinery/index.ts';
import type { PodSpec } from '../../src/apis/index.ts';
import type { Cluster } from '../apis/index.ts';

/**
 * How many more pods like this a cluster has room for, by what its nodes have and its pods request; `undefined` where
 * that is not known. It may be spread over nodes so that fewer fit: pods that find no room tell.
 */
export function freeRoom({ status }: Cluster, pod: PodSpec | undefined): number | undefined {
  const { allocatable, requested } = status ?? {};
  // Nodes that say nothing of pods say nothing of room, as when there are none yet.
  if (allocatable?.['pods'] === undefined || requested === undefined) return undefined;
  let room = Infinity;
  for (const [resource, wanted] of requestsOf(pod)) {
    const free = millisOf(allocatable[resource]) - millisOf(requested[resource]);
    room = Math.min(room, Math.max(0, Math.floor(free / wanted)));
  }
  return room === Infinity ? undefined : room;
}

/** By resource, in thousandths; every pod needs a place for itself. */
function requestsOf(pod: PodSpec | undefined): ReadonlyMap<string, number> {
  const requests = new Map([['pods', 1_000]]);
  for (const { resources } of pod?.containers ?? []) {
    for (const [resource, amount] of Object.entries(resources?.requests ?? {})) {
      const wanted = millisOf(amount);
      if (wanted > 0) requests.set(resource, (requests.get(resource) ?? 0) + wanted);
    }
  }
  return requests;
}

function millisOf(amount: string | undefined): number {
  return amount === undefined ? 0 : quantityToMillis(parseQuantity(amount));
}
