import { labelSelectorOf } from '../../../src/apimachinery/index.ts';
import {
  pods as podResource,
  statefulSets as statefulSetResource,
  type ControllerRevision,
  type Pod,
  type StatefulSet,
} from '../../../src/apis/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Lister, Reconciler } from '../../../src/controller/index.ts';
import { nextAvailableMs, ownOrOrphaned } from '../../pods/index.ts';
import { adopt, release } from '../adoption.ts';
import { claim, nameOf, uidOf } from '../ownership.ts';
import { templateOf } from '../revisions/revision-data.ts';
import {
  POD_REVISION,
  revisionHistory,
  truncateHistory,
  type History,
  type RevisionDeps,
} from '../revisions/revision-history.ts';
import { writeStatus } from '../status-writer.ts';
import { isStale } from './claims.ts';
import { execute, misownedClaims, standingClaims, type ExecutorDeps, type Work } from './executor.ts';
import { withIdentity } from './identity.ts';
import { firstOrdinal, isWithin, ordinalOf, podName } from './ordinals.ts';
import { plan } from './plan.ts';
import { withStatus } from './status.ts';
import type { Member, View } from './view.ts';

export interface StatefulSetDeps extends ExecutorDeps, RevisionDeps<StatefulSet> {
  readonly statefulSets: Lister<StatefulSet>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly clock: Clock;
}

/** Brings the pods of a StatefulSet one step nearer to what it says; their changes bring the next step. */
export function statefulSetReconciler(deps: StatefulSetDeps): Reconciler {
  return async (key, signal) => {
    const set = deps.statefulSets.get(key);
    if (set === undefined || set.metadata.deletionTimestamp !== undefined) return {};

    const members = await claimMembers(deps, set, signal);
    const history = await revisionHistory(deps, set, signal);
    const current = currentOf(set, history);
    const actions = plan(viewOf(deps, set, members, nameOf(history.present)));
    const failure = await execute(deps, workOf(set, current, history.present), actions, signal);

    const now = deps.clock.now();
    const pods = members.map(({ pod }) => pod);
    const next = withStatus(set, {
      pods,
      current: nameOf(current),
      update: nameOf(history.present),
      collisionCount: history.collisionCount,
      now,
    });
    if (next !== set) await writeStatus(deps.client, statefulSetResource, next, signal);
    if (failure !== undefined) throw failure;
    const live = new Set([nameOf(current), ...pods.map(({ metadata }) => metadata.labels?.[POD_REVISION])]);
    await truncateHistory(deps, set, history, (revision) => live.has(nameOf(revision)));

    const requeueAfterMs = nextAvailableMs(pods, set.spec?.minReadySeconds ?? 0, now);
    return requeueAfterMs === undefined ? {} : { requeueAfterMs };
  };
}

/** Pods that it selects and that have names of its own; others of its labels are left to themselves. */
async function claimMembers(deps: StatefulSetDeps, set: StatefulSet, signal: AbortSignal): Promise<readonly Member[]> {
  const candidates = ownOrOrphaned(deps.pods, uidOf(set), set.metadata.namespace);
  const { owned, orphans, strays } = claim(set, candidates, labelSelectorOf(set.spec?.selector));
  const owner = { resource: statefulSetResource, object: set };
  const adoptable = orphans.filter((pod) => ordinalOf(set, pod) !== undefined);
  const adopted = await adopt(deps.client, owner, { resource: podResource, objects: adoptable }, signal);
  await release(deps.client, owner, { resource: podResource, objects: strays }, signal);
  return [...owned, ...adopted].flatMap((pod) => {
    const ordinal = ordinalOf(set, pod);
    return ordinal === undefined ? [] : [{ ordinal, pod }];
  });
}

/** The revision that the set had before the update that is going on. */
function currentOf({ status }: StatefulSet, { present, old }: History): ControllerRevision {
  return old.find((revision) => nameOf(revision) === status?.currentRevision) ?? present;
}

function viewOf(
  { claims, clock }: StatefulSetDeps,
  set: StatefulSet,
  members: readonly Member[],
  updateRevision: string,
): View {
  const byOrdinal = new Map(members.map((member) => [member.ordinal, member]));
  const first = firstOrdinal(set);
  return {
    set,
    replicas: Array.from(
      { length: set.spec?.replicas ?? 1 },
      (_, index) => byOrdinal.get(first + index) ?? { ordinal: first + index },
    ),
    condemned: members
      .filter(({ ordinal }) => !isWithin(set, ordinal))
      .toSorted((one, other) => other.ordinal - one.ordinal),
    updateRevision,
    isFree: (ordinal) =>
      !standingClaims(claims, set, ordinal).some((each) => isStale(set, podName(set, ordinal), each)),
    isSound: (member) =>
      withIdentity(set, member.ordinal, member.pod) === member.pod && misownedClaims(claims, set, member).length === 0,
    now: clock.now(),
  };
}

/** New pods below the partition are what they were before the update. */
function workOf(set: StatefulSet, current: ControllerRevision, update: ControllerRevision): Work {
  const { type, rollingUpdate } = set.spec?.updateStrategy ?? {};
  const updatedFrom = firstOrdinal(set) + (type === 'OnDelete' ? 0 : (rollingUpdate?.partition ?? 0));
  return {
    set,
    revisionAt: (ordinal) => {
      const revision = ordinal < updatedFrom ? current : update;
      return { template: templateOf(revision) ?? set.spec?.template ?? {}, revision: nameOf(revision) };
    },
  };
}
