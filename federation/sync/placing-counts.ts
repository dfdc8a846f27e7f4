import type { KubeObject } from '../../src/apimachinery/index.ts';
import { isOffline, type ReplicaScheduling } from '../apis/index.ts';
import type { Plan, PlanInput } from './federated-type.ts';
import type { Workload } from './kinds/replica-plan.ts';
import { apportioned } from './placing-apportioned.ts';
import { copiesIn } from './placing-copies.ts';
import { divide, isDivided } from './placing-division.ts';
import { fixedIn } from './placing-fixed.ts';
import type { Counts, SharesDeps, Situation } from './placing-situation.ts';
import { schedulingOf } from './replica-scheduling.ts';
import type { Share } from './share.ts';

/** How many replicas each of the chosen clusters shall have, where the kind has replicas. */
export async function countsOf<T extends KubeObject>(
  deps: SharesDeps<T>,
  situation: Situation<T>,
  signal: AbortSignal,
): Promise<Counts> {
  const scheduling = schedulingOf(situation.object, situation.policy);
  if (deps.type.apportion !== undefined) return apportioned(deps, situation, scheduling);
  if (deps.type.plan === undefined) return { shares: 'whole' };
  if (scheduling?.replicaSchedulingType === 'Duplicated') return duplicated(situation);
  if (scheduling === undefined || !isDivided(deps.type.resource)) return planned(deps, situation, signal);
  return divided(deps, situation, { scheduling, signal });
}

async function divided<T extends KubeObject>(
  deps: SharesDeps<T>,
  situation: Situation<T>,
  { scheduling, signal }: { readonly scheduling: ReplicaScheduling; readonly signal: AbortSignal },
): Promise<Counts> {
  const division = await divide(
    {
      plan: planInput(deps, situation),
      clusters: situation.clusters,
      choice: situation.choice,
      kept: situation.kept,
      scheduling,
      fixed: fixedIn(situation),
      asked: situation.asked,
      recorded: (name) => {
        const count = situation.record?.clusters[name];
        return typeof count === 'number' ? count : undefined;
      },
      isSeen: (name) => deps.members.synced(name),
      full: situation.full,
    },
    signal,
  );
  const shares = new Map([...division.shares].map(([name, replicas]) => [name, { replicas }]));
  return { shares, ...(division.reviewAfterMs === undefined ? {} : { reviewAfterMs: division.reviewAfterMs }) };
}

/** As the original divided: by its annotation, or evenly. */
async function planned<T extends KubeObject>(
  deps: SharesDeps<T>,
  situation: Situation<T>,
  signal: AbortSignal,
): Promise<Counts> {
  const fixed = fixedIn(situation);
  const input = planInput(deps, situation);
  const open = input.clusters.filter((name) => !fixed.has(name));
  const plan: Plan = (await deps.type.plan?.(
    { ...input, clusters: open, object: without(input.object, fixed) },
    signal,
  )) ?? {
    ok: true,
    shares: new Map(),
  };
  if (!plan.ok) return { shares: new Map(), warning: { reason: plan.reason, message: plan.problem } };
  const limited = [...situation.choice.frozen, ...situation.kept];
  const unseen = limited.filter((name) => !deps.members.synced(name));
  // Of what gets nothing more and cannot be seen nobody knows how much there is.
  const shares = new Map([...plan.shares].filter(([name]) => !unseen.includes(name)));
  for (const [name, replicas] of fixed) shares.set(name, { replicas });
  return { shares, ...(plan.reviewAfterMs === undefined ? {} : { reviewAfterMs: plan.reviewAfterMs }) };
}

function duplicated<T extends KubeObject>(situation: Situation<T>): Counts {
  const fixed = fixedIn(situation);
  const names = situation.choice.groups.flatMap((group) => group.clusters);
  const shares = names.map((name): [string, Share] => {
    const replicas = fixed.get(name);
    return [name, replicas === undefined ? {} : { replicas }];
  });
  return { shares: new Map(shares) };
}

/** Replicas that overrides fix are not divided. */
function without<T extends KubeObject>(object: T, fixed: ReadonlyMap<string, number>): T {
  if (fixed.size === 0) return object;
  const { spec } = workloadOf(object);
  const taken = [...fixed.values()].reduce((sum, count) => sum + count, 0);
  return { ...object, spec: { ...spec, replicas: Math.max(0, (spec?.replicas ?? 1) - taken) } };
}

/** Every cluster that is chosen, and not given up for the time being. */
function planInput<T extends KubeObject>(
  { clients, members, clock }: SharesDeps<T>,
  { object, choice, lost, kept, looks, clusters: joined }: Situation<T>,
): PlanInput<T> {
  const clusters = choice.groups.flatMap((group) => group.clusters).filter((name) => !lost.has(name));
  const copies = copiesIn(members, object, clusters);
  const present = new Map(copies.map((copy) => [copy.cluster, workloadOf(copy.object).spec?.replicas ?? 1]));
  const limits = new Map([...present].filter(([name]) => choice.frozen.has(name)));
  for (const name of kept) if (members.synced(name)) limits.set(name, present.get(name) ?? 0);
  const client = (cluster: string) => {
    const known = joined.get(cluster);
    // Who is out of sight would only keep us waiting.
    return known === undefined || isOffline(known) ? undefined : clients.get(cluster);
  };
  return { object, clusters, copies, limits, client, looks, now: clock.now() };
}

/** Of a kind that has a plan. */
export function workloadOf(object: KubeObject): Workload {
  return object;
}
