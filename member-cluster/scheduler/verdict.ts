import { formatTime, isConflict, isNotFound, type JsonObject } from '../../src/apimachinery/index.ts';
import { pods as podResource, type Binding, type Pod } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { EventRecorder } from '../../src/controller/index.ts';
import { podCondition } from '../pods/index.ts';
import type { SchedulerState } from './cluster-events.ts';
import type { PodInfo } from './pod-info.ts';

export interface VerdictDeps extends SchedulerState {
  readonly client: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

export async function bind(deps: VerdictDeps, info: PodInfo, node: string, signal: AbortSignal): Promise<void> {
  const { client, cache, queue, events } = deps;
  const { namespace = '', name = '', uid = '' } = info.pod.metadata;
  try {
    await client.createSubresource<Binding>(
      podResource,
      { namespace, name },
      'binding',
      { metadata: { namespace, name, uid }, target: { kind: 'Node', name: node } },
      { signal },
    );
  } catch (err) {
    cache.forget(info.key);
    if (isNotFound(err)) return;
    // Somebody else bound or changed it: its event says what to do.
    if (!isConflict(err)) queue.backOff(info);
    throw err;
  }
  events.event(info.pod, 'Normal', 'Scheduled', `Successfully assigned ${info.key} to ${node}`);
}

export interface Unplaced {
  readonly pod: Pod;
  readonly message: string;
  /** Where room is being made; empty: nowhere any more. */
  readonly nominated?: string | undefined;
}

/** Says of a pod why it has no node, in an event and in its status. */
export async function tellUnschedulable(
  { client, clock, events }: VerdictDeps,
  { pod, message, nominated }: Unplaced,
  signal: AbortSignal,
): Promise<void> {
  events.event(pod, 'Warning', 'FailedScheduling', message);
  const before = podCondition(pod, 'PodScheduled');
  const moved = movedTo(pod, nominated);
  const isRefused = before?.status === 'False';
  if (isRefused && before.message === message && moved === undefined) return;

  const lastTransitionTime = (isRefused ? before.lastTransitionTime : undefined) ?? formatTime(clock.now());
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
  await patchStatus(client, pod, { conditions: [condition], ...moved }, signal);
}

/** What of its status a new nomination changes. */
function movedTo({ status }: Pod, nominated: string | undefined): JsonObject | undefined {
  if (nominated === undefined || nominated === (status?.nominatedNodeName ?? '')) return undefined;
  return { nominatedNodeName: nominated === '' ? null : nominated };
}

/** Of a pod that may be gone. */
export async function patchStatus(
  client: Client,
  { metadata: { namespace = '', name = '' } }: Pod,
  status: JsonObject,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.patch(
      podResource,
      { namespace, name },
      { type: 'strategic', patch: { status } },
      { subresource: 'status', signal },
    );
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
