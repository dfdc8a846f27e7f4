import {
  isConflict,
  isNotFound,
  keyOf,
  parseTime,
  withoutFinalizer,
  type KubeObject,
} from '../../src/apimachinery/index.ts';
import type { ReconcileResult } from '../../src/controller/index.ts';
import { clusterCondition, finalizers } from '../apis/index.ts';
import { describe } from './member-writer.ts';
import { tellHeld } from './held-removals.ts';
import type { Lane } from './pool/cluster-pools.ts';
import type { ShardWriter } from './shard-writer.ts';
import type { SyncDeps } from './sync-deps.ts';
import { takesCopiesAlong } from './takes-copies-along.ts';

const DEFAULT_GRACE_MS = 5 * 60_000;
const FULL_LEDGER_REVIEW_MS = 60_000;

/** Lets deleted objects go: at once where their copies stay, else when every member that may hold one has answered, or is owed to. */
export class Retirement<T extends KubeObject> {
  readonly #deps: SyncDeps<T>;
  readonly #writer: ShardWriter<T>;

  constructor(deps: SyncDeps<T>, writer: ShardWriter<T>) {
    this.#deps = deps;
    this.#writer = writer;
  }

  async review(lane: Lane, object: T, signal: AbortSignal): Promise<ReconcileResult> {
    const { type } = this.#deps;
    if (!takesCopiesAlong(object) || type.stays?.(object) === true) {
      await this.release(object, signal);
      return {};
    }
    if (type.readyToDelete?.(object) === false) return {};
    return this.#cascade(lane, object, signal);
  }

  async #cascade(lane: Lane, object: T, signal: AbortSignal): Promise<ReconcileResult> {
    const holding = this.holding(object);
    const heldMs = this.#heldMs(object, holding);
    if (heldMs !== undefined) return { requeueAfterMs: heldMs };
    const dark = holding.filter((cluster) => this.#isDark(cluster));
    lane.add(holding, keyOf(object));
    if (dark.length > 0) {
      const waitMs = this.#graceLeftMs(object);
      this.#tell(object, dark);
      if (waitMs > 0) return { requeueAfterMs: waitMs };
    }
    // The watches of the others tell when their copies are gone.
    if (dark.length < holding.length) return {};
    if (!(await this.#owe(object, dark, signal))) return { requeueAfterMs: FULL_LEDGER_REVIEW_MS };
    await this.release(object, signal);
    return {};
  }

  /** Members that may hold a copy. */
  holding(object: T): readonly string[] {
    const names = this.#deps.clusters.lister.list().map((cluster) => cluster.metadata.name ?? '');
    return names.filter((cluster) => this.#writer.mayHold(cluster, object)).sort();
  }

  /** No garbage collector runs here: the finalizers that ask for one have been honoured in the members. */
  async release(object: T, signal: AbortSignal): Promise<void> {
    const { federation, type } = this.#deps;
    const ours: readonly string[] = Object.values(finalizers);
    const next = ours.reduce<T>(withoutFinalizer, object);
    if (next === object) return;
    try {
      await federation.update(type.resource, next, { signal });
    } catch (err) {
      // Its next version is on the way and brings the key back.
      if (!isConflict(err) && !isNotFound(err)) throw err;
    }
  }

  /** How long until it may be asked again whether any copy goes; absent when copies may go. */
  #heldMs(object: T, holding: readonly string[]): number | undefined {
    const { removals, events, type } = this.#deps;
    const held = holding.flatMap((cluster) => removals.holding(cluster, describe(type, object)) ?? []);
    if (held.some(({ isNew }) => isNew)) tellHeld(events, object);
    return held[0]?.waitMs;
  }

  /** Offline, or nobody can tell, or it does not let us look. */
  #isDark(cluster: string): boolean {
    const { clusters, clients, members } = this.#deps;
    const joined = clusters.lister.get(cluster);
    const status = joined === undefined ? undefined : clusterCondition(joined, 'Offline')?.status;
    const isRefused = !members.synced(cluster) && members.problem(cluster) !== undefined;
    return clients.get(cluster) === undefined || status === 'True' || status === 'Unknown' || isRefused;
  }

  #graceLeftMs({ metadata }: T): number {
    const { clock, options } = this.#deps;
    const since = parseTime(metadata.deletionTimestamp) ?? clock.now();
    return since + (options?.deletionGraceMs ?? DEFAULT_GRACE_MS) - clock.now();
  }

  #tell(object: T, dark: readonly string[]): void {
    const message = `Deletion waits for ${dark.join(', ')}: not reachable, and may hold a copy. It ends when the cluster is back or leaves the federation, or after a while, and the copy is then deleted when the cluster is back.`;
    this.#deps.events.event(object, 'Warning', 'WaitingForClusters', message);
  }

  /** False when one of them is owed too much already. */
  async #owe(object: T, dark: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { type, clusters, debts, events } = this.#deps;
    const debt = { resource: type.resource, key: keyOf(object), uid: object.metadata.uid ?? '' };
    let isStored = true;
    for (const cluster of dark) {
      isStored = (await debts.owe(cluster, debt, signal)) && isStored;
      const joined = clusters.lister.get(cluster);
      if (joined === undefined) continue;
      const message = isStored
        ? `Copies in this cluster could not be deleted in time and will be when it is back; ConfigMap federation-system/owed-to-${cluster} has them`
        : 'So many copies are to be deleted in this cluster that no more can be noted: their objects stay until it is back';
      events.event(joined, 'Warning', 'DeletionsOwed', message);
    }
    return isStored;
  }
}
