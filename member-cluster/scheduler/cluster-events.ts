import { deepEqual, keyOf } from '../../src/apimachinery/index.ts';
import type { Node, Pod } from '../../src/apis/index.ts';
import type { InformerEvent } from '../../src/controller/index.ts';
import { isTerminal } from '../pods/index.ts';
import type { SchedulerCache } from './cache.ts';
import type { Nominations } from './nominations.ts';
import { podInfoOf } from './pod-info.ts';
import type { SchedulingQueue } from './scheduling-queue.ts';

/** What the scheduler knows of the cluster. */
export interface SchedulerState {
  /** Pods that name another scheduler are left to it. */
  readonly name: string;
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly nominations: Nominations;
}

export function onNode({ cache, queue }: SchedulerState, { type, object, previous }: InformerEvent<Node>): void {
  if (type === 'delete') {
    cache.removeNode(object.metadata.name ?? '');
    return;
  }
  cache.setNode(object);
  if (previous === undefined || mattersForPlacement(previous, object)) queue.retry();
}

function mattersForPlacement(before: Node, after: Node): boolean {
  return (
    !deepEqual(before.spec, after.spec) ||
    !deepEqual(before.metadata.labels, after.metadata.labels) ||
    !deepEqual(before.status?.allocatable, after.status?.allocatable)
  );
}

export function onPod({ cache, queue, nominations, name }: SchedulerState, event: InformerEvent<Pod>): void {
  const { type, object, previous } = event;
  const key = keyOf(object);
  if (type === 'delete') cache.removePod(key);
  else cache.setPod(object);

  if (isBound(object) || type === 'delete') nominations.remove(key);
  else noteNomination(nominations, event);
  if (isBound(object) || type === 'delete') {
    queue.remove(key);
    retryWaiting(queue, event);
  } else if (!isOurs(object, name) || cache.isAssumed(key)) {
    queue.remove(key);
  } else if (queue.has(key) && deepEqual(previous?.spec, object.spec)) {
    queue.refresh(podInfoOf(object));
  } else {
    queue.add(podInfoOf(object));
  }
}

/** What was nominated here stays until the API says something else: it is the first to know. */
function noteNomination(nominations: Nominations, { object, previous }: InformerEvent<Pod>): void {
  const { nominatedNodeName = '' } = object.status ?? {};
  if (previous === undefined ? nominatedNodeName === '' : previous.status?.nominatedNodeName === nominatedNodeName)
    return;
  nominations.set(podInfoOf(object), nominatedNodeName);
}

function isBound({ spec }: Pod): boolean {
  return (spec?.nodeName ?? '') !== '';
}

/** Room that a pod leaves may help anybody; a pod that came, only those whose rules ask for others. */
function retryWaiting(queue: SchedulingQueue, { type, object, previous }: InformerEvent<Pod>): void {
  if (!isBound(object)) return;
  if (type === 'delete' || isTerminal(object)) queue.retry();
  else if (previous === undefined || !isBound(previous)) queue.retry(({ pod }) => dependsOnPods(pod));
}

function isOurs(pod: Pod, name: string): boolean {
  return (
    (pod.spec?.schedulerName ?? name) === name &&
    pod.metadata.deletionTimestamp === undefined &&
    (pod.spec?.schedulingGates ?? []).length === 0 &&
    !isTerminal(pod)
  );
}

/** Its rules ask for other pods, so that one more of them may help. */
function dependsOnPods({ spec }: Pod): boolean {
  return spec?.affinity?.podAffinity !== undefined || spec?.topologySpreadConstraints !== undefined;
}
