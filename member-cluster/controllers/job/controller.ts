import { controllerOf, keyOf, labelSelectorOf, matchesLabels } from '../../../src/apimachinery/index.ts';
import { jobs as jobResource, pods as podResource, type Job, type Pod } from '../../../src/apis/index.ts';
import { lazily, type InformerEvent, type Lister, type WorkQueue } from '../../../src/controller/index.ts';
import { podIndexes } from '../../pods/index.ts';
import { controllerKey, type ControllerDefinition } from '../controller-definition.ts';
import { Expectations } from '../expectations.ts';
import { uidOf } from '../ownership.ts';
import { FinalizerRemovals } from './finalizer-removals.ts';
import { isTracked } from './job-pods.ts';
import { isLeftBehind } from './left-behind.ts';

/** Pods of a Job end by the dozen: so much later they are looked at together. */
const BATCH_MS = 50;

export const jobController: ControllerDefinition = {
  name: 'job',
  workers: 5,
  build({ informers, client, clock, events }, queue) {
    const jobs = informers.of(jobResource);
    const pods = informers.of(podResource, { indexes: podIndexes });
    const expectations = new Expectations(clock);
    const removals = new FinalizerRemovals();
    jobs.onEvent(({ key, object, previous }) => {
      const isSame = previous !== undefined && previous.metadata.generation === object.metadata.generation;
      queue.addAfter(key, isSame ? BATCH_MS : 0);
    });
    pods.onEvent((event) => {
      onPod(event, { queue, expectations, removals, jobs: jobs.lister });
    });
    const recorder = events('job-controller');
    return lazily(async () => {
      const { jobReconciler } = await import('./job.ts');
      const listers = { jobs: jobs.lister, pods: pods.lister };
      return jobReconciler({ ...listers, client, clock, expectations, removals, events: recorder });
    });
  },
};

/** Takes the finalizer from pods that no Job will ever count. */
export const orphanPodController: ControllerDefinition = {
  name: 'job-orphan-pods',
  build({ informers, client }, queue) {
    const jobs = informers.of(jobResource);
    const pods = informers.of(podResource, { indexes: podIndexes });
    const offer = (pod: Pod) => {
      if (isTracked(pod) && isLeftBehind(pod, jobs.lister)) queue.add(keyOf(pod));
    };
    pods.onEvent(({ type, object }) => {
      if (type !== 'delete') offer(object);
    });
    jobs.onEvent(({ type, object }) => {
      if (type !== 'add') pods.lister.byIndex('controller', uidOf(object)).forEach(offer);
    });
    return lazily(async () => {
      const { leftBehindReconciler } = await import('./left-behind-reconciler.ts');
      return leftBehindReconciler({ jobs: jobs.lister, pods: pods.lister, client });
    });
  },
};

interface PodEventDeps {
  readonly queue: WorkQueue;
  readonly expectations: Expectations;
  readonly removals: FinalizerRemovals;
  readonly jobs: Lister<Job>;
}

function onPod({ type, object, previous }: InformerEvent<Pod>, deps: PodEventDeps): void {
  const { queue, expectations, removals } = deps;
  const key = controllerKey(object, 'Job');
  const before = previous === undefined ? undefined : controllerKey(previous, 'Job');
  if (key !== undefined) {
    const uid = uidOf(object);
    if (type === 'delete' || object.metadata.deletionTimestamp !== undefined) expectations.deleted(key, uid);
    if (type === 'delete' || !isTracked(object)) removals.seen(key, uid);
    if (type === 'add') expectations.created(key);
    queue.addAfter(key, BATCH_MS);
  } else if (type !== 'delete' && controllerOf(object) === undefined) {
    offer(object, deps);
  }
  if (before !== undefined && before !== key) queue.addAfter(before, BATCH_MS);
}

/** A pod that nobody controls may be adopted by those that select it. */
function offer({ metadata }: Pod, { queue, jobs }: PodEventDeps): void {
  for (const job of jobs.list(metadata.namespace)) {
    if (matchesLabels(labelSelectorOf(job.spec?.selector), metadata.labels)) queue.add(keyOf(job));
  }
}
