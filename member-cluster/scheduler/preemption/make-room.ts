import { formatTime, isNotFound } from '../../../src/apimachinery/index.ts';
import { pods as podResource } from '../../../src/apis/index.ts';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import type { PodInfo } from '../pod-info.ts';
import { patchStatus, type VerdictDeps } from '../verdict.ts';

/** Pods that are asked to end at the same time. */
const CONCURRENT_DELETIONS = 16;

export interface Room {
  readonly preemptor: PodInfo;
  readonly nodeName: string;
  readonly victims: readonly PodInfo[];
  /** Less important pods for which room was being made there. */
  readonly displaced: readonly PodInfo[];
}

/** Ends the victims, each within its grace period, and tells those who lose their turn. */
export async function makeRoom(deps: VerdictDeps, room: Room, signal: AbortSignal): Promise<void> {
  const { client } = deps;
  for (const { pod } of room.displaced) await patchStatus(client, pod, { nominatedNodeName: null }, signal);
  await mapConcurrent(room.victims, CONCURRENT_DELETIONS, (victim) => end(deps, victim, room, signal));
}

async function end(
  { client, clock, events, name }: VerdictDeps,
  { pod }: PodInfo,
  { preemptor, nodeName }: Room,
  signal: AbortSignal,
): Promise<void> {
  const { namespace = '', name: podName = '', uid = '', deletionTimestamp } = pod.metadata;
  if (deletionTimestamp !== undefined) return;
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'PreemptionByScheduler',
    message: `${name}: preempting to accommodate a higher priority pod`,
    lastTransitionTime: formatTime(clock.now()),
  };
  await patchStatus(client, pod, { conditions: [condition] }, signal);
  try {
    await client.delete(podResource, { namespace, name: podName }, { preconditions: { uid }, signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
    return;
  }
  const by = preemptor.pod.metadata.uid ?? '';
  events.event(pod, 'Normal', 'Preempted', `Preempted by pod ${by} on node ${nodeName}`);
}
