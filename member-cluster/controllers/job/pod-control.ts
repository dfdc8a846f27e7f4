import { isNotFound, isStatusError, keyOf } from '../../../src/apimachinery/index.ts';
import { pods as podResource, type Job, type Pod } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import type { EventRecorder, Key } from '../../../src/controller/index.ts';
import { objectKey } from '../adoption.ts';
import type { Expectations } from '../expectations.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';
import { nameOf, uidOf } from '../ownership.ts';
import { slowStart } from '../slow-start.ts';
import type { FinalizerRemovals } from './finalizer-removals.ts';
import { isTracked, TRACKING } from './job-pods.ts';
import type { JobView } from './job-view.ts';
import { podOfJob } from './pod-of-job.ts';

const CONCURRENT_CALLS = 50;

export interface PodControlDeps {
  readonly client: Client;
  readonly expectations: Expectations;
  readonly removals: FinalizerRemovals;
  readonly events: EventRecorder;
}

/** What was done, also when not all could be. */
export interface Done<T> {
  readonly done: T;
  readonly error?: Error;
}

export async function createPods(
  { client, expectations, events }: PodControlDeps,
  key: Key,
  view: JobView,
  indexes: readonly (number | undefined)[],
): Promise<Done<number>> {
  if (indexes.length === 0) return { done: 0 };
  expectations.expect(key, { creations: indexes.length });
  let missed = 0;
  const { done, skipped, error } = await slowStart(indexes.length, async (number) => {
    try {
      const created = await client.create(podResource, podOfJob(view, indexes[number]));
      events.event(view.job, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(created)}`);
    } catch (err) {
      expectations.created(key);
      missed += 1;
      if (isNamespaceEnding(err)) return;
      events.event(view.job, 'Warning', 'FailedCreate', `Error creating: ${errorOf(err).message}`);
      throw err;
    }
  });
  if (error === undefined) return { done: done - missed };
  expectations.created(key, skipped);
  return { done, error: errorOf(error) };
}

/** Deletes pods that are still to be counted: until then their finalizer keeps them. */
export async function deletePods(deps: PodControlDeps, job: Job, pods: readonly Pod[]): Promise<Done<readonly Pod[]>> {
  const results = await mapConcurrent(pods, CONCURRENT_CALLS, (pod) => deletePod(deps, job, pod));
  return outcomeOf(pods, results);
}

/** Deletes pods that the Job wants no longer, however they end. */
export async function dismissPods(
  deps: PodControlDeps,
  key: Key,
  job: Job,
  pods: readonly Pod[],
): Promise<Done<readonly Pod[]>> {
  const { client, expectations } = deps;
  if (pods.length === 0) return { done: [] };
  expectations.expect(key, { deletions: pods.map(uidOf) });
  const results = await mapConcurrent(pods, CONCURRENT_CALLS, async (pod) => {
    try {
      await withoutTracking(client, pod);
      await deletePod(deps, job, pod);
    } catch (err) {
      expectations.deleted(key, uidOf(pod));
      throw err;
    }
  });
  return outcomeOf(pods, results);
}

async function deletePod({ client, events, expectations }: PodControlDeps, job: Job, pod: Pod): Promise<void> {
  try {
    await client.delete(podResource, objectKey(pod), { preconditions: { uid: uidOf(pod) } });
    events.event(job, 'Normal', 'SuccessfulDelete', `Deleted pod: ${nameOf(pod)}`);
  } catch (err) {
    if (isNotFound(err)) {
      expectations.deleted(keyOf(job), uidOf(pod));
      return;
    }
    events.event(job, 'Warning', 'FailedDelete', `Error deleting: ${errorOf(err).message}`);
    throw err;
  }
}

/** Takes the finalizer away. Resolves to the pods that no longer have it. */
export async function releasePods(
  { client, removals }: PodControlDeps,
  key: Key,
  pods: readonly Pod[],
): Promise<Done<readonly Pod[]>> {
  removals.expect(key, pods.map(uidOf));
  const results = await mapConcurrent(pods, CONCURRENT_CALLS, async (pod) => {
    try {
      await withoutTracking(client, pod);
    } catch (err) {
      removals.seen(key, uidOf(pod));
      throw err;
    }
  });
  return outcomeOf(pods, results);
}

/** A pod that is gone has no finalizer either. */
export async function withoutTracking(client: Client, pod: Pod): Promise<void> {
  if (!isTracked(pod)) return;
  const metadata = { uid: uidOf(pod), '$deleteFromPrimitiveList/finalizers': [TRACKING] };
  try {
    await client.patch(podResource, objectKey(pod), { type: 'strategic', patch: { metadata } });
  } catch (err) {
    if (!isNotFound(err) && !isStatusError(err, 'Invalid')) throw err;
  }
}

function outcomeOf(pods: readonly Pod[], results: readonly PromiseSettledResult<unknown>[]): Done<readonly Pod[]> {
  const done = pods.filter((_pod, index) => results[index]?.status === 'fulfilled');
  const failure = results.find((result) => result.status === 'rejected');
  return failure === undefined ? { done } : { done, error: errorOf(failure.reason) };
}

const errorOf = (err: unknown): Error => (err instanceof Error ? err : new Error(String(err)));
