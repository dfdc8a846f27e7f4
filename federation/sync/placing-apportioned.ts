import { isObject, keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { PodSpec } from '../../src/apis/index.ts';
import { isOffline, type Cluster, type ReplicaScheduling } from '../apis/index.ts';
import {
  freeRoom,
  mostReplicasIn,
  planDivision,
  planReplicas,
  podSpecPaths,
  preferenceFor,
} from '../scheduling/index.ts';
import type { Apportionment, ApportionInput, DivideBy } from './apportionment.ts';
import { originOf } from './shard.ts';
import { fixedIn } from './placing-fixed.ts';
import type { Counts, SharesDeps, Situation } from './placing-situation.ts';

/** What each cluster has of an object that is divided by the rules of its kind. */
export function apportioned<T extends KubeObject>(
  deps: SharesDeps<T>,
  situation: Situation<T>,
  scheduling: ReplicaScheduling | undefined,
): Counts {
  const outcome = deps.type.apportion?.(inputOf(deps, situation, scheduling));
  return outcome === undefined ? { shares: 'whole' } : countsBy(outcome);
}

function countsBy(outcome: Apportionment): Counts {
  if (!outcome.ok) return { shares: new Map(), warning: { reason: outcome.reason, message: outcome.problem } };
  const { shares, spared, staying, problem, notes } = outcome;
  const warning = { reason: 'PlacementUnsatisfied', message: `Not placed as asked: ${problem ?? ''}` };
  return {
    shares,
    exceptions: { spared, staying, notes, isShort: problem !== undefined },
    ...(problem === undefined ? {} : { warning }),
  };
}

function inputOf<T extends KubeObject>(
  { members }: SharesDeps<T>,
  situation: Situation<T>,
  scheduling: ReplicaScheduling | undefined,
): ApportionInput<T> {
  const { object, choice, clusters, lost, record } = situation;
  const key = keyOf(object);
  const chosen = new Set(choice.groups.flatMap((group) => group.clusters));
  const isOpen = (name: string) => {
    const cluster = clusters.get(name);
    return cluster !== undefined && !isOffline(cluster) && !choice.frozen.has(name);
  };
  return {
    object,
    clusters,
    chosen,
    open: [...chosen].filter(isOpen),
    // Where nothing is as asked everything stays.
    leaving: new Set(choice.problem === undefined ? choice.excluded.keys() : []),
    lost,
    fixed: fixedIn(situation),
    scheduling,
    copyIn: (cluster) => {
      const copy = members.get(cluster, key);
      return copy !== undefined && originOf(copy) === object.metadata.uid ? copy : undefined;
    },
    isSeen: (cluster) => members.synced(cluster),
    record,
    divide: (total, names, by) => dividedAmong(situation, scheduling, { total, names, by }),
    mostIn: (name, preferences) => {
      const cluster = clusters.get(name);
      if (scheduling === undefined || cluster === undefined)
        return preferenceFor(preferences, name)?.maxReplicas ?? Infinity;
      return mostReplicasIn(cluster, scheduling);
    },
  };
}

function dividedAmong<T extends KubeObject>(
  { object, choice, clusters }: Situation<T>,
  scheduling: ReplicaScheduling | undefined,
  { total, names, by }: { readonly total: number; readonly names: readonly string[]; readonly by: DivideBy },
): ReadonlyMap<string, number> {
  const key = keyOf(object);
  const { preferences, current = new Map(), limits = new Map() } = by;
  if (scheduling === undefined)
    return planReplicas({ total, clusters: names, current, capacity: new Map(), preferences, key }).replicas;
  const among = new Set(names);
  const groups = choice.groups.map((group) =>
    group.clusters.filter((name) => among.has(name)).flatMap((name) => clusters.get(name) ?? []),
  );
  return planDivision({
    total,
    groups,
    scheduling,
    fixed: new Map(),
    limits,
    room: roomIn(object, groups.flat(), current),
    key,
  });
}

function roomIn(
  object: KubeObject,
  clusters: readonly Cluster[],
  current: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const pod = podSpecOf(object);
  const room = new Map<string, number>();
  for (const cluster of clusters) {
    const { name = '' } = cluster.metadata;
    const free = freeRoom(cluster, pod);
    if (free !== undefined) room.set(name, free + (current.get(name) ?? 0));
  }
  return room;
}

function podSpecOf(object: KubeObject): PodSpec | undefined {
  const path = podSpecPaths[object.kind];
  const spec = path?.reduce<unknown>((value, field) => (isObject(value) ? value[field] : undefined), object);
  // @NOTE where the kind has the spec of its pods, as its rules have checked.
  return isObject(spec) ? (spec as unknown as PodSpec) : undefined;
}
