import { controllerOf } from '../../../src/apimachinery/index.ts';
import { pods as podResource, type Pod } from '../../../src/apis/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { isActive, nextAvailableMs, ownOrOrphaned } from '../../pods/index.ts';
import { adopt, release } from '../adoption.ts';
import { claim, uidOf } from '../ownership.ts';
import { podOfTemplate } from '../pod-of-template.ts';
import { writePods, type PodFailure, type PodWriterDeps } from '../pod-writer.ts';
import { writeStatus } from '../status-writer.ts';
import { podsToDelete } from './deletion-ranking.ts';
import type { ReplicaKind, ReplicaOwner } from './replica-owner.ts';
import { withStatus } from './status.ts';

/** At most so many pods are created or deleted in one go. */
const BURST = 500;

export interface ReplicaDeps<T extends ReplicaOwner> extends PodWriterDeps {
  readonly kind: ReplicaKind<T>;
  readonly owners: Lister<T>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
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
    const failure = mayScale && !leaving ? await manage(deps, key, owner, pods) : undefined;

    const now = deps.clock.now();
    const next = withStatus(owner, pods, failure, now);
    if (next !== owner) await writeStatus(deps.client, deps.kind.resource, next, signal);
    if (failure !== undefined) throw failure.error;

    const requeueAfterMs = nextAvailableMs(pods.filter(isActive), owner.spec?.minReadySeconds ?? 0, now);
    return requeueAfterMs === undefined ? {} : { requeueAfterMs };
  };
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

function manage<T extends ReplicaOwner>(
  deps: ReplicaDeps<T>,
  key: Key,
  owner: T,
  pods: readonly Pod[],
): Promise<PodFailure | undefined> {
  const active = pods.filter(isActive);
  const missing = (owner.spec?.replicas ?? 1) - active.length;
  const changes =
    missing > 0
      ? { create: Array.from({ length: Math.min(missing, BURST) }, () => podOfTemplate(owner, owner.spec?.template)) }
      : { remove: surplus(deps, owner, active, Math.min(-missing, BURST)) };
  return writePods(deps, { key, object: owner }, changes);
}

function surplus<T extends ReplicaOwner>(
  deps: ReplicaDeps<T>,
  owner: T,
  active: readonly Pod[],
  count: number,
): readonly Pod[] {
  return count === 0 ? [] : podsToDelete(active, family(deps, owner, active), count, deps.clock.now());
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
