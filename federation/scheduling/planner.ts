import { fnv1 } from '../../src/apimachinery/index.ts';
import { preferenceFor, type ClusterPreference, type ReplicaPreferences } from './preferences.ts';

export interface PlanRequest {
  /** Replicas to place in all. */
  readonly total: number;
  /** The clusters that may have some. */
  readonly clusters: readonly string[];
  /** Replicas that serve now; a cluster without the object has no entry. */
  readonly current: ReadonlyMap<string, number>;
  /** How many a cluster can run, where that is known. */
  readonly capacity: ReadonlyMap<string, number>;
  readonly preferences: ReplicaPreferences;
  /** `namespace/name` of the object; scatters single-replica objects over equal clusters. */
  readonly key: string;
}

export interface ReplicaPlan {
  /** Of every cluster asked for; 0 where it is not wanted. */
  readonly replicas: ReadonlyMap<string, number>;
  /**
   * What a full cluster would have got beyond its capacity. Asked for on top of `replicas`: those pods stay pending
   * and are used as soon as there is room.
   */
  readonly overflow: ReadonlyMap<string, number>;
}

interface Candidate extends ClusterPreference {
  readonly name: string;
  readonly hash: number;
}

/**
 * Divides replicas over clusters. Pure, and the same answer for the same question: the results of Federation v1's
 * planner are the contract, its rounding up (5 over four equal clusters are 2, 2, 1, 0) included.
 */
export function planReplicas(request: PlanRequest): ReplicaPlan {
  const planning = new Planning(request);
  planning.grantMinimums();
  if (!request.preferences.rebalance) planning.keepRunning();
  planning.distributeByWeight();
  return planning.result();
}

class Planning {
  readonly #request: PlanRequest;
  readonly #plan = new Map<string, number>();
  readonly #overflow = new Map<string, number>();
  /** Granted because it runs there already; the cluster's next share by weight is paid out of it first. */
  readonly #advance = new Map<string, number>();
  #candidates: readonly Candidate[];
  #remaining: number;

  constructor(request: PlanRequest) {
    this.#request = request;
    this.#remaining = request.total;
    for (const cluster of request.clusters) this.#plan.set(cluster, 0);
    this.#candidates = candidatesOf(request);
  }

  grantMinimums(): void {
    for (const { name, minReplicas } of this.#candidates) {
      const granted = Math.min(minReplicas, this.#remaining, this.#capacityOf(name));
      this.#plan.set(name, granted);
      this.#remaining -= granted;
    }
  }

  keepRunning(): void {
    for (const { name, maxReplicas = Infinity } of this.#candidates) {
      const planned = this.#planOf(name);
      const target = Math.min(this.#request.current.get(name) ?? 0, maxReplicas, this.#capacityOf(name));
      const kept = Math.max(0, Math.min(target - planned, this.#remaining));
      this.#advance.set(name, kept);
      this.#plan.set(name, planned + kept);
      this.#remaining -= kept;
    }
  }

  distributeByWeight(): void {
    let changed = true;
    while (changed && this.#remaining > 0) {
      const totalWeight = this.#candidates.reduce((sum, { weight }) => sum + weight, 0);
      if (totalWeight === 0) return;
      const distributed = this.#remaining;
      changed = false;
      const open: Candidate[] = [];
      for (const candidate of this.#candidates) {
        const outcome = this.#grantShare(candidate, ceilOfShare(distributed, candidate.weight, totalWeight));
        changed ||= outcome.changed;
        if (!outcome.full) open.push(candidate);
      }
      this.#candidates = open;
    }
  }

  result(): ReplicaPlan {
    if (this.#request.preferences.rebalance) return { replicas: this.#plan, overflow: this.#overflow };
    const unplaced = [...this.#overflow]
      .map(([name, count]) => [name, Math.min(count, this.#remaining)] as const)
      .filter(([, count]) => count > 0);
    return { replicas: this.#plan, overflow: new Map(unplaced) };
  }

  #grantShare({ name, maxReplicas = Infinity }: Candidate, wanted: number): { changed: boolean; full: boolean } {
    const share = Math.min(wanted, this.#remaining);
    const advance = this.#advance.get(name) ?? 0;
    const repaid = Math.min(share, advance);
    this.#advance.set(name, advance - repaid);

    const before = this.#planOf(name);
    const capacity = this.#capacityOf(name);
    let after = before + share - repaid;
    const full = after > maxReplicas || Math.min(after, maxReplicas) > capacity;
    after = Math.min(after, maxReplicas);
    if (after > capacity) {
      this.#overflow.set(name, after - capacity);
      after = capacity;
    }
    this.#plan.set(name, after);
    this.#remaining -= after - before;
    return { changed: repaid > 0 || after > before, full };
  }

  #planOf(name: string): number {
    return this.#plan.get(name) ?? 0;
  }

  #capacityOf(name: string): number {
    return this.#request.capacity.get(name) ?? Infinity;
  }
}

function candidatesOf({ clusters, preferences, key }: PlanRequest): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const name of clusters) {
    const preference = preferenceFor(preferences, name);
    if (preference !== undefined) candidates.push({ ...preference, name, hash: fnv1(name + key) });
  }
  return candidates.sort((a, b) => b.weight - a.weight || a.hash - b.hash || (a.name < b.name ? -1 : 1));
}

/** ceil(amount * weight / total) without the rounding errors of a quotient. */
function ceilOfShare(amount: number, weight: number, total: number): number {
  return Number((BigInt(amount) * BigInt(weight) + BigInt(total) - 1n) / BigInt(total));
}
