import {
  groupResource,
  hasFinalizer,
  isConflict,
  isNotFound,
  keyOf,
  withFinalizer,
  type KubeObject,
} from '../../src/apimachinery/index.ts';
import type { Runnable } from '../../src/component-base/index.ts';
import { controller, Sweep, WorkQueue, type ReconcileResult } from '../../src/controller/index.ts';
import { withinSpan, type Span } from '../../src/tracing/index.ts';
import { finalizers, isOffline } from '../apis/index.ts';
import type { Lane } from './pool/cluster-pools.ts';
import { MemberReviews } from './member-reviews.ts';
import { PendingChanges } from './pending-changes.ts';
import { Placements } from './placements.ts';
import { isPlacedOtherwise, Placing, type Decision } from './placing.ts';
import { isSeenOtherwise } from './placing-sight.ts';
import { copiesIn } from './placing-copies.ts';
import { withoutRecord } from './placing-record.ts';
import { Retirement } from './retirement.ts';
import { ShardWriter } from './shard-writer.ts';
import type { SyncDeps } from './sync-deps.ts';
import { WriteLog } from './write-log.ts';

const OBJECT_WORKERS = 8;
const WITHDRAWAL_REVIEW_MS = 1_000;
const REVIEW_PAUSE_MS = 500;

/** Keeps a copy of every object of one kind in every member that shall have one. */
export function syncController<T extends KubeObject>(deps: SyncDeps<T>): Runnable {
  return new SyncController(deps);
}

type Placed = Pick<Extract<Decision, { readonly ok: true }>, 'placements' | 'isShort'>;

interface Placeable<T extends KubeObject> {
  readonly lane: Lane;
  readonly object: T;
  readonly span: Span | undefined;
}

class SyncController<T extends KubeObject> implements Runnable {
  readonly name: string;
  readonly #deps: SyncDeps<T>;
  readonly #placing: Placing<T>;
  readonly #placements = new Placements();
  readonly #writes = new WriteLog();
  readonly #writer: ShardWriter<T>;
  readonly #retirement: Retirement<T>;
  readonly #queue: WorkQueue;
  /** Of all objects, as members come and go one after the other. */
  readonly #review: Sweep;
  readonly #changes: PendingChanges;

  constructor(deps: SyncDeps<T>) {
    this.name = `federation-${deps.type.resource.kind.toLowerCase()}-controller`;
    this.#deps = deps;
    this.#writer = new ShardWriter(deps, this.#placements, this.#writes);
    this.#placing = new Placing(deps);
    this.#retirement = new Retirement(deps, this.#writer);
    this.#changes = new PendingChanges(deps.clock);
    const rank = (key: string) => this.#changes.rank(key);
    this.#queue = new WorkQueue(deps.clock, { name: this.name, rank, restrained: true });
    this.#review = new Sweep(deps.clock, REVIEW_PAUSE_MS, () => {
      this.#addAll();
    });
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { pools, type } = this.#deps;
    const lane = pools.lane(groupResource(type.resource), {
      rank: type.rank,
      reconcile: async (cluster, key, own, attempt) => {
        const result = await this.#writer.reconcile(cluster, key, own, attempt);
        this.#noteRetired(cluster, key);
        return result;
      },
      isDone: (cluster, key) => this.#writer.isDone(cluster, key),
    });
    const removals = this.#listen(lane);
    const worker = controller({
      name: this.name,
      queue: this.#queue,
      workers: OBJECT_WORKERS,
      clock: this.#deps.clock,
      log: this.#deps.log,
      reconcile: (key, own) => this.#reconcile(lane, key, own),
    });
    await worker.run(signal, ready);
    for (const remove of removals) remove();
    this.#review.end();
    lane.close();
    this.#writer.end();
  }

  #listen(lane: Lane): readonly (() => void)[] {
    const { objects, clusters, members, namespaces, removals, type, clock, log } = this.#deps;
    const look = (cluster: string, object: T) => {
      this.#look(lane, cluster, object);
    };
    const reviews = new MemberReviews({ objects: objects.lister, look, clock, log });
    const listening = [
      () => {
        reviews.end();
      },
      objects.onEvent((event) => {
        this.#changes.note(event);
        this.#queue.add(event.key);
      }),
      clusters.onEvent(({ type: change, object, previous }) => {
        if (change === 'delete') this.#leave(object.metadata.name ?? '');
        if (previous === undefined || change === 'delete' || isPlacedOtherwise(previous, object)) this.#addAll();
        else if (isSeenOtherwise(previous, object)) this.#revisit(reviews, object.metadata.name ?? '');
      }),
      members.onEvent(({ cluster, key, type: change }) => {
        if (change === 'delete') this.#writes.absent(cluster, key);
        else this.#writes.seen(cluster, key);
        const object = objects.lister.get(key);
        // As long as not all is known of a member nothing is done there; then all is looked at once.
        if (object === undefined || !members.synced(cluster)) return;
        // What may be done twice is decided anew before anybody acts on what is decided.
        if (type.apportion !== undefined && change === 'delete') this.#placements.delete(key);
        lane.add([cluster], key);
        const waits = object.metadata.deletionTimestamp !== undefined;
        if (waits || type.plan !== undefined || type.aggregateStatus !== undefined) this.#queue.add(key);
      }),
      this.#placing.listen((key, afterMs) => {
        if (afterMs === undefined) this.#queue.add(key);
        else this.#queue.addAfter(key, afterMs);
      }),
      removals.onHold(() => {
        this.#addAll();
        for (const { metadata } of clusters.lister.list()) this.#revisit(reviews, metadata.name ?? '');
      }),
      members.onCluster((cluster, change) => {
        if (change === 'synced' || change === 'removed' || change === 'problem') this.#revisit(reviews, cluster);
      }),
    ];
    if (namespaces !== undefined) {
      listening.push(
        namespaces.onEvent(({ cluster, object, type: change }) => {
          if (change !== 'add') return;
          for (const { metadata } of objects.lister.list(object.metadata.name)) {
            lane.add([cluster], keyOf({ metadata }));
          }
        }),
      );
    }
    return listening;
  }

  /** No watch tells of a copy that turned out never to have been made, or not to be one of this object. */
  #noteRetired(cluster: string, key: string): void {
    const object = this.#deps.objects.lister.get(key);
    if (object?.metadata.deletionTimestamp !== undefined && !this.#writer.mayHold(cluster, object))
      this.#queue.add(key);
  }

  #leave(cluster: string): void {
    this.#writer.forgetCluster(cluster);
  }

  /** One member has come or gone: its own copies, and what is decided by looking at all members. */
  #revisit(reviews: MemberReviews<T>, cluster: string): void {
    if (this.#isTogether) this.#review.request();
    reviews.request(cluster);
  }

  get #isTogether(): boolean {
    const { type } = this.#deps;
    return type.plan !== undefined || type.aggregateStatus !== undefined;
  }

  #look(lane: Lane, cluster: string, object: T): void {
    const key = keyOf(object);
    const isDeleted = object.metadata.deletionTimestamp !== undefined;
    if (isDeleted || (!this.#isTogether && this.#isLacking(cluster, object))) this.#queue.add(key);
    if (this.#deps.clusters.lister.get(cluster) !== undefined) lane.add([cluster], key);
  }

  /** Its copy there is not as it was placed last. */
  #isLacking(cluster: string, object: T): boolean {
    const placement = this.#placements.of(keyOf(object))?.get(cluster);
    switch (placement?.kind) {
      case 'present':
        return !this.#writer.isSettled(cluster, object, placement.share);
      case 'absent':
        return this.#writer.mayHold(cluster, object);
      case 'keep':
      case undefined:
        return false;
    }
  }

  /** Nobody looks at copies in a cluster out of sight: what they lack is known all the same. */
  #noteUnseen(object: T, placements: ReadonlyMap<string, unknown>): void {
    const { clusters, troubled } = this.#deps;
    const key = keyOf(object);
    for (const name of placements.keys()) {
      const cluster = clusters.lister.get(name);
      if (cluster === undefined || !isOffline(cluster)) continue;
      const known = troubled.of(key).get(name)?.trouble;
      const isLacking = this.#isLacking(name, object);
      if (isLacking && known === undefined) troubled.note(name, key, 'unseen');
      if (!isLacking && known === 'unseen') troubled.note(name, key, undefined);
    }
  }

  #addAll(): void {
    for (const object of this.#deps.objects.lister.list()) this.#queue.add(keyOf(object));
  }

  async #reconcile(lane: Lane, key: string, signal: AbortSignal): Promise<ReconcileResult> {
    const { objects, placing, type } = this.#deps;
    const object = objects.lister.get(key);
    if (object === undefined) {
      this.#placements.delete(key);
      this.#changes.settle(key);
      this.#writer.forgetObject(key);
      return {};
    }
    if (object.metadata.deletionTimestamp !== undefined) return this.#retirement.review(lane, object, signal);
    if (type.stays?.(object) === true) return {};
    if (type.isWanted?.(object, placing.scaling) === false) return this.#withdraw(lane, object, signal);
    if (await this.#ensureFinalizers(object, signal)) return {};
    const { namespace = '', name = '', uid = '', generation = 0 } = object.metadata;
    const attributes = { 'koinon.resource': groupResource(type.resource), namespace, name, uid, generation };
    return withinSpan(this.#deps.tracer, 'reconcile', { attributes }, (span) =>
      this.#place({ lane, object, span }, signal),
    );
  }

  /** Both, before anything is made in a member: from then on deletion can ask what shall become of the copies. */
  async #ensureFinalizers(object: T, signal: AbortSignal): Promise<boolean> {
    const next = withFinalizer(withFinalizer(object, finalizers.deleteFromUnderlyingClusters), finalizers.orphan);
    if (next === object) return false;
    await this.#update(next, signal);
    return true;
  }

  /** Wanted in members no longer: it leaves them all, and is then as one that never was there. */
  async #withdraw(lane: Lane, object: T, signal: AbortSignal): Promise<ReconcileResult> {
    if (!hasFinalizer(object, finalizers.deleteFromUnderlyingClusters)) return {};
    const key = keyOf(object);
    const names = this.#deps.clusters.lister.list().map(({ metadata }) => metadata.name ?? '');
    this.#placements.set(key, new Map(names.map((name) => [name, { kind: 'absent' }])), this.#placements.begin(key));
    const holding = this.#retirement.holding(object);
    if (holding.length === 0) await this.#retirement.release(withoutRecord(object), signal);
    lane.add(holding, key);
    return holding.length === 0 ? {} : { requeueAfterMs: WITHDRAWAL_REVIEW_MS };
  }

  async #place({ lane, object, span }: Placeable<T>, signal: AbortSignal): Promise<ReconcileResult> {
    const key = keyOf(object);
    const begun = this.#placements.begin(key);
    const decision = await withinSpan(this.#deps.tracer, 'plan', { parent: span?.context }, () =>
      this.#placing.decide(object, this.#placements.of(key), signal),
    );
    if (!decision.ok) {
      this.#placements.delete(key);
      return {};
    }
    const { placements, isShort, reviewAfterMs } = decision;
    // What made it out of date has brought the key back.
    if (!this.#placements.set(key, placements, begun)) return {};
    this.#noteUnseen(object, placements);
    lane.add(placements.keys(), key, { since: this.#changes.since(key), span });
    this.#changes.settle(key);
    await this.#writeStatus(object, { placements, isShort }, signal);
    return reviewAfterMs === undefined ? {} : { requeueAfterMs: reviewAfterMs };
  }

  async #writeStatus(object: T, { placements, isShort }: Placed, signal: AbortSignal): Promise<void> {
    const { type, clusters, members, federation, clock } = this.#deps;
    if (type.aggregateStatus === undefined) return;
    const names = clusters.lister.list().map(({ metadata }) => metadata.name ?? '');
    const copies = copiesIn(members, object, names);
    const isSettled =
      !isShort &&
      [...placements].every(
        ([cluster, placement]) =>
          placement.kind !== 'present' || this.#writer.isSettled(cluster, object, placement.share),
      );
    const next = type.aggregateStatus(object, copies, { isSettled, now: clock.now() });
    if (next === object) return;
    try {
      await federation.updateStatus(type.resource, next, { signal });
    } catch (err) {
      // Its next version, which may be that with the record of where it is, brings the key back.
      if (!isConflict(err)) throw err;
    }
  }

  async #update(object: T, signal: AbortSignal): Promise<void> {
    const { federation, type } = this.#deps;
    try {
      await federation.update(type.resource, object, { signal });
    } catch (err) {
      // Its next version is on the way and brings the key back.
      if (!isConflict(err) && !isNotFound(err)) throw err;
    }
  }
}
