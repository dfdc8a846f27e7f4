import { controllerOf, controllerReferenceTo, isNotFound } from '../../../src/apimachinery/index.ts';
import { pods as podResource, type Pod } from '../../../src/apis/index.ts';
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
import type { ReplicaKind, ReplicaOwner } from './replica-owner.ts';
import { nextAvailabilityMs, withStatus, type ReplicaFailure } from './status.ts';

/** At most so many pods are created or deleted in one go. */
const BURST = 500;

export interface ReplicaDeps<T extends ReplicaOwner> {
  readonly kind: ReplicaKind<T>;
  readonly owners: Lister<T>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly client: Client;
  readonly expectations: Expectations;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

/** Keeps as many pods of the template as their owner asks for. */
export function replicaReconciler<T extends ReplicaOwner>(deps: ReplicaDeps<T>): Reconciler {
  return async (key, signal) => {
    const owner = deps.owners.get(key);
    if (owner === undefined) {
      deps.expectations.forget(key);
      return {};
    }

    const mayScale = deps.expectations.satisfied(key);
    const pods = await claimPods(deps, owner, signal);
    const leaving = owner.metadata.deletionTimestamp !== undefined;
    const outcome = mayScale && !leaving ? await manage(deps, key, owner, pods) : {};

    const now = deps.clock.now();
    const next = withStatus(owner, pods, outcome.failure, now);
    if (next !== owner) await updateStatus(deps, next, signal);
    if (outcome.error !== undefined) throw outcome.error;

    const requeueAfterMs = nextAvailabilityMs(owner, pods, now);
    return requeueAfterMs === undefined ? {} : { requeueAfterMs };
  };
}

interface Outcome {
  readonly failure?: ReplicaFailure;
  readonly error?: Error;
}

async function claimPods<T extends ReplicaOwner>(
  deps: ReplicaDeps<T>,
  owner: T,
  signal: AbortSignal,
): Promise<readonly Pod[]> {
  const { namespace } = owner.metadata;
  const candidates = ownOrOrphaned(deps.pods, uidOf(owner), namespace);
  const { owned, orphans, strays } = claim(owner, candidates, deps.kind.selectorOf(owner));
  const adoptable = orphans.filter(isActive);
  const parent = { resource: deps.kind.resource, object: owner };
  const adopted = await adopt(deps.client, parent, { resource: podResource, objects: adoptable }, signal);
  await release(deps.client, parent, { resource: podResource, objects: strays }, signal);
  return [...owned, ...adopted];
}

async function manage<T extends ReplicaOwner>(
  deps: ReplicaDeps<T>,
  key: Key,
  owner: T,
  pods: readonly Pod[],
): Promise<Outcome> {
  const active = pods.filter(isActive);
  const missing = (owner.spec?.replicas ?? 1) - active.length;
  if (missing > 0) return createPods(deps, key, owner, Math.min(missing, BURST));
  if (missing < 0) return deletePods(deps, key, owner, active);
  return {};
}

async function createPods<T extends ReplicaOwner>(
  deps: ReplicaDeps<T>,
  key: Key,
  owner: T,
  count: number,
): Promise<Outcome> {
  const { client, expectations, events } = deps;
  const pod = podOf(owner);
  expectations.expect(key, { creations: count });
  const { skipped, error } = await slowStart(count, async () => {
    try {
      const created = await client.create(podResource, pod);
      events.event(owner, 'Normal', 'SuccessfulCreate', `Created pod: ${nameOf(created)}`);
    } catch (err) {
      expectations.created(key);
      if (isNamespaceEnding(err)) return;
      events.event(owner, 'Warning', 'FailedCreate', `Error creating: ${messageOf(err)}`);
      throw err;
    }
  });
  if (error === undefined) return {};
  expectations.created(key, skipped);
  return failed('FailedCreate', error);
}

async function deletePods<T extends ReplicaOwner>(
  deps: ReplicaDeps<T>,
  key: Key,
  owner: T,
  active: readonly Pod[],
): Promise<Outcome> {
  const { client, expectations, events } = deps;
  const surplus = Math.min(active.length - (owner.spec?.replicas ?? 1), BURST);
  const chosen = podsToDelete(active, family(deps, owner, active), surplus, deps.clock.now());
  expectations.expect(key, { deletions: chosen.map(uidOf) });
  const results = await mapConcurrent(chosen, chosen.length, async (pod) => {
    const name = nameOf(pod);
    try {
      await client.delete(podResource, objectKey(pod), { preconditions: { uid: uidOf(pod) } });
      events.event(owner, 'Normal', 'SuccessfulDelete', `Deleted pod: ${name}`);
    } catch (err) {
      expectations.deleted(key, uidOf(pod));
      if (isNotFound(err)) return;
      events.event(owner, 'Warning', 'FailedDelete', `Error deleting: ${messageOf(err)}`);
      throw err;
    }
  });
  const failure = results.find((result) => result.status === 'rejected');
  return failure === undefined ? {} : failed('FailedDelete', failure.reason);
}

/** The pods of all owners with the same controller: where they are says which node is crowded. */
function family<T extends ReplicaOwner>(
  { owners, pods }: ReplicaDeps<T>,
  owner: T,
  own: readonly Pod[],
): readonly Pod[] {
  const controller = controllerOf(owner);
  if (controller === undefined) return own;
  return owners
    .list(owner.metadata.namespace)
    .filter((sibling) => controllerOf(sibling)?.uid === controller.uid)
    .flatMap((sibling) => pods.byIndex('controller', uidOf(sibling)))
    .filter(isActive);
}

function podOf(owner: ReplicaOwner): NewObject<Pod> {
  const { metadata, spec } = owner.spec?.template ?? {};
  return {
    metadata: {
      generateName: `${nameOf(owner)}-`,
      ...namespaceOf(owner),
      ...(metadata?.labels === undefined ? {} : { labels: metadata.labels }),
      ...(metadata?.annotations === undefined ? {} : { annotations: metadata.annotations }),
      ...(metadata?.finalizers === undefined ? {} : { finalizers: metadata.finalizers }),
      ownerReferences: [controllerReferenceTo(owner)],
    },
    ...(spec === undefined ? {} : { spec }),
  };
}

async function updateStatus<T extends ReplicaOwner>(
  { client, kind }: ReplicaDeps<T>,
  owner: T,
  signal: AbortSignal,
): Promise<void> {
  try {
    await client.updateStatus(kind.resource, owner, { signal });
  } catch (err) {
    if (!isNotFound(err)) throw err;
  }
}

function failed(reason: ReplicaFailure['reason'], err: unknown): Outcome {
  const error = err instanceof Error ? err : new Error(String(err));
  return { failure: { reason, message: error.message }, error };
}

const messageOf = (err: unknown) => (err instanceof Error ? err.message : String(err));

const namespaceOf = ({ metadata: { namespace } }: ReplicaOwner) => (namespace === undefined ? {} : { namespace });
