import {
  formatSelector,
  keyOf,
  labelSelectorOf,
  parseTime,
  type KubeObject,
  type LabelSelector,
} from '../../../src/apimachinery/index.ts';
import { pods, type Pod } from '../../../src/apis/index.ts';
import { mapConcurrent } from '../../../src/component-base/index.ts';
import { defaultPreferences, parsePreferences, planReplicas } from '../../scheduling/index.ts';
import type { MemberCopy, Plan, PlanInput } from '../federated-type.ts';
import type { Share } from '../share.ts';
import type { Running } from './pod-looks.ts';

/** What Deployments and ReplicaSets have in common. */
export interface Workload extends KubeObject {
  readonly spec?: { readonly replicas?: number; readonly selector?: LabelSelector };
  readonly status?: { readonly readyReplicas?: number };
}

const UNSCHEDULABLE_AFTER_MS = 60_000;
const CONCURRENT_LOOKS = 16;

/** Divides a workload's replicas by its preferences annotation. */
export async function planWorkload<T extends Workload>(
  input: PlanInput<T>,
  annotation: string,
  signal: AbortSignal,
): Promise<Plan> {
  const { object, clusters, limits } = input;
  const text = object.metadata.annotations?.[annotation];
  const parsed = text === undefined ? { ok: true as const, preferences: defaultPreferences } : parsePreferences(text);
  if (!parsed.ok) {
    const problem = `annotation ${annotation} cannot be read, replicas stay as they are: ${parsed.problem}`;
    return { ok: false, reason: 'InvalidPreferences', problem };
  }
  const { undecided, ...room } = await roomIn(input, signal);
  const { replicas, overflow } = planReplicas({
    total: object.spec?.replicas ?? 1,
    clusters,
    current: room.current,
    capacity: withinLimits(room.capacity, limits),
    preferences: parsed.preferences,
    key: keyOf(object),
  });
  const shares = new Map<string, Share>();
  for (const [cluster, count] of replicas) {
    const wanted = count + (overflow.get(cluster) ?? 0);
    shares.set(cluster, { replicas: Math.min(wanted, limits.get(cluster) ?? Infinity) });
  }
  return { ok: true, shares, ...(undecided ? { reviewAfterMs: UNSCHEDULABLE_AFTER_MS } : {}) };
}

function withinLimits(capacity: ReadonlyMap<string, number>, limits: ReadonlyMap<string, number>) {
  const lower = [...limits].map(([name, most]) => [name, Math.min(most, capacity.get(name) ?? Infinity)] as const);
  return new Map([...capacity, ...lower]);
}

/** What runs in each cluster, and how much can where that is known. */
export async function roomIn<T extends Workload>(input: PlanInput<T>, signal: AbortSignal) {
  const current = new Map<string, number>();
  const capacity = new Map<string, number>();
  let undecided = false;
  const take = async (copy: MemberCopy<T>) => {
    const running = await runningIn(copy, input, signal);
    // While its pods are replaced a cluster has more than it was asked for; it need not keep them.
    current.set(copy.cluster, Math.min(running.current, copy.object.spec?.replicas ?? 1));
    if (running.capacity !== undefined) capacity.set(copy.cluster, running.capacity);
    undecided ||= running.undecided === true;
  };
  await mapConcurrent(input.copies, CONCURRENT_LOOKS, take, signal);
  return { current, capacity, undecided };
}

async function runningIn<T extends Workload>(
  { cluster, object }: MemberCopy<T>,
  { client, looks, now }: PlanInput<T>,
  signal: AbortSignal,
): Promise<Running> {
  const ready = object.status?.readyReplicas ?? 0;
  const wanted = object.spec?.replicas ?? 1;
  const member = client(cluster);
  if (wanted === ready || member === undefined) return { current: ready };
  const look = async (own: AbortSignal) => {
    const { namespace } = object.metadata;
    const list = await member.list(pods, {
      labelSelector: formatSelector(labelSelectorOf(object.spec?.selector)),
      signal: own,
      ...(namespace === undefined ? {} : { namespace }),
    });
    return analysed(list.items, wanted, now);
  };
  // A member that cannot be asked has what it last reported.
  return (await looks.at(cluster, object, look, signal)) ?? { current: ready };
}

/** What the pods of one copy say of the room there is. */
export function analysed(items: readonly Pod[], wanted: number, now: number): Running {
  let current = 0;
  let unschedulable = 0;
  let undecided = false;
  for (const { status } of items) {
    const conditionOf = (type: string) => status?.conditions?.find((condition) => condition.type === type);
    if (status?.phase === 'Running') {
      if (conditionOf('Ready')?.status === 'True') current += 1;
      continue;
    }
    const scheduled = conditionOf('PodScheduled');
    if (scheduled?.status !== 'False' || scheduled.reason !== 'Unschedulable') continue;
    const since = parseTime(scheduled.lastTransitionTime) ?? now;
    if (now - since > UNSCHEDULABLE_AFTER_MS) unschedulable += 1;
    else undecided = true;
  }
  return {
    current,
    undecided,
    ...(unschedulable === 0 ? {} : { capacity: Math.max(0, wanted - unschedulable) }),
  };
}
