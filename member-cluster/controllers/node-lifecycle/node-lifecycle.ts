import { formatTime, isNotFound, setCondition } from '../../../src/apimachinery/index.ts';
import {
  nodes as nodeResource,
  pods as podResource,
  type Lease,
  type Node,
  type Pod,
} from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { EventRecorder, Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import { isReady, isTerminal } from '../../pods/index.ts';
import { readyStatus, taintsOf, withoutHeartbeat } from './node-state.ts';

/** A node from which nothing was heard for so long is not trusted to be there. */
export const GRACE_MS = 40_000;

export interface NodeLifecycleDeps {
  readonly nodes: Lister<Node>;
  /** Those of the namespace `kube-node-lease`. */
  readonly leases: Lister<Lease>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/**
 * Says of nodes that went silent that nobody knows how they are, taints nodes as their conditions demand, and takes
 * readiness from the pods of nodes that are not ready. Kubelets' clocks are not trusted: what counts is when this
 * controller saw the heartbeat change.
 */
export function nodeLifecycleReconciler(deps: NodeLifecycleDeps): Reconciler {
  const heartbeats = new Map<Key, Heartbeat>();
  return async (key, signal) => {
    const node = deps.nodes.get(key);
    if (node === undefined) {
      heartbeats.delete(key);
      return {};
    }
    const heartbeat = seen(heartbeats.get(key), heartbeatOf(node, deps.leases), deps.clock.now());
    heartbeats.set(key, heartbeat);
    const silentAt = heartbeat.seenAt + GRACE_MS;
    const isSilent = silentAt <= deps.clock.now();

    const judged = isSilent ? await writeSilence(deps, node, signal) : node;
    await writeTaints(deps, judged, signal);
    if (readyStatus(judged) !== 'True') await markPodsNotReady(deps, key, signal);
    return isSilent ? {} : { requeueAfterMs: silentAt - deps.clock.now() };
  };
}

interface Heartbeat {
  readonly value: string;
  readonly seenAt: number;
}

/** Whatever changes with each sign of life. */
function heartbeatOf(node: Node, leases: Lister<Lease>): string {
  const renewed = leases.get(`kube-node-lease/${node.metadata.name ?? ''}`)?.spec?.renewTime ?? '';
  const posted = (node.status?.conditions ?? []).map(({ lastHeartbeatTime }) => lastHeartbeatTime ?? '');
  return [renewed, ...posted].join(' ');
}

function seen(before: Heartbeat | undefined, value: string, now: number): Heartbeat {
  return before?.value === value ? before : { value, seenAt: now };
}

async function writeSilence({ client, clock }: NodeLifecycleDeps, node: Node, signal: AbortSignal): Promise<Node> {
  const next = withoutHeartbeat(node, clock.now());
  return next === node ? node : client.updateStatus(nodeResource, next, { signal });
}

async function writeTaints(
  { client, clock, events }: NodeLifecycleDeps,
  node: Node,
  signal: AbortSignal,
): Promise<void> {
  const taints = taintsOf(node, clock.now());
  if (taints === (node.spec?.taints ?? taints)) return;
  const was = node.spec?.taints?.some(isUnwell) === true;
  const { resourceVersion } = node.metadata;
  const patch = { metadata: { resourceVersion }, spec: { taints: taints.map((taint) => ({ ...taint })) } };
  await client.patch(nodeResource, objectKey(node), { type: 'merge', patch }, { signal });
  if (taints.some(isUnwell) && !was) {
    events.event(node, 'Normal', 'NodeNotReady', `Node ${node.metadata.name ?? ''} status is now: NodeNotReady`);
  }
}

const isUnwell = ({ effect }: { readonly effect: string }) => effect === 'NoExecute';

/** Services must not send anything to pods that cannot be believed to run. */
async function markPodsNotReady(deps: NodeLifecycleDeps, nodeName: string, signal: AbortSignal): Promise<void> {
  const { pods, client, clock, events } = deps;
  for (const pod of pods.byIndex('node', nodeName)) {
    if (!isReady(pod) || isTerminal(pod)) continue;
    const now = clock.now();
    const ready = { type: 'Ready', status: 'False', lastTransitionTime: formatTime(now) };
    const conditions = setCondition(pod.status?.conditions, ready, now);
    events.event(pod, 'Warning', 'NodeNotReady', 'Node is not ready');
    try {
      await client.updateStatus(podResource, { ...pod, status: { ...pod.status, conditions } }, { signal });
    } catch (err) {
      if (!isNotFound(err)) throw err;
    }
  }
}
