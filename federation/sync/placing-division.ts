import { keyOf, resolveIntOrPercent, type Resource } from '../../src/apimachinery/index.ts';
import type { PodTemplateSpec } from '../../src/apis/index.ts';
import type { Cluster, ReplicaScheduling } from '../apis/index.ts';
import { freeRoom, nextStep, planDivision, type ClusterChoice } from '../scheduling/index.ts';
import type { PlanInput } from './federated-type.ts';
import { roomIn, type Workload } from './kinds/replica-plan.ts';
import type { FullClusters } from './placing-full-clusters.ts';

/** A workload whose replicas a policy divides. */
export type DividedWorkload = Workload & { readonly spec?: { readonly template?: PodTemplateSpec } };

export interface DivisionInput<T extends DividedWorkload> {
  /** Its `clusters` are those that can take part now. */
  readonly plan: PlanInput<T>;
  readonly clusters: ReadonlyMap<string, Cluster>;
  readonly choice: Pick<ClusterChoice, 'groups' | 'frozen'>;
  /** Out of our sight: they get nothing more either. */
  readonly kept: ReadonlySet<string>;
  readonly scheduling: ReplicaScheduling;
  readonly fixed: ReadonlyMap<string, number>;
  /** By the last decision: what members show may still be of the one before it. */
  readonly asked: ReadonlyMap<string, number>;
  /** What is recorded of clusters whose copies nobody can see yet. */
  readonly recorded: (cluster: string) => number | undefined;
  readonly isSeen: (cluster: string) => boolean;
  readonly full: FullClusters;
}

export interface Division {
  /** What to ask of each cluster that can be seen. */
  readonly shares: ReadonlyMap<string, number>;
  /** Still on their way to where they belong. */
  readonly moving: number;
  readonly reviewAfterMs?: number;
}

/** Pods that have found no room for so long count; until then it is looked again. */
const UNDECIDED_REVIEW_MS = 60_000;

/** One step of a workload's replicas towards where its policy wants them. */
export async function divide<T extends DividedWorkload>(
  input: DivisionInput<T>,
  signal: AbortSignal,
): Promise<Division> {
  const { plan, choice, clusters, scheduling, fixed, full } = input;
  const key = keyOf(plan.object);
  const total = plan.object.spec?.replicas ?? 1;
  const running = await roomIn(plan, signal);
  for (const [cluster, room] of running.capacity) full.note(key, cluster, room);
  const present = new Map(plan.copies.map(({ cluster, object }) => [cluster, object.spec?.replicas ?? 1]));
  const ready = new Map(plan.copies.map(({ cluster, object }) => [cluster, object.status?.readyReplicas ?? 0]));
  const takesPart = new Set(plan.clusters);
  const groups = choice.groups.map(({ clusters: names }) =>
    names.filter((name) => takesPart.has(name)).flatMap((name) => clusters.get(name) ?? []),
  );
  const targets = planDivision({
    total,
    groups,
    scheduling,
    fixed,
    limits: new Map(
      [...choice.frozen, ...input.kept].map((name) => [name, present.get(name) ?? input.recorded(name) ?? 0]),
    ),
    room: roomBy(input, groups.flat(), present),
    key,
  });
  const holdings = [...targets].map(([name, target]) => {
    const isSeen = input.isSeen(name);
    // Steps from what is seen would go to and fro between it and what is on its way there.
    const has = isSeen ? (input.asked.get(name) ?? present.get(name) ?? 0) : (input.recorded(name) ?? target);
    return { name, target, present: has, ready: isSeen ? (ready.get(name) ?? 0) : 0 };
  });
  const maxMoving = Math.max(0, resolveIntOrPercent(scheduling.rebalance?.maxMoving ?? '25%', total, 'up'));
  const step = nextStep({ total, holdings, maxMoving });
  const moving = holdings.reduce((sum, { name, target }) => sum + Math.max(0, target - (step.get(name) ?? 0)), 0);
  const review = Math.min(running.undecided ? UNDECIDED_REVIEW_MS : Infinity, full.nextTrialMs(key) ?? Infinity);
  return {
    shares: new Map([...step].filter(([name]) => input.isSeen(name))),
    moving,
    ...(review === Infinity ? {} : { reviewAfterMs: review }),
  };
}

function roomBy<T extends DividedWorkload>(
  { plan, full }: DivisionInput<T>,
  clusters: readonly Cluster[],
  present: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  const room = new Map<string, number>();
  const key = keyOf(plan.object);
  for (const cluster of clusters) {
    const { name = '' } = cluster.metadata;
    const free = freeRoom(cluster, plan.object.spec?.template?.spec);
    const known = free === undefined ? Infinity : free + (present.get(name) ?? 0);
    const most = Math.min(known, full.roomOf(key, name) ?? Infinity);
    if (most !== Infinity) room.set(name, most);
  }
  return room;
}

/** Deployments and ReplicaSets: pods that are all alike, and may be anywhere. */
export function isDivided({ group, kind }: Pick<Resource, 'group' | 'kind'>): boolean {
  return group === 'apps' && (kind === 'Deployment' || kind === 'ReplicaSet');
}
