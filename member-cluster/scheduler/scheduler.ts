import { deepEqual, formatTime, isConflict, isNotFound, keyOf } from '../../src/apimachinery/index.ts';
import {
  namespaces,
  nodes,
  pods as podResource,
  replicaSets,
  services,
  type Binding,
  type Node,
  type Pod,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import type { EventRecorder, InformerEvent, InformerSet } from '../../src/controller/index.ts';
import { isTerminal, podCondition, podIndexes } from '../pods/index.ts';
import { SchedulerCache } from './cache.ts';
import { defaultPlugins } from './default-plugins.ts';
import { place, type Plugins } from './place.ts';
import { podInfoOf, type PodInfo } from './pod-info.ts';
import { SchedulingQueue } from './scheduling-queue.ts';
import { workloadSelector } from './workload-selector.ts';

export interface SchedulerOptions {
  /** Pods that name another scheduler are left to it. */
  readonly name?: string;
  readonly client: Client;
  readonly informers: InformerSet;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Bindings on their way at the same time. */
const CONCURRENT_BINDINGS = 64;
/** A pod that no event helped is tried again now and then all the same. */
const RETRY_ALL_MS = 60_000;

/** Finds a node for every pod that has none. Ready when its view of the cluster is complete. */
export function createScheduler(options: SchedulerOptions): Runnable {
  const { informers, clock, name = 'default-scheduler' } = options;
  const cache = new SchedulerCache();
  const queue = new SchedulingQueue(clock);
  const namespaceLister = informers.of(namespaces).lister;
  const nodeInformer = informers.of(nodes);
  const podInformer = informers.of(podResource, { indexes: podIndexes });
  const plugins = defaultPlugins(
    workloadSelector({ services: informers.of(services).lister, replicaSets: informers.of(replicaSets).lister }),
  );
  const scheduler: Scheduler = { ...options, name, cache, queue, plugins };
  nodeInformer.onEvent((event) => {
    onNode(scheduler, event);
  });
  podInformer.onEvent((event) => {
    onPod(scheduler, event);
  });
  return {
    name: 'scheduler',
    async run(signal, ready) {
      await informers.synced(signal).catch((err: unknown) => {
        if (!signal.aborted) throw err;
      });
      if (signal.aborted) return;
      ready();
      const cancel = retryPeriodically(scheduler, signal);
      try {
        await loop(scheduler, (pod) => place(pod, snapshot(), plugins, { random: () => clock.random() }), signal);
      } finally {
        cancel();
        queue.close();
      }
    },
  };

  function snapshot() {
    return cache.snapshot((namespace) => namespaceLister.get(namespace)?.metadata.labels ?? {});
  }
}

interface Scheduler extends SchedulerOptions {
  readonly name: string;
  readonly cache: SchedulerCache;
  readonly queue: SchedulingQueue;
  readonly plugins: Plugins;
}

function retryPeriodically({ clock, queue }: Scheduler, signal: AbortSignal): () => void {
  let cancel = clock.after(RETRY_ALL_MS, again);
  return () => {
    cancel();
  };
  function again() {
    if (signal.aborted) return;
    queue.retry();
    cancel = clock.after(RETRY_ALL_MS, again);
  }
}

function onNode({ cache, queue }: Scheduler, { type, object, previous }: InformerEvent<Node>): void {
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

function onPod({ cache, queue, name }: Scheduler, event: InformerEvent<Pod>): void {
  const { type, object, previous } = event;
  const key = keyOf(object);
  if (type === 'delete') cache.removePod(key);
  else cache.setPod(object);

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

async function loop(
  scheduler: Scheduler,
  choose: (pod: PodInfo) => ReturnType<typeof place>,
  signal: AbortSignal,
): Promise<void> {
  const { cache, queue, log } = scheduler;
  const bindings = new Set<Promise<void>>();
  for await (const info of queue.take(signal)) {
    const placement = choose(info);
    let work: Promise<void>;
    if (placement.type === 'placed') {
      cache.assume(info, placement.node.name);
      work = bind(scheduler, info, placement.node.name, signal);
    } else {
      queue.setAside(info);
      work = tellUnschedulable(scheduler, info, placement.message, signal);
    }
    const settled = work
      .catch((err: unknown) => {
        if (!signal.aborted) log.warn({ pod: info.key, err }, 'scheduling failed');
      })
      .finally(() => bindings.delete(settled));
    bindings.add(settled);
    if (bindings.size >= CONCURRENT_BINDINGS) await Promise.race(bindings);
  }
  await Promise.all(bindings);
}

async function bind(scheduler: Scheduler, info: PodInfo, node: string, signal: AbortSignal): Promise<void> {
  const { client, cache, queue, events } = scheduler;
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

async function tellUnschedulable(
  { client, clock, events }: Scheduler,
  { pod }: PodInfo,
  message: string,
  signal: AbortSignal,
): Promise<void> {
  events.event(pod, 'Warning', 'FailedScheduling', message);
  const before = podCondition(pod, 'PodScheduled');
  if (before?.status === 'False' && before.message === message) return;
  const { namespace = '', name = '' } = pod.metadata;
  const lastTransitionTime =
    before?.status === 'False' && before.lastTransitionTime !== undefined
      ? before.lastTransitionTime
      : formatTime(clock.now());
  const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
  try {
    await client.patch(
      podResource,
      { namespace, name },
      { type: 'strategic', patch: { status: { conditions: [condition] } } },
      { subresource: 'status', signal },
    );
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}
