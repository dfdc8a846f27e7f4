import { deepEqual, keyOf, parseTime, type KubeObject } from '../../src/apimachinery/index.ts';
import { clusterCondition, isOffline, type Cluster } from '../apis/index.ts';
import { clusterSelectorOf } from './cluster-selector.ts';
import type { MemberCopy, Plan } from './federated-type.ts';
import type { Placement } from './placements.ts';
import type { SyncDeps } from './sync-deps.ts';

export type Decision =
  /** Of every cluster that has joined. */
  | { readonly ok: true; readonly placements: ReadonlyMap<string, Placement>; readonly reviewAfterMs?: number }
  /** What is asked for cannot be read, as an event on the object says: it is synced nowhere until it can. */
  | { readonly ok: false };

export type PlacingDeps<T extends KubeObject> = Pick<
  SyncDeps<T>,
  'type' | 'clusters' | 'clients' | 'members' | 'events' | 'clock' | 'options'
>;

/** Decides what each member shall have of an object. Writes nothing but events. */
export class Placing<T extends KubeObject> {
  readonly #deps: PlacingDeps<T>;

  constructor(deps: PlacingDeps<T>) {
    this.#deps = deps;
  }

  async decide(object: T, signal: AbortSignal): Promise<Decision> {
    const { clusters, events } = this.#deps;
    const selector = clusterSelectorOf(object);
    if (!selector.ok) {
      events.event(object, 'Warning', 'InvalidClusterSelector', `${object.metadata.name ?? ''}: ${selector.problem}`);
      return { ok: false };
    }
    const joined = clusters.lister.list();
    const selected = joined.filter(selector.matches);
    const plan = await this.#plan(object, selected, signal);
    const placements = new Map<string, Placement>();
    for (const cluster of joined) placements.set(cluster.metadata.name ?? '', { kind: 'absent' });
    for (const { metadata } of selected) placements.set(metadata.name ?? '', placementBy(plan, metadata.name ?? ''));
    const reviewAfterMs = plan?.ok === true ? plan.reviewAfterMs : undefined;
    return { ok: true, placements, ...(reviewAfterMs === undefined ? {} : { reviewAfterMs }) };
  }

  async #plan(object: T, selected: readonly Cluster[], signal: AbortSignal): Promise<Plan | undefined> {
    const { type, clients, members, clock, events } = this.#deps;
    if (type.plan === undefined) return undefined;
    const now = clock.now();
    const waits = selected.map((cluster) => this.#lostForMs(cluster, now));
    const available = selected.filter((_cluster, index) => waits[index] !== 0);
    const plan = await type.plan(
      {
        object,
        clusters: available.map(({ metadata }) => metadata.name ?? ''),
        copies: copiesIn(members, object, available),
        client: (cluster) => clients.get(cluster),
        now,
      },
      signal,
    );
    if (!plan.ok) {
      events.event(object, 'Warning', plan.reason, plan.problem);
      return plan;
    }
    const reviews = [plan.reviewAfterMs, ...waits].filter((ms): ms is number => ms !== undefined && ms > 0);
    return reviews.length === 0 ? plan : { ...plan, reviewAfterMs: Math.min(...reviews) };
  }

  /** 0: offline for so long that its replicas are planned elsewhere. Otherwise how long until then, if it is offline. */
  #lostForMs(cluster: Cluster, now: number): number | undefined {
    if (!isOffline(cluster)) return undefined;
    const since = parseTime(clusterCondition(cluster, 'Offline')?.lastTransitionTime) ?? 0;
    return Math.max(0, since + (this.#deps.options?.replanAfterMs ?? 60_000) - now);
  }
}

/** The copies of an object in those of the clusters that have one. */
export function copiesIn<T extends KubeObject>(
  members: { get(cluster: string, key: string): T | undefined },
  object: T,
  clusters: readonly Cluster[],
): readonly MemberCopy<T>[] {
  const copies: MemberCopy<T>[] = [];
  for (const { metadata } of clusters) {
    const cluster = metadata.name ?? '';
    const copy = members.get(cluster, keyOf(object));
    if (copy !== undefined) copies.push({ cluster, object: copy });
  }
  return copies;
}

/** What has changed of a cluster may have every object placed otherwise. */
export function isPlacedOtherwise(before: Cluster, after: Cluster): boolean {
  return !deepEqual(before.metadata.labels, after.metadata.labels);
}

function placementBy(plan: Plan | undefined, cluster: string): Placement {
  if (plan === undefined) return { kind: 'present', share: {} };
  if (!plan.ok) return { kind: 'keep' };
  const share = plan.shares.get(cluster);
  return share === undefined ? { kind: 'keep' } : { kind: 'present', share };
}
