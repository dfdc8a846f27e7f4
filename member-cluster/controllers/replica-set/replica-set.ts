import { controllerOf, controllerReferenceTo, isNotFound, labelSelectorOf } from '../../../src/apimachinery/index.ts';
import {
  pods as podResource,
  replicaSets as replicaSetResource,
  type Pod,
  type ReplicaSet,
} from '../../../src/apis/index.ts';
import type { Client, NewObject } from '../../../src/client/index.ts';
import { mapConcurrent, type Clock } from '../../../src/component-base/index.ts';
import type { EventRecorder, Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import type { Expectations } from '../expectations.ts';
import { isNamespaceEnding } from '../namespace-ending.ts';
import { claim, nameOf, uidOf } from '../ownership.ts';
import { isActive, ownOrOrphaned } from '../../pods/index.ts';
import { slowStart } from '../slow-start.ts';
import { adopt, objectKey, release } from '../adoption.ts';
import { podsToDelete } from './deletion-ranking.ts';
import { nextAvailabilityMs, withStatus, type ReplicaFailure } from './status.ts';

/** At most so many pods are created or deleted in one go. */
const BURST = 500;

export interface ReplicaSetDeps {
  readonly replicaSets: Lister<ReplicaSet>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly client: Client;
  readonly expectations: Expectations;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Keeps as many pods of the template as the ReplicaSet asks for. */
export function replicaSetReconciler(deps: ReplicaSetDeps): Reconciler {
  return async (key, signal) => {
    const replicaSet = deps.replicaSets.get(key);
    if (replicaSet === undefined) {
      deps.expectations.forget(key);
      return {};
    }

    const mayScale = deps.expectations.satisfied(key);
    const pods = await claimPods(deps, replicaSet, signal);
    const leaving = replicaSet.metadata.deletionTimestamp !== undefined;
    const outcome = mayScale && !leaving ? await manage(deps, key, replicaSet, pods) : {};

    const now = deps.clock.now();
    const next = withStatus(replicaSet, pods, outcome.failure, now);
    if (next !== replicaSet) await updateStatus(deps.client, next, signal);
    if (outcome.error !== undefined) throw outcome.error;

    const requeueAfterMs = nextAvailabilityMs(replicaSet, pods, now);
    return requeueAfterMs === undefined ? {} : { requeueAfterMs };
  };
}

interface Outcome {
  readonly failure?: ReplicaFailure;
  readonly error?: Error;
}

async function claimPods(deps: ReplicaSetDeps, replicaSet: ReplicaSet, signal: AbortSignal): Promise<readonly Pod[]> {
  const { namespace } = replicaSet.metadata;
  const candidates = ownOrOrphaned(deps.pods, uidOf(replicaSet), namespace);
  const { owned, orphans, strays } = claim(replicaSet, candidates, labelSelectorOf(replicaSet.spec?.selector));
  const adoptable = orphans.filter(isActive);
  const owner = { resource: replicaSetResource, object: replicaSet };
  const adopted = await adopt(deps.client, owner, { resource: podResource, objects: adoptable }, signal);
  await release(deps.client, owner, { resource: podResource, objects: strays }, signal);
  return [...owned, ...adopted];
}

async function manage(deps: ReplicaSetDeps, key: Key, replicaSet: ReplicaSet, pods: readonly Pod[]): Promise<Outcome> {
  const active = pods.filter(isActive);
  const missing = (replicaSet.spec?.replicas ?? 1) - active.length;
  if (missing > 0) return createPods(deps, key, replicaSet, Math.min(missing, BURST));
  if (missing < 0) return deletePods(deps, key, replicaSet, active);
  return {};
}

async function createPods(deps: ReplicaSetDeps, key: Key, replicaSet: ReplicaSet, count: number): Promise<Outcome> {
  const { client, expectations, events } = deps;
  const pod = podOf(replicaSet);
  expectations.expect(key, { creations: count });
  const { skipped, error } = await slowStart(count, async () => {
    try {
      const created = await client.create(podResource, pod);
      events.event(replicaSet, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(created)}`);
    } catch (err) {
      expectations.created(key);
      if (isNamespaceEnding(err)) return;
      events.event(replicaSet, 'Warning', 'FailedCreate', `Error creating: ${messageOf(err)}`);
      throw err;
    }
  });
  if (error === undefined) return {};
  expectations.created(key, skipped);
  return failed('FailedCreate', error);
}

async function deletePods(
  deps: ReplicaSetDeps,
  key: Key,
  replicaSet: ReplicaSet,
  active: readonly Pod[],
): Promise<Outcome> {
  const { client, expectations, events } = deps;
  const surplus = Math.min(active.length - (replicaSet.spec?.replicas ?? 1), BURST);
  const chosen = podsToDelete(active, family(deps, replicaSet, active), surplus, deps.clock.now());
  expectations.expect(key, { deletions: chosen.map(uidOf) });
  const results = await mapConcurrent(chosen, chosen.length, async (pod) => {
    const name = nameOf(pod);
    try {
      await client.delete(podResource, objectKey(pod), { preconditions: { uid: uidOf(pod) } });
      events.event(replicaSet, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (err) {
      expectations.deleted(key, uidOf(pod));
      if (isNotFound(err)) return;
      events.event(replicaSet, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(err)}`);
      throw err;
    }
  });
  const failure = results.find((result) => result.status === 'rejected');
  return failure === undefined ? {} : failed('FailedDelete', failure.reason);
}

/** The pods of every ReplicaSet of the same controller: where they are says which node is crowded. */
function family({ replicaSets, pods }: ReplicaSetDeps, replicaSet: ReplicaSet, own: readonly Pod[]): readonly Pod[] {
  const controller = controllerOf(replicaSet);
  if (controller === undefined) return own;
  return replicaSets
    .list(replicaSet.metadata.namespace)
    .filter((sibling) => controllerOf(sibling)?.uid === controller.uid)
    .flatMap((sibling) => pods.byIndex('controller', uidOf(sibling)))
    .filter(isActive);
}

function podOf(replicaSet: ReplicaSet): NewObject<Pod> {
  const { metadata, spec } = replicaSet.spec?.template ?? {};
  return {
    metadata: {
      generateName: `${nameOf(replicaSet)}-`,
      ...namespaceOf(replicaSet),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ...(metadata?.finalizers === undefined ? {} : { finalizers: metadata.finalizers }),
      ownerReferences: [controllerReferenceTo(replicaSet)],
    },
    ...(spec === undefined ? {} : { spec }),
  };
}

async function updateStatus(client: Client, replicaSet: ReplicaSet, signal: AbortSignal): Promise<void> {
  try {
    await client.updateStatus(replicaSetResource, replicaSet, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

function failed(reason: ReplicaFailure['reason'], err: unknown): Outcome {
  const error = err instanceof Error ? err : new Error(String(err));
  return { failure: { reason, message: error.message }, error };
}

const messageOf = (err: unknown) => (err instanceof Error ? err.message : String(err));

const namespaceOf = ({ metadata: { namespace } }: Pod | ReplicaSet) => (namespace === undefined ? {} : { namespace });
