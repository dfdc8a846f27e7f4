import { deepEqual, isConflict, isNotFound, keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import { annotations, type Cluster, type OverridePolicy, type PlacementPolicy } from '../apis/index.ts';
import { chooseClusters, policyName, type Candidate, type ClusterChoice } from '../scheduling/index.ts';
import { clusterSelectorOf } from './cluster-selector.ts';
import type { Placement } from './placements.ts';
import { isDivided } from './placing-division.ts';
import { PodLooks } from './kinds/pod-looks.ts';
import { FullClusters } from './placing-full-clusters.ts';
import { Overrides } from './placing-overrides.ts';
import { byReason, formatRecord, notedTroubles, recordOf, type PlacementRecord } from './placing-record.ts';
import { shareOut, type Sharing } from './placing-shares.ts';
import { sightOf, type Sight } from './placing-sight.ts';
import type { Situation } from './placing-situation.ts';
import { shownTroubles, type ShownTroubles, type TroubleRecord } from './placing-troubles.ts';
import { heedsUsage, isUsedOtherwise } from './placing-usage.ts';
import type { Share } from './share.ts';
import type { SyncDeps } from './sync-deps.ts';

export type Decision =
  /** Of every cluster that has joined. */
  | {
      readonly ok: true;
      readonly placements: ReadonlyMap<string, Placement>;
      /** Not all of what there is to divide could be given to a cluster. */
      readonly isShort: boolean;
      readonly reviewAfterMs?: number;
    }
  /**
   * What is asked for cannot be read, as an event on the object says: it is synced nowhere until it can. Or it has been
   * decided otherwise meanwhile, as a newer version of the object says.
   */
  | { readonly ok: false };

export type PlacingDeps<T extends KubeObject> = Pick<
  SyncDeps<T>,
  | 'type'
  | 'federation'
  | 'objects'
  | 'clusters'
  | 'clients'
  | 'members'
  | 'placing'
  | 'events'
  | 'clock'
  | 'options'
  | 'troubled'
>;

/** What others need to be in a cluster is kept away from none by its taints. */
const FOUNDATIONS: ReadonlySet<string> = new Set(['Namespace', 'CustomResourceDefinition']);
/** Copies of which nobody knows yet whether they exist. */
const UNSEEN_REVIEW_MS = 2_000;
/** As in the original. */
const REPLAN_AFTER_MS = 60_000;
/** What is used changes with every pod. */
const USAGE_REVIEW_MS = 10_000;
const UNSELECTED = 'is not selected by the annotation of the object';

/** Decides what each member shall have of an object, and writes on the object why. */
export class Placing<T extends KubeObject> {
  readonly #deps: PlacingDeps<T>;
  readonly #full: FullClusters;
  readonly #looks: PodLooks;

  constructor(deps: PlacingDeps<T>) {
    this.#deps = deps;
    this.#full = new FullClusters(deps.clock);
    this.#looks = new PodLooks(deps.clock);
  }

  /** Calls `requeue` for objects that may be placed otherwise because something beside them changed, now or soon. */
  listen(requeue: (key: string, afterMs?: number) => void): () => void {
    const { placing, objects, clusters, troubled, type, options } = this.#deps;
    const { resource } = type;
    const { usageReviewMs = USAGE_REVIEW_MS } = options ?? {};
    const removals = [
      placing.policies.onChange((concerns) => {
        for (const object of objects.lister.list()) if (concerns(resource, object)) requeue(keyOf(object));
      }),
      placing.followers.onChange(resource.kind, requeue),
      placing.scaling.onChange(resource, requeue),
      troubled.onChange(requeue),
      this.#looks.onLate(requeue),
      clusters.onEvent(({ type: change, key, object: after, previous: before }) => {
        if (change === 'delete') this.#looks.forgetCluster(key);
        if (before === undefined || !isUsedOtherwise(before, after) || !placing.policies.divides(resource)) return;
        for (const object of objects.lister.list()) {
          if (heedsUsage(object, placing.policies.placementOf(resource, object))) requeue(keyOf(object), usageReviewMs);
        }
      }),
      objects.onEvent(({ type: change, key }) => {
        if (change !== 'delete') return;
        this.#full.forget(key);
        this.#looks.forget(key);
        placing.tally.forget(this.#id(key));
      }),
    ];
    return () => {
      for (const remove of removals) remove();
    };
  }

  /** `before`: what was last decided, and may not have come to the members yet. */
  async decide(object: T, before: ReadonlyMap<string, Placement> | undefined, signal: AbortSignal): Promise<Decision> {
    const { clusters, events, placing, type, clock, options } = this.#deps;
    const selector = clusterSelectorOf(object);
    if (!selector.ok) {
      events.event(object, 'Warning', 'InvalidClusterSelector', `${object.metadata.name ?? ''}: ${selector.problem}`);
      return { ok: false };
    }
    const policy = placing.policies.placementOf(type.resource, object);
    const overridePolicies = placing.policies.overridesOf(type.resource, object);
    const joined = clusters.lister.list();
    const patienceMs = options?.replanAfterMs ?? REPLAN_AFTER_MS;
    const sights = new Map(joined.map((cluster) => [nameOf(cluster), sightOf(cluster, clock.now(), patienceMs)]));
    const choice = this.#choose(object, joined, { matches: selector.matches, policy, sights });
    const situation: Situation<T> = {
      object,
      choice,
      clusters: new Map(joined.map((cluster) => [nameOf(cluster), cluster])),
      lost: namesOf(sights, 'lost'),
      kept: namesOf(sights, 'kept'),
      overrides: new Overrides(type, object, overridePolicies),
      record: recordOf(object),
      asked: askedIn(before),
      full: this.#full,
      looks: this.#looks,
      ...(policy === undefined ? {} : { policy }),
    };
    const sharing = await shareOut(this.#deps, situation, signal);
    for (const { reason, message } of sharing.warnings) events.event(object, 'Warning', reason, message);
    const troubles = this.#troublesOf(object);
    const telling = { sharing, overrides: overridePolicies, troubled: troubles.record };
    if (!(await this.#tell(situation, telling, signal))) return { ok: false };
    const waits = [...sights.values()].flatMap((sight) => (sight.kind === 'unseen' ? sight.forMs : []));
    const asked = [sharing.reviewAfterMs, choice.reviewAfterMs, troubles.reviewAfterMs];
    const reviews = [...asked, ...waits, this.#unseenReview(choice)];
    const review = Math.min(...reviews.filter((ms): ms is number => ms !== undefined && ms > 0));
    const { isShort } = sharing;
    const placements = this.#leaving(object, sharing.placements);
    return { ok: true, placements, isShort, ...(review === Infinity ? {} : { reviewAfterMs: review }) };
  }

  /** What members scale by themselves is not asked of them. */
  #leaving(object: T, placements: ReadonlyMap<string, Placement>): ReadonlyMap<string, Placement> {
    const { placing, type } = this.#deps;
    const field = placing.scaling.fieldLeft(type.resource, object);
    if (field === undefined) return placements;
    const left = [...placements].map(([name, placement]): [string, Placement] =>
      placement.kind === 'present' && field.isLeftTo(name)
        ? [name, { kind: 'present', share: { ...placement.share, leaves: field.path } }]
        : [name, placement],
    );
    return new Map(left);
  }

  #choose(object: T, joined: readonly Cluster[], wishes: Wishes): ClusterChoice {
    const { type, placing, clock } = this.#deps;
    const { policy, matches } = wishes;
    const hasSelector = object.metadata.annotations?.[annotations.clusterSelector] !== undefined;
    const decidesItself = policy !== undefined || hasSelector;
    const followed = decidesItself ? undefined : placing.followers.clustersFor(type.resource.kind, object);
    if (followed !== undefined) return follow(joined, followed);
    const record = recordOf(object);
    const { placement = {} } = policy?.spec ?? {};
    const choice = chooseClusters({
      placement,
      candidates: joined.filter(matches).map((cluster) => this.#candidate(object, cluster, record, wishes)),
      overflows: isDivided(type.resource) && placement.replicaScheduling?.replicaSchedulingType !== 'Duplicated',
      ignoresTaints: policy === undefined && FOUNDATIONS.has(type.resource.kind),
      key: keyOf(object),
      now: clock.now(),
    });
    const unselected = joined
      .filter((cluster) => !matches(cluster))
      .map((cluster) => [nameOf(cluster), UNSELECTED] as const);
    return { ...choice, excluded: new Map([...choice.excluded, ...unselected]) };
  }

  #candidate(object: T, cluster: Cluster, record: PlacementRecord | undefined, { sights }: Wishes): Candidate {
    const { members } = this.#deps;
    const name = nameOf(cluster);
    const isLost = sights.get(name)?.kind === 'lost';
    if (members.synced(name)) return { cluster, isLost, holds: members.get(name, keyOf(object)) !== undefined };
    const holds = record === undefined ? undefined : Object.hasOwn(record.clusters, name);
    return { cluster, isLost, holds };
  }

  /** A process that has just begun knows of troubles, until it has looked itself, what the one before has noted. */
  #troublesOf(object: T): ShownTroubles {
    const { troubled, clusters, clock, options } = this.#deps;
    const key = keyOf(object);
    const noted = notedTroubles(object)
      .entries()
      .filter(([name]) => clusters.lister.get(name) !== undefined);
    troubled.recall(key, new Map(noted));
    return shownTroubles(troubled.of(key), clock.now(), options?.troubledAfterMs);
  }

  #unseenReview({ undecided }: ClusterChoice): number | undefined {
    const { members } = this.#deps;
    return undecided.keys().some((name) => !members.synced(name)) ? UNSEEN_REVIEW_MS : undefined;
  }

  /** On the object, in an event, and to those who count. False where the object has changed meanwhile. */
  async #tell(situation: Situation<T>, telling: Telling, signal: AbortSignal): Promise<boolean> {
    const { sharing, overrides } = telling;
    const { object, choice, policy, record: before } = situation;
    const { placing, events } = this.#deps;
    placing.tally.note(this.#id(keyOf(object)), {
      ...(policy === undefined ? {} : { placement: policy }),
      isUnplaced: choice.problem !== undefined,
      overrides,
      hasFailed: sharing.overrideProblems.size > 0,
    });
    const record = this.#recordOf(situation, telling);
    const isGoverned = policy !== undefined || overrides.length > 0;
    const text = isGoverned || isWorthTelling(record, sharing) ? formatRecord(record) : undefined;
    if (text === object.metadata.annotations?.[annotations.placement]) return true;
    const isMoved = !deepEqual(Object.keys(record.clusters), Object.keys(before?.clusters ?? {}));
    if (policy !== undefined && isMoved) events.event(object, 'Normal', 'Placed', placedBy(policy, record));
    return this.#write(object, text ?? null, { isBinding: sharing.notes !== undefined, signal });
  }

  #recordOf(situation: Situation<T>, { sharing, troubled }: Telling): PlacementRecord {
    const { placements, problems, overrideProblems, notes } = sharing;
    const { object, choice, policy, record: before } = situation;
    const reasons = new Map([...choice.excluded, ...choice.undecided, ...problems]);
    return {
      ...(policy === undefined ? {} : { policy: policyName(policy) }),
      clusters: this.#clustersOf(object, placements, before),
      ...(reasons.size === 0 ? {} : { excluded: byReason(reasons) }),
      ...(policy?.spec?.propagateDeps === true ? { dependencies: true } : {}),
      ...(overrideProblems.size === 0 ? {} : { overrideProblems: byReason(overrideProblems) }),
      ...(choice.problem === undefined ? {} : { problem: choice.problem }),
      ...notes,
      ...(troubled === undefined ? {} : { troubled }),
    };
  }

  #clustersOf(
    object: T,
    placements: ReadonlyMap<string, Placement>,
    before: PlacementRecord | undefined,
  ): Record<string, number | true> {
    const { members } = this.#deps;
    const clusters: [string, number | true][] = [];
    for (const [name, placement] of placements) {
      if (placement.kind === 'present') clusters.push([name, countIn(placement.share)]);
      if (placement.kind !== 'keep') continue;
      const known = members.synced(name)
        ? members.get(name, keyOf(object)) !== undefined
        : Object.hasOwn(before?.clusters ?? {}, name);
      if (known) clusters.push([name, before?.clusters[name] ?? true]);
    }
    return Object.fromEntries(clusters.sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  /** Where later decisions are bound by this one it is no decision unless it was made of the newest version. */
  async #write(
    object: T,
    text: string | null,
    { isBinding, signal }: { readonly isBinding: boolean; readonly signal: AbortSignal },
  ): Promise<boolean> {
    const { federation, type } = this.#deps;
    const { name = '', namespace, resourceVersion = '' } = object.metadata;
    const patch = {
      metadata: { annotations: { [annotations.placement]: text }, ...(isBinding ? { resourceVersion } : {}) },
    };
    try {
      const key = namespace === undefined ? { name } : { namespace, name };
      await federation.patch(type.resource, key, { type: 'merge', patch }, { signal });
      return true;
    } catch (err) {
      if (isNotFound(err)) return true;
      if (isBinding && isConflict(err)) return false;
      throw err;
    }
  }

  #id(key: string): string {
    return `${this.#deps.type.resource.group}/${this.#deps.type.resource.kind} ${key}`;
  }
}

function isWorthTelling({ excluded, troubled }: PlacementRecord, { notes }: Sharing): boolean {
  return excluded !== undefined || troubled !== undefined || notes !== undefined;
}

interface Telling {
  readonly sharing: Sharing;
  readonly overrides: readonly OverridePolicy[];
  readonly troubled: TroubleRecord | undefined;
}

function placedBy(policy: PlacementPolicy, { clusters }: PlacementRecord): string {
  const names = Object.keys(clusters);
  return `Placed ${names.length === 0 ? 'nowhere' : `in ${names.join(', ')}`} by ${policyName(policy)}`;
}

/** Of each cluster, where replicas were divided. */
function askedIn(placements: ReadonlyMap<string, Placement> = new Map()): ReadonlyMap<string, number> {
  const counts = [...placements].flatMap(([name, placement]) =>
    placement.kind === 'present' && placement.share.replicas !== undefined
      ? [[name, placement.share.replicas] as const]
      : [],
  );
  return new Map(counts);
}

interface Wishes {
  readonly matches: (cluster: Cluster) => boolean;
  readonly policy: PlacementPolicy | undefined;
  readonly sights: ReadonlyMap<string, Sight>;
}

/** Where the workloads are that name it, and nowhere else. */
function follow(joined: readonly Cluster[], followed: ReadonlySet<string>): ClusterChoice {
  const names = joined.map(nameOf);
  const others = names.filter((name) => !followed.has(name));
  const clusters = names.filter((name) => followed.has(name));
  return {
    groups: clusters.length === 0 ? [] : [{ clusters }],
    frozen: new Set(),
    undecided: new Map(),
    excluded: new Map(others.map((name) => [name, 'has no workload that names it'])),
  };
}

/** What has changed of a cluster may have objects placed otherwise. */
export function isPlacedOtherwise(before: Cluster, after: Cluster): boolean {
  const facts = ({ metadata: { labels }, spec, status }: Cluster) => ({
    labels: labels ?? {},
    taints: spec?.taints ?? [],
    unschedulable: spec?.unschedulable ?? false,
    region: status?.region,
    zones: status?.zones ?? [],
    version: status?.version,
  });
  return !deepEqual(facts(before), facts(after));
}

const nameOf = ({ metadata }: Cluster) => metadata.name ?? '';

const countIn = ({ completions, replicas }: Share) => completions ?? replicas ?? true;

function namesOf(sights: ReadonlyMap<string, Sight>, kind: Sight['kind']): ReadonlySet<string> {
  return new Set([...sights].filter(([, sight]) => sight.kind === kind).map(([name]) => name));
}
