import { labelSelectorOf } from '../../../src/apimachinery/index.ts';
import {
  daemonSets as daemonSetResource,
  pods as podResource,
  type DaemonSet,
  type Node,
  type Pod,
} from '../../../src/apis/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { Key, Lister, Reconciler } from '../../../src/controller/index.ts';
import { nextAvailableMs, ownOrOrphaned } from '../../pods/index.ts';
import { adopt, release } from '../adoption.ts';
import { claim, nameOf, uidOf } from '../ownership.ts';
import { writePods, type PodFailure, type PodWriterDeps } from '../pod-writer.ts';
import { POD_REVISION, revisionHistory, truncateHistory, type RevisionDeps } from '../revisions/revision-history.ts';
import { writeStatus } from '../status-writer.ts';
import { daemonPod } from './daemon-pod.ts';
import { isDesired, placesOf, type Place } from './daemons.ts';
import type { FailedPodBackOff } from './failed-pod-back-off.ts';
import { manage, type EndedPod, type Rules } from './manage.ts';
import { updateStep } from './rolling-update.ts';
import { withStatus } from './status.ts';
import { updateLimits } from './update-limits.ts';

/** At most so many pods are created, and so many deleted, in one go. */
const BURST = 250;

export interface DaemonSetDeps extends PodWriterDeps, RevisionDeps<DaemonSet> {
  readonly daemonSets: Lister<DaemonSet>;
  readonly nodes: Lister<Node>;
  /** With `podIndexes`. */
  readonly pods: Lister<Pod>;
  readonly backOff: FailedPodBackOff;
  readonly clock: Clock;
}

/** Keeps a pod of the template on every node that it is for. */
export function daemonSetReconciler(deps: DaemonSetDeps): Reconciler {
  return async (key, signal) => {
    const { expectations, clock } = deps;
    const daemonSet = deps.daemonSets.get(key);
    if (daemonSet === undefined) expectations.forget(key);
    if (daemonSet === undefined || daemonSet.metadata.deletionTimestamp !== undefined) return {};

    const mayChange = expectations.satisfied(key);
    const pods = await claimPods(deps, daemonSet, signal);
    const history = await revisionHistory(deps, daemonSet, signal);
    const hash = history.present.metadata.labels?.[POD_REVISION] ?? nameOf(history.present);
    const places = placesOf(daemonSet, deps.nodes.list(), pods);
    const outcome = mayChange ? await step(deps, { key, daemonSet, places, hash }) : {};

    const now = clock.now();
    const { collisionCount } = history;
    const next = withStatus(daemonSet, { places, hash, collisionCount, now });
    if (next !== daemonSet) await writeStatus(deps.client, daemonSetResource, next, signal);
    if (outcome.failure !== undefined) throw outcome.failure.error;
    const hashes = new Set(pods.map(({ metadata }) => metadata.labels?.[POD_REVISION]));
    await truncateHistory(deps, daemonSet, history, ({ metadata }) => hashes.has(metadata.labels?.[POD_REVISION]));

    const waits = [outcome.waitMs, nextAvailableMs(pods, daemonSet.spec?.minReadySeconds ?? 0, now)];
    const requeueAfterMs = Math.min(...waits.filter((wait) => wait !== undefined));
    return Number.isFinite(requeueAfterMs) ? { requeueAfterMs } : {};
  };
}

interface Situation {
  readonly key: Key;
  readonly daemonSet: DaemonSet;
  readonly places: readonly Place[];
  readonly hash: string;
}

interface Outcome {
  readonly failure?: PodFailure | undefined;
  /** Look again after so long. */
  readonly waitMs?: number | undefined;
}

async function claimPods(deps: DaemonSetDeps, object: DaemonSet, signal: AbortSignal): Promise<readonly Pod[]> {
  const { client } = deps;
  const candidates = ownOrOrphaned(deps.pods, uidOf(object), object.metadata.namespace);
  const { owned, orphans, strays } = claim(object, candidates, labelSelectorOf(object.spec?.selector));
  const owner = { resource: daemonSetResource, object };
  const adopted = await adopt(client, owner, { resource: podResource, objects: orphans }, signal);
  await release(client, owner, { resource: podResource, objects: strays }, signal);
  return [...owned, ...adopted];
}

/** First every node has what it should have; once it has, the update goes on. */
async function step(deps: DaemonSetDeps, situation: Situation): Promise<Outcome> {
  const { daemonSet, places, hash } = situation;
  const limits = updateLimits(daemonSet, places.filter(isDesired).length);
  const rules: Rules = {
    hash,
    surges: limits !== undefined && limits.maxSurge > 0,
    minReadySeconds: daemonSet.spec?.minReadySeconds ?? 0,
    now: deps.clock.now(),
  };
  const { create, remove, ended } = manage(places, rules);
  const { replaced, waitMs } = replaceEnded(deps, daemonSet, ended);
  const managed = { create, remove: [...remove, ...replaced] };
  const idle = managed.create.length === 0 && managed.remove.length === 0;
  const changes = idle && limits !== undefined ? updateStep(places, limits, rules) : managed;
  return { failure: await write(deps, situation, changes), waitMs };
}

function write(
  deps: DaemonSetDeps,
  { key, daemonSet, hash }: Situation,
  { create, remove }: { readonly create: readonly string[]; readonly remove: readonly Pod[] },
): Promise<PodFailure | undefined> {
  const pods = create.slice(0, BURST).map((node) => daemonPod(daemonSet, node, hash));
  return writePods(deps, { key, object: daemonSet }, { create: pods, remove: remove.slice(0, BURST) });
}

/** Those whose time has come, and when the next one's will. */
function replaceEnded(
  { backOff, events }: DaemonSetDeps,
  daemonSet: DaemonSet,
  ended: readonly EndedPod[],
): { readonly replaced: readonly Pod[]; readonly waitMs: number | undefined } {
  const waits: number[] = [];
  const replaced = ended.flatMap(({ node, pod, failed }) => {
    const waitMs = failed ? backOff.take(`${uidOf(daemonSet)}/${daemonSet.metadata.generation ?? 0}/${node}`) : 0;
    if (waitMs > 0) {
      waits.push(waitMs);
      return [];
    }
    const name = `${pod.metadata.namespace ?? ''}/${nameOf(pod)}`;
    if (failed) {
      const message = `Found failed daemon pod ${name} on node ${node}, will try to kill it`;
      events.event(daemonSet, 'Warning', 'FailedDaemonPod', message);
    } else {
      const message = `Found succeeded daemon pod ${name} on node ${node}, will try to delete it`;
      events.event(daemonSet, 'Normal', 'SucceededDaemonPod', message);
    }
    return [pod];
  });
  return { replaced, waitMs: waits.length === 0 ? undefined : Math.min(...waits) };
}
