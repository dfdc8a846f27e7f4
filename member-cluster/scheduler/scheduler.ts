import {
  namespaces,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  podDisruptionBudgets,
  pods as podResource,
  replicaSets,
  replicationControllers,
  services,
  statefulSets,
  storageClasses,
  type PodDisruptionBudget,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import type { EventRecorder, InformerSet, Lister } from '../../src/controller/index.ts';
import { claimNames, podIndexes } from '../pods/index.ts';
import { SchedulerCache } from './cache.ts';
import { onNode, onPod, type SchedulerState } from './cluster-events.ts';
import { defaultPlugins } from './default-plugins.ts';
import { Feasibility } from './feasibility.ts';
import type { Snapshot } from './framework.ts';
import { Nominations } from './nominations.ts';
import { place, type Plugins, type Unschedulable } from './place.ts';
import type { PodInfo } from './pod-info.ts';
import { makeRoom } from './preemption/make-room.ts';
import { preempt } from './preemption/preempt.ts';
import type { Candidate } from './preemption/victims.ts';
import { SchedulingQueue } from './scheduling-queue.ts';
import { bind, tellUnschedulable } from './verdict.ts';
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
  const storage = {
    claims: informers.of(persistentVolumeClaims),
    volumes: informers.of(persistentVolumes),
    classes: informers.of(storageClasses),
  };
  const plugins = defaultPlugins(
    workloadSelector({
      services: informers.of(services).lister,
      replicaSets: informers.of(replicaSets).lister,
      replicationControllers: informers.of(replicationControllers).lister,
      statefulSets: informers.of(statefulSets).lister,
    }),
    { claims: storage.claims.lister, volumes: storage.volumes.lister, classes: storage.classes.lister },
  );
  const scheduler: Scheduler = {
    ...options,
    name,
    cache,
    queue,
    nominations: new Nominations(),
    plugins,
    budgets: informers.of(podDisruptionBudgets).lister,
    snapshot: () => cache.snapshot((namespace) => namespaceLister.get(namespace)?.metadata.labels ?? {}),
  };
  nodeInformer.onEvent((event) => {
    onNode(scheduler, event);
  });
  podInformer.onEvent((event) => {
    onPod(scheduler, event);
  });
  for (const informer of [storage.claims, storage.volumes, storage.classes]) {
    informer.onEvent(() => {
      queue.retry(({ pod }) => claimNames(pod).length > 0);
    });
  }
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
        await loop(scheduler, signal);
      } finally {
        cancel();
        queue.close();
      }
    },
  };
}

interface Scheduler extends SchedulerOptions, SchedulerState {
  readonly name: string;
  readonly plugins: Plugins;
  readonly budgets: Lister<PodDisruptionBudget>;
  snapshot(): Snapshot;
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

async function loop(scheduler: Scheduler, signal: AbortSignal): Promise<void> {
  const { queue, log } = scheduler;
  const works = new Set<Promise<void>>();
  for await (const info of queue.take(signal)) {
    const settled = decide(scheduler, info, signal)
      .catch((err: unknown) => {
        if (!signal.aborted) log.warn({ pod: info.key, err }, 'scheduling failed');
      })
      .finally(() => works.delete(settled));
    works.add(settled);
    if (works.size >= CONCURRENT_BINDINGS) await Promise.race(works);
  }
  await Promise.all(works);
}

/** Decides without waiting, so that the next pod is decided on with this one in mind; what follows takes its time. */
function decide(scheduler: Scheduler, info: PodInfo, signal: AbortSignal): Promise<void> {
  const { cache, queue, nominations, plugins, clock } = scheduler;
  const snapshot = scheduler.snapshot();
  const feasibility = new Feasibility(info, snapshot, plugins.filters, (nodeName) => nominations.on(nodeName));
  const nominated = nominations.nodeOf(info.key);
  const placement = place(feasibility, snapshot, plugins.scores, { nominated, random: () => clock.random() });
  if (placement.type === 'placed') {
    nominations.remove(info.key);
    cache.assume(info, placement.node.name);
    return bind(scheduler, info, placement.node.name, signal);
  }
  queue.setAside(info);
  return unplaced(scheduler, feasibility, placement, signal);
}

async function unplaced(
  scheduler: Scheduler,
  feasibility: Feasibility,
  { message, refusals }: Unschedulable,
  signal: AbortSignal,
): Promise<void> {
  const { nominations, budgets, clock } = scheduler;
  const { pod, key } = feasibility.pod;
  if (refusals.size === 0) {
    await tellUnschedulable(scheduler, { pod, message }, signal);
    return;
  }
  const nominated = nominations.nodeOf(key);
  const random = () => clock.random();
  const preemption = preempt(feasibility, { refusals, budgets: budgets.list(), nominated, random });
  if (preemption.type === 'candidate') {
    await preemptAt(scheduler, feasibility.pod, { message, candidate: preemption }, signal);
    return;
  }
  if (!preemption.isWaiting) nominations.remove(key);
  const whole = `${message} ${preemption.message}`;
  await tellUnschedulable(
    scheduler,
    { pod, message: whole, ...(preemption.isWaiting ? {} : { nominated: '' }) },
    signal,
  );
}

async function preemptAt(
  scheduler: Scheduler,
  preemptor: PodInfo,
  { message, candidate }: { readonly message: string; readonly candidate: Candidate },
  signal: AbortSignal,
): Promise<void> {
  const { nominations, queue } = scheduler;
  const { node, victims } = candidate;
  const displaced = nominations.on(node.name).filter(({ priority }) => priority < preemptor.priority);
  for (const { key } of displaced) nominations.remove(key);
  nominations.set(preemptor, node.name);
  queue.retry(({ key }) => displaced.some((other) => other.key === key));
  await tellUnschedulable(scheduler, { pod: preemptor.pod, message, nominated: node.name }, signal);
  await makeRoom(scheduler, { preemptor, nodeName: node.name, victims, displaced }, signal);
}
