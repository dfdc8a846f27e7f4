import {
  isAlreadyExists,
  isConflict,
  isNotFound,
  isStatusError,
  keyOf,
  type KubeObject,
} from '../../src/apimachinery/index.ts';
import type { CopyResult, Trouble } from './copy-result.ts';
import { annotations, isOffline, labels } from '../apis/index.ts';
import { ContestedCopies } from './contested-copies.ts';
import { driftModeOf } from './drift-mode.ts';
import { withFieldOf } from './left-field.ts';
import { describe, MemberWriter, type Task } from './member-writer.ts';
import { tellHeld } from './held-removals.ts';
import type { Placements } from './placements.ts';
import type { Attempt } from './pool/attempt.ts';
import { contentMark, federationOf, hasOwnMetadata, isShardOf, isUpToDate, originOf, shardOf } from './shard.ts';
import { markOf, type Share } from './share.ts';
import type { SyncDeps } from './sync-deps.ts';
import { takesCopiesAlong } from './takes-copies-along.ts';
import type { WriteLog } from './write-log.ts';

const FOREIGN_REVIEW_MS = 60_000;
const NAMESPACE_GRACE_MS = 3_000;
const GONE_REVIEW_MS = 500;

function leaving<T extends KubeObject>(task: Task<T>, { leaves }: Share): Task<T> {
  return leaves === undefined ? task : { ...task, leaves };
}

/** Makes one member's copy of one object as placed. Writes nothing where nothing differs. */
export class ShardWriter<T extends KubeObject> {
  readonly #deps: SyncDeps<T>;
  readonly #placements: Placements;
  readonly #writes: WriteLog;
  readonly #member: MemberWriter<T>;
  readonly #contested: ContestedCopies;
  readonly #namespaceMissing = new Set<string>();
  /** Most members get the same copy: made once for each version of an object. */
  readonly #shards = new WeakMap<T, Map<string, T>>();
  /** What copies were found to be as asked for, by those copies: most looks find nothing new. */
  readonly #right = new WeakMap<T, T>();

  constructor(deps: SyncDeps<T>, placements: Placements, writes: WriteLog) {
    this.#deps = deps;
    this.#placements = placements;
    this.#writes = writes;
    this.#member = new MemberWriter(deps);
    this.#contested = new ContestedCopies(deps.clock);
  }

  /** Nothing is written any more. */
  end(): void {
    this.#member.end();
  }

  /** The cluster has left the federation. */
  forgetCluster(cluster: string): void {
    this.#writes.forgetCluster(cluster);
    this.#contested.forgetCluster(cluster);
    this.#deps.troubled.forgetCluster(cluster);
  }

  /** The federated object is gone. */
  forgetObject(key: string): void {
    this.#contested.forgetObject(key);
    this.#deps.troubled.forgetObject(key);
  }

  async reconcile(cluster: string, key: string, signal: AbortSignal, attempt: Attempt): Promise<CopyResult> {
    try {
      const result = await this.#look(cluster, key, signal, attempt);
      if (result === undefined) return {};
      this.#note(cluster, key, result.trouble);
      return result;
    } catch (err) {
      // A conflict is about to be told by the watch.
      if (!signal.aborted && !isConflict(err)) this.#note(cluster, key, 'failed');
      throw err;
    }
  }

  #note(cluster: string, key: string, trouble: Trouble | undefined): void {
    const { troubled, counters, type } = this.#deps;
    if (troubled.note(cluster, key, trouble) && trouble === 'drift') counters.drifted(cluster, type.resource);
  }

  /** `undefined`: nobody has looked. */
  async #look(cluster: string, key: string, signal: AbortSignal, attempt: Attempt): Promise<CopyResult | undefined> {
    const { objects, clients, members } = this.#deps;
    const object = objects.lister.get(key);
    const client = clients.get(cluster);
    // Whatever is missing here comes with an event that brings the key back.
    if (object === undefined || client === undefined || !this.#isConcerned(cluster, object)) return undefined;
    if (!members.synced(cluster)) return this.#unlisted(cluster, object);

    const task = { cluster, client, object, signal, attempt };
    if (object.metadata.deletionTimestamp !== undefined) return this.#retire(task);
    const placement = this.#placements.of(key)?.get(cluster) ?? { kind: 'keep' };
    switch (placement.kind) {
      case 'present':
        return this.#ensure(leaving(task, placement.share), placement.share);
      case 'absent':
        return this.#remove(task);
      case 'keep':
        return undefined;
    }
  }

  #isConcerned(cluster: string, object: T): boolean {
    const { clusters, type } = this.#deps;
    const joined = clusters.lister.get(cluster);
    return joined !== undefined && !isOffline(joined) && type.stays?.(object) !== true;
  }

  /** Nothing is made where nobody knows what there is; when that is known the key comes back. */
  #unlisted(cluster: string, object: T): CopyResult | undefined {
    const { members, events, type } = this.#deps;
    const problem = members.problem(cluster);
    if (problem === undefined || this.#placements.of(keyOf(object))?.get(cluster)?.kind !== 'present') {
      return undefined;
    }
    const message = `Failed to create ${describe(type, object)} in cluster ${cluster}: its kind cannot be listed there: ${problem.message}`;
    events.event(object, 'Warning', 'AddInClusterFailed', message);
    return { trouble: 'failed' };
  }

  /** True unless the member surely has no copy of the object. */
  mayHold(cluster: string, object: T): boolean {
    const { members } = this.#deps;
    const key = keyOf(object);
    // What is not served is not there either.
    if (!members.synced(cluster)) return members.problem(cluster)?.code !== 404;
    const member = members.get(cluster, key);
    return (member !== undefined && this.#isCopyOf(cluster, object, member)) || this.#writes.mayExist(cluster, key);
  }

  /**
   * Made from this very object, or from one of its name whose copy is owed. Any other copy of that name may be all that
   * is left of an object that this federation knows nothing of, as after it was restored from a backup.
   */
  #isCopyOf(cluster: string, object: T, member: T): boolean {
    const { type, federationName, debts } = this.#deps;
    if (!isShardOf(federationName, member)) return false;
    const uid = originOf(member);
    if (uid === object.metadata.uid) return true;
    return debts.isOwed(cluster, { resource: type.resource, key: keyOf(object), uid });
  }

  /** The member's copy is there and right: reconciling it would find just that, though by a long way. */
  isDone(cluster: string, key: string): boolean {
    const { objects, members, federationName } = this.#deps;
    const object = objects.lister.get(key);
    const placement = this.#placements.of(key)?.get(cluster);
    const copy = members.get(cluster, key);
    if (object === undefined || copy === undefined || placement?.kind !== 'present') return false;
    if (isGoing(object) || isGoing(copy) || !isShardOf(federationName, copy)) return false;
    if (!this.#isRight(cluster, this.#desired(object, placement.share), copy)) return false;
    this.#note(cluster, key, undefined);
    return true;
  }

  /** The member's copy is what the placement asks for. */
  isSettled(cluster: string, object: T, share: Share): boolean {
    const member = this.#deps.members.get(cluster, keyOf(object));
    return member !== undefined && this.#isRight(cluster, this.#desired(object, share), member);
  }

  #desired(object: T, share: Share): T {
    const made = this.#shards.get(object) ?? new Map<string, T>();
    const mark = markOf(share);
    const shard = made.get(mark) ?? shardOf(this.#deps.type, object, share, this.#deps.federationName);
    this.#shards.set(object, made.set(mark, shard));
    return shard;
  }

  async #retire(task: Task<T>): Promise<CopyResult> {
    const { object } = task;
    if (!takesCopiesAlong(object) || this.#deps.type.readyToDelete?.(object) === false) return {};
    return this.#delete(task);
  }

  /** The object stays, and its copy goes. */
  async #remove(task: Task<T>): Promise<CopyResult> {
    const { members, removals, events, type } = this.#deps;
    const { cluster, object } = task;
    const copy = members.get(cluster, keyOf(object));
    if (driftModeOf(object) === 'pause') return {};
    if (copy === undefined || !this.#isCopyOf(cluster, object, copy) || this.#isConfirmed(task)) {
      return this.#delete(task);
    }
    const verdict = removals.ask(cluster, describe(type, object));
    if (verdict.kind === 'go') return this.#delete(task);
    if (verdict.kind === 'restored') return this.#hold(task, verdict);
    if (verdict.kind === 'held') {
      const message = `A change of placement would take ${verdict.asked} of ${verdict.total} copies out of their clusters at once. Annotate the object, its policy or the cluster with ${annotations.confirm}=true if that is meant`;
      events.event(object, 'Warning', 'ConfirmationRequired', message);
    }
    return { requeueAfterMs: verdict.waitMs, ...(verdict.kind === 'held' ? { trouble: 'held' } : {}) };
  }

  #hold({ object }: Task<T>, { isNew, waitMs }: { readonly isNew: boolean; readonly waitMs: number }): CopyResult {
    if (isNew) tellHeld(this.#deps.events, object);
    return { requeueAfterMs: waitMs, trouble: 'held' };
  }

  #isConfirmed({ cluster, object }: Task<T>): boolean {
    const { clusters, placing, type } = this.#deps;
    const places = [object, clusters.lister.get(cluster), placing.policies.placementOf(type.resource, object)];
    return places.some((place) => place?.metadata.annotations?.[annotations.confirm] === 'true');
  }

  async #ensure(task: Task<T>, share: Share): Promise<CopyResult> {
    const { members, federationName } = this.#deps;
    const { cluster, object } = task;
    const key = keyOf(object);
    const member = members.get(cluster, key);
    if (member?.metadata.deletionTimestamp !== undefined) return {};
    const desired = this.#desired(object, share);
    const copy = member !== undefined && isShardOf(federationName, member) ? member : undefined;
    if (copy !== undefined && this.#isRight(cluster, desired, copy)) return this.#found(cluster, desired);
    const instead = this.#insteadOfWriting(task, isDrifted(desired, copy));
    if (instead !== undefined) return instead;
    if (this.#awaitsNamespace(cluster, object)) return { requeueAfterMs: NAMESPACE_GRACE_MS };

    const waitMs = this.#contested.waitMs(cluster, key, contentMark(desired));
    if (waitMs > 0) return this.#yield(task, waitMs);
    if (member === undefined) return this.#create(task, desired, share);
    return copy === undefined ? this.#meetForeign(task, desired, member) : this.#update(task, desired, copy);
  }

  /** By the object's drift mode; what is not done is told. */
  #insteadOfWriting({ cluster, object }: Task<T>, isDrift: boolean): CopyResult | undefined {
    const { events, type } = this.#deps;
    const mode = driftModeOf(object);
    switch (mode) {
      case 'enforce':
        return undefined;
      case 'pause':
        return {};
      case 'report': {
        if (isDrift) {
          const message = `${describe(type, object)} was changed in cluster ${cluster}, and stays so: annotation ${annotations.drift} says report`;
          events.event(object, 'Warning', 'DriftInCluster', message);
        }
        return isDrift ? { trouble: 'drift' } : undefined;
      }
      case undefined:
        events.event(
          object,
          'Warning',
          'InvalidDriftMode',
          `annotation ${annotations.drift} must be enforce, report or pause; nothing is written until it is`,
        );
        return {};
    }
  }

  /** Right for now: whoever keeps changing it may not have been at it again yet. */
  #found(cluster: string, desired: T): CopyResult {
    const waitMs = this.#contested.waitMs(cluster, keyOf(desired), contentMark(desired));
    return waitMs === 0 ? {} : { requeueAfterMs: waitMs, trouble: 'contested' };
  }

  #yield({ cluster, object }: Task<T>, waitMs: number): CopyResult {
    const { events, type } = this.#deps;
    const message = `Somebody keeps changing ${describe(type, object)} in cluster ${cluster}; it is repaired less often`;
    events.event(object, 'Warning', 'ContestedInCluster', message);
    return { requeueAfterMs: waitMs, trouble: 'contested' };
  }

  async #create(task: Task<T>, desired: T, { leaves, ...whole }: Share): Promise<CopyResult> {
    const { cluster, object } = task;
    const key = keyOf(object);
    const first = leaves === undefined ? desired : withFieldOf(desired, this.#desired(object, whole), leaves);
    this.#writes.attempt(cluster, key);
    try {
      this.#wrote(task, desired, await this.#member.create(task, first));
      return { isWritten: true };
    } catch (err) {
      if (!isAlreadyExists(err)) {
        // The member said no, so there is nothing; without an answer there may be.
        if (isStatusError(err) && err.code < 500) this.#writes.absent(cluster, key);
        throw err;
      }
      return await this.#meetForeign(task, desired, await this.#member.get(task));
    }
  }

  async #update(task: Task<T>, desired: T, member: T): Promise<CopyResult> {
    const { cluster, object } = task;
    const key = keyOf(object);
    const mayBeSpelling = hasOwnMetadata(desired, member) && !this.#writes.knows(cluster, key);
    if (mayBeSpelling && !(await this.#member.wouldChange(task, desired, member))) {
      this.#writes.wrote(cluster, key, member, contentMark(desired));
      return {};
    }
    if (isDrifted(desired, member)) this.#deps.counters.drifted(cluster, this.#deps.type.resource);
    this.#wrote(task, desired, await this.#member.update(task, desired, member));
    return { isWritten: true };
  }

  #wrote(task: Task<T>, desired: T, made: T): void {
    const { cluster, object } = task;
    const key = keyOf(object);
    const mark = contentMark(desired);
    // What any look at the copy tells need not be remembered.
    if (!isUpToDate(this.#deps.type, desired, made)) {
      this.#writes.wrote(cluster, key, made, mark);
      this.#member.tellLost(task, desired, made);
    }
    this.#contested.note(cluster, key, mark);
  }

  /** An object of that name which may not be ours. Never overwritten unless the federated object asks for it. */
  async #meetForeign(task: Task<T>, desired: T, member: T): Promise<CopyResult> {
    const { type, events, federationName } = this.#deps;
    const { cluster, object } = task;
    const isOurs = isShardOf(federationName, member) || originOf(member) === object.metadata.uid;
    const rival = isOurs ? undefined : federationOf(member);
    // Two federations that both adopt would take it from each other for ever.
    const mayTake = rival === undefined && object.metadata.annotations?.[annotations.adopt] === 'true';
    if (isOurs || mayTake) return this.#update(task, desired, member);
    this.#writes.absent(cluster, keyOf(object));
    if (type.acceptsForeign === true) return {};
    const way =
      rival === undefined
        ? `was not made by this federation; set annotation ${annotations.adopt}=true to take it over`
        : `is of federation ${JSON.stringify(rival)}; remove its label ${labels.managedBy} there to make it free`;
    const message = `${describe(type, object)} exists in cluster ${cluster} and ${way}`;
    events.event(object, 'Warning', 'AdoptionRequired', message);
    return { requeueAfterMs: FOREIGN_REVIEW_MS, trouble: 'conflict' };
  }

  async #delete(task: Task<T>): Promise<CopyResult> {
    const { members, removals, type } = this.#deps;
    const { cluster, object } = task;
    const key = keyOf(object);
    const cached = members.get(cluster, key);
    if (cached === undefined && !this.#writes.mayExist(cluster, key)) return {};
    try {
      const member = cached ?? (await this.#member.get(task));
      if (!this.#isCopyOf(cluster, object, member)) {
        this.#writes.absent(cluster, key);
        return {};
      }
      const held = removals.holding(cluster, describe(type, object));
      if (held !== undefined) return this.#hold(task, held);
      if (member.metadata.deletionTimestamp === undefined) await this.#member.delete(task, member);
      // The watch tells when it is gone; where the watch never knew of it, ask again.
      return cached === undefined ? { requeueAfterMs: GONE_REVIEW_MS } : {};
    } catch (err) {
      // Changed since: it is looked at again, for it may be somebody else's by now.
      if (isConflict(err)) return { requeueAfterMs: GONE_REVIEW_MS };
      if (!isNotFound(err)) throw err;
      this.#writes.absent(cluster, key);
      return {};
    }
  }

  /** True the first time that the namespace is missing; later it is tried, so that the member's own answer is told. */
  #awaitsNamespace(cluster: string, { metadata }: T): boolean {
    const { namespaces } = this.#deps;
    if (namespaces === undefined || metadata.namespace === undefined || !namespaces.synced(cluster)) return false;
    const id = `${cluster} ${metadata.namespace}/${metadata.name ?? ''}`;
    const isMissing = namespaces.get(cluster, metadata.namespace) === undefined;
    if (!isMissing) this.#namespaceMissing.delete(id);
    if (!isMissing || this.#namespaceMissing.has(id)) return false;
    this.#namespaceMissing.add(id);
    return true;
  }

  /** As wanted, though perhaps in the member's own spelling. */
  #isRight(cluster: string, desired: T, member: T): boolean {
    if (this.#right.get(member) === desired) return true;
    if (isUpToDate(this.#deps.type, desired, member)) {
      this.#right.set(member, desired);
      return true;
    }
    const mark = contentMark(desired);
    return hasOwnMetadata(desired, member) && this.#writes.isUntouched(cluster, keyOf(desired), member, mark);
  }
}

/** Written as wanted, and no more as wanted: somebody in the member has changed it. */
function isDrifted(desired: KubeObject, copy: KubeObject | undefined): boolean {
  return copy !== undefined && contentMark(copy) === contentMark(desired);
}

const isGoing = ({ metadata }: KubeObject) => metadata.deletionTimestamp !== undefined;
