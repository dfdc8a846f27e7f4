import { isOffline, type Cluster, type ClusterAffinity, type ClusterTaint, type Placement } from '../apis/index.ts';
import { affinityMiss } from './cluster-affinity.ts';
import { scatter } from './scatter.ts';
import { spread, type Spreadable } from './spread.ts';
import { formatTaint, judgeTaints } from './tolerations.ts';

export interface Candidate {
  readonly cluster: Cluster;
  /** It has a copy; `undefined` while nobody can tell. */
  readonly holds: boolean | undefined;
  /** Out of sight for so long that others take its part. */
  readonly isLost: boolean;
}

export interface ChoiceRequest {
  readonly placement: Placement;
  readonly candidates: readonly Candidate[];
  /** What does not fit into one group of clusters goes to the next. Otherwise the first that can serve has it alone. */
  readonly overflows: boolean;
  /** Namespaces and definitions: what others need to be there is not kept away by taints. */
  readonly ignoresTaints: boolean;
  /** Of the object; scatters objects over clusters that are equally good. */
  readonly key: string;
  readonly now: number;
}

export interface ClusterGroup {
  readonly name?: string;
  readonly clusters: readonly string[];
}

export interface ClusterChoice {
  /** In the order of preference; none is empty. */
  readonly groups: readonly ClusterGroup[];
  /** Have a copy, which stays, and get nothing more. */
  readonly frozen: ReadonlySet<string>;
  /** What is there stays as it is until somebody can tell. */
  readonly undecided: ReadonlyMap<string, string>;
  /** Why each of the others has nothing. */
  readonly excluded: ReadonlyMap<string, string>;
  /** Nothing is as asked: what is there stays, and nothing new is placed. */
  readonly problem?: string;
  /** A toleration ends then. */
  readonly reviewAfterMs?: number;
}

/** Chooses the clusters for an object. Pure: the same answer for the same question. */
export function chooseClusters(request: ChoiceRequest): ClusterChoice {
  return new Choosing(request).result();
}

type NamedAffinity = ClusterAffinity & { readonly affinityName?: string };

interface Eligible extends Spreadable {
  readonly group: number;
  readonly rank: readonly number[];
  readonly isLost: boolean;
}

class Choosing {
  readonly #request: ChoiceRequest;
  readonly #affinities: readonly NamedAffinity[];
  readonly #frozen = new Set<string>();
  readonly #undecided = new Map<string, string>();
  readonly #excluded = new Map<string, string>();
  readonly #groups: ClusterGroup[] = [];
  readonly #isSpread: boolean;
  #reviewAfterMs = Infinity;

  constructor(request: ChoiceRequest) {
    const { clusterAffinity = {}, clusterAffinities = [] } = request.placement;
    this.#request = request;
    this.#isSpread = (request.placement.spreadConstraints ?? []).length > 0;
    this.#affinities = clusterAffinities.length > 0 ? clusterAffinities : [clusterAffinity];
  }

  result(): ClusterChoice {
    const eligible = this.#request.candidates
      .map((candidate) => this.#judge(candidate))
      .filter((one) => one !== undefined);
    const problems: string[] = [];
    for (const [index, { affinityName }] of this.#affinities.entries()) {
      const members = eligible.filter(({ group }) => group === index);
      // Without a choice to make there is no need for an order.
      if (this.#isSpread) members.sort(byRank);
      if (members.length > 0) problems.push(...this.#take(members, affinityName));
    }
    const problem = this.#groups.length > 0 ? undefined : (problems[0] ?? this.#nobody());
    return {
      groups: this.#groups,
      frozen: this.#frozen,
      undecided: this.#undecided,
      excluded: this.#excluded,
      ...(problem === undefined ? {} : { problem }),
      ...(this.#reviewAfterMs === Infinity ? {} : { reviewAfterMs: this.#reviewAfterMs }),
    };
  }

  #nobody(): string | undefined {
    return this.#undecided.size > 0 || this.#request.candidates.length === 0 ? undefined : 'no cluster is eligible';
  }

  #judge(candidate: Candidate): Eligible | undefined {
    const { cluster, isLost } = candidate;
    const { name = '' } = cluster.metadata;
    const misses = this.#affinities.map((affinity) => affinityMiss(affinity, cluster));
    const group = misses.indexOf(undefined);
    if (group === -1) {
      this.#excluded.set(name, misses.length === 1 ? (misses[0] ?? '') : 'is in none of the groups');
      return undefined;
    }
    const isAvoided = this.#admit(candidate, name);
    if (isAvoided === undefined) return undefined;
    const { region, zones = [] } = cluster.status ?? {};
    const holds = candidate.holds === true;
    const rank = [Number(isLost), Number(!holds), Number(isAvoided), Number(isOffline(cluster))];
    const spreadable = { name, zones, ...(region === undefined || region === '' ? {} : { region }) };
    const order = this.#isSpread ? [...rank, scatter(name, this.#request.key)] : rank;
    return { ...spreadable, group, isLost, rank: order };
  }

  /** Whether a cluster had rather not have it; `undefined` where it may not be at all. */
  #admit({ cluster, holds }: Candidate, name: string): boolean | undefined {
    const { placement, ignoresTaints, now } = this.#request;
    const { taints = [], unschedulable } = cluster.spec ?? {};
    if (ignoresTaints || (taints.length === 0 && unschedulable !== true)) return false;
    const verdict = judgeTaints(taints, placement.clusterTolerations ?? [], now);
    this.#reviewAfterMs = Math.min(this.#reviewAfterMs, verdict.endsAfterMs ?? Infinity);
    if (verdict.evicting !== undefined) {
      this.#excluded.set(name, notTolerated(verdict.evicting));
      return undefined;
    }
    const why = barrierTo(cluster, verdict.barred);
    if (why === undefined) return verdict.isAvoided;
    this.#bar(name, why, holds);
    return holds === true ? verdict.isAvoided : undefined;
  }

  #bar(name: string, why: string, holds: boolean | undefined): void {
    if (holds === true) this.#frozen.add(name);
    else if (holds === undefined) this.#undecided.set(name, why);
    else this.#excluded.set(name, why);
  }

  /** Problems, when the group cannot be what is asked for. */
  #take(members: readonly Eligible[], affinityName: string | undefined): readonly string[] {
    const { overflows, placement } = this.#request;
    const [enough] = this.#groups;
    if (!overflows && enough !== undefined) {
      for (const { name } of members) this.#excluded.set(name, `is not needed: group ${enough.name ?? ''} serves`);
      return [];
    }
    const outcome = spread(members, placement.spreadConstraints ?? []);
    if (!outcome.ok) {
      for (const { name } of members) this.#undecided.set(name, outcome.problem);
      return [outcome.problem];
    }
    for (const [name, why] of outcome.excluded) this.#excluded.set(name, why);
    const names = new Set(outcome.chosen);
    const chosen = members.filter(({ name }) => names.has(name));
    return this.#settle(chosen, affinityName);
  }

  #settle(chosen: readonly Eligible[], affinityName: string | undefined): readonly string[] {
    if (chosen.length === 0) return [];
    const isReplaceable = !this.#request.overflows && this.#affinities.length > 1;
    if (isReplaceable && chosen.every(({ isLost }) => isLost)) {
      // What is there stays; the next group serves meanwhile.
      for (const { name } of chosen) this.#undecided.set(name, 'is out of sight: the next group serves');
      return ['no cluster of the groups can be seen'];
    }
    const clusters = chosen.map(({ name }) => name);
    this.#groups.push({ clusters, ...(affinityName === undefined ? {} : { name: affinityName }) });
    return [];
  }
}

/** What keeps new objects away. */
function barrierTo({ spec }: Cluster, barred: ClusterTaint | undefined): string | undefined {
  if (spec?.unschedulable === true) return 'is cordoned: nothing new goes there';
  return barred === undefined ? undefined : notTolerated(barred);
}

function notTolerated(taint: ClusterTaint): string {
  return `has the taint ${formatTaint(taint)}, which is not tolerated`;
}

function byRank(a: Eligible, b: Eligible): number {
  const index = a.rank.findIndex((value, at) => value !== b.rank[at]);
  return index === -1 ? 0 : (a.rank[index] ?? 0) - (b.rank[index] ?? 0);
}
