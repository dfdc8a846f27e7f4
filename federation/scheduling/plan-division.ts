import { MAX_WEIGHT, type Cluster, type ClusterWeight, type ReplicaScheduling } from '../apis/index.ts';
import { affinityMiss } from './cluster-affinity.ts';
import { divideFairly, type Claim } from './fair-division.ts';

export interface DivisionRequest {
  readonly total: number;
  /** Groups of clusters in the order in which they are filled. */
  readonly groups: readonly (readonly Cluster[])[];
  readonly scheduling: ReplicaScheduling;
  /** By an override, whatever the others have. */
  readonly fixed: ReadonlyMap<string, number>;
  /** The most that a cluster may have by any means: it is cordoned, and keeps what it has. */
  readonly limits: ReadonlyMap<string, number>;
  /** How many in all a cluster has room for, where that is known. */
  readonly room: ReadonlyMap<string, number>;
  /** Of the object; scatters remainders. */
  readonly key: string;
}

/** Where replicas belong. What nobody has room for belongs to the last group all the same, and waits there. */
export function planDivision(request: DivisionRequest): ReadonlyMap<string, number> {
  const { groups, fixed, total, room, key } = request;
  const names = new Set(groups.flat().map(nameOf));
  const shares = new Map([...fixed].filter(([name]) => names.has(name)));
  let left = Math.max(0, total - sum(shares.values()));
  const claims = groups.map((group) => claimsOf(group, request));
  for (const group of claims) {
    const withinRoom = group.map((claim) => ({ ...claim, max: Math.min(claim.max, room.get(claim.name) ?? Infinity) }));
    const divided = divideFairly(left, withinRoom, key);
    for (const [name, count] of divided) shares.set(name, count);
    left -= sum(divided.values());
  }
  for (const group of claims.toReversed()) {
    const beyond = group.map(({ name, weight, max }) => ({ name, weight, max: max - (shares.get(name) ?? 0) }));
    const waiting = divideFairly(left, beyond, key);
    for (const [name, count] of waiting) shares.set(name, (shares.get(name) ?? 0) + count);
    left -= sum(waiting.values());
  }
  return shares;
}

function claimsOf(group: readonly Cluster[], request: DivisionRequest): readonly (Claim & { readonly max: number })[] {
  const { fixed, limits } = request;
  const open = group.filter((cluster) => !fixed.has(nameOf(cluster)));
  return open.map((cluster) => {
    const name = nameOf(cluster);
    const { weight, minReplicas = 0, maxReplicas = Infinity } = preferenceOf(cluster, open, request);
    return { name, weight, min: minReplicas, max: Math.min(maxReplicas, limits.get(name) ?? Infinity) };
  });
}

function preferenceOf(
  cluster: Cluster,
  group: readonly Cluster[],
  { scheduling, room }: DivisionRequest,
): Omit<ClusterWeight, 'targetCluster'> {
  const { staticWeightList = [], dynamicWeight } = scheduling.weightPreference ?? {};
  if (dynamicWeight !== undefined) return { weight: roomOf(cluster, group, room) };
  if (staticWeightList.length === 0) return { weight: 1 };
  return weightOf(cluster, staticWeightList);
}

/** The most that a cluster may have at a time. */
export function mostReplicasIn(cluster: Cluster, { weightPreference }: ReplicaScheduling): number {
  const { staticWeightList = [] } = weightPreference ?? {};
  return staticWeightList.length === 0 ? Infinity : (weightOf(cluster, staticWeightList).maxReplicas ?? Infinity);
}

function weightOf(cluster: Cluster, weights: readonly ClusterWeight[]): Omit<ClusterWeight, 'targetCluster'> {
  const own = weights.find(({ targetCluster = {} }) => affinityMiss(targetCluster, cluster) === undefined);
  return own ?? { weight: 0, maxReplicas: 0 };
}

/** A cluster of which nobody knows is taken to be like the others. */
function roomOf(cluster: Cluster, group: readonly Cluster[], room: ReadonlyMap<string, number>): number {
  const known = group.map((other) => room.get(nameOf(other))).filter((one) => one !== undefined);
  const average = known.length === 0 ? 1 : Math.round(sum(known) / known.length);
  return Math.min(MAX_WEIGHT, Math.max(0, room.get(nameOf(cluster)) ?? average));
}

const nameOf = ({ metadata }: Cluster) => metadata.name ?? '';

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
