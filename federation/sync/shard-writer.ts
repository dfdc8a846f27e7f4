import {
  isAlreadyExists,
  isNotFound,
  isStatusError,
  keyOf,
  splitKey,
  type KubeObject,
} from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { ReconcileResult } from '../../src/controller/index.ts';
import { annotations, finalizers, isOffline, labels } from '../apis/index.ts';
import { ContestedCopies } from './contested-copies.ts';
import type { Share } from './federated-type.ts';
import type { Placements } from './placements.ts';
import { contentMark, federationOf, hasOwnMetadata, isShardOf, isUpToDate, replacement, shardOf } from './shard.ts';
import type { SyncDeps } from './sync-deps.ts';
import type { WriteLog } from './write-log.ts';

const FOREIGN_REVIEW_MS = 60_000;
const NAMESPACE_GRACE_MS = 3_000;
const GONE_REVIEW_MS = 500;

type Action = 'Create' | 'Update' | 'Delete';

/** Makes one member's copy of one object as placed. Writes nothing where nothing differs. */
export class ShardWriter<T extends KubeObject> {
  readonly #deps: SyncDeps<T>;
  readonly #placements: Placements;
  readonly #writes: WriteLog;
  readonly #contested: ContestedCopies;
  readonly #namespaceMissing = new Set<string>();
  /** Most members get the same copy: made once for each version of an object. */
  readonly #shards = new WeakMap<T, Map<number | undefined, T>>();

  constructor(deps: SyncDeps<T>, placements: Placements, writes: WriteLog) {
    this.#deps = deps;
    this.#placements = placements;
    this.#writes = writes;
    this.#contested = new ContestedCopies(deps.clock);
  }

  /** The cluster has left the federation. */
  forgetCluster(cluster: string): void {
    this.#writes.forgetCluster(cluster);
    this.#contested.forgetCluster(cluster);
  }

  /** The federated object is gone. */
  forgetObject(key: string): void {
    this.#contested.forgetObject(key);
  }

  async reconcile(cluster: string, key: string, signal: AbortSignal): Promise<ReconcileResult> {
    const { objects, clients, type } = this.#deps;
    const object = objects.lister.get(key);
    const client = clients.get(cluster);
    // Whatever is missing here comes with an event that brings the key back.
    if (object === undefined || client === undefined || !this.#canBeAsked(cluster)) return {};
    if (type.stays?.(object) === true) return {};

    if (object.metadata.deletionTimestamp !== undefined) return this.#retire(cluster, object, client, signal);
    const placement = this.#placements.of(key)?.get(cluster) ?? { kind: 'keep' };
    switch (placement.kind) {
      case 'present':
        return this.#ensure(cluster, object, { client, share: placement.share, signal });
      case 'absent':
        return this.#delete(cluster, object, client, signal);
      case 'keep':
        return {};
    }
  }

  #canBeAsked(cluster: string): boolean {
    const { clusters, members } = this.#deps;
    const joined = clusters.lister.get(cluster);
    return joined !== undefined && !isOffline(joined) && members.synced(cluster);
  }

  /** True unless the member surely has no copy of ours. */
  mayHold(cluster: string, key: string): boolean {
    const { members, federationName } = this.#deps;
    if (!members.synced(cluster)) return true;
    const member = members.get(cluster, key);
    return (member !== undefined && isShardOf(federationName, member)) || this.#writes.mayExist(cluster, key);
  }

  /** The member's copy is what the placement asks for. */
  isSettled(cluster: string, object: T, share: Share): boolean {
    const { members, type } = this.#deps;
    const key = keyOf(object);
    const member = members.get(cluster, key);
    if (member === undefined) return false;
    const desired = this.#desired(object, share);
    return isUpToDate(type, desired, member) || this.#isOwnSpelling(cluster, key, desired, member);
  }

  #desired(object: T, share: Share): T {
    const made = this.#shards.get(object) ?? new Map<number | undefined, T>();
    const shard = made.get(share.replicas) ?? shardOf(this.#deps.type, object, share, this.#deps.federationName);
    this.#shards.set(object, made.set(share.replicas, shard));
    return shard;
  }

  async #retire(cluster: string, object: T, client: Client, signal: AbortSignal): Promise<ReconcileResult> {
    const held = object.metadata.finalizers ?? [];
    const cascades = held.includes(finalizers.deleteFromUnderlyingClusters) && !held.includes(finalizers.orphan);
    if (!cascades || this.#deps.type.readyToDelete?.(object) === false) return {};
    return this.#delete(cluster, object, client, signal);
  }

  async #ensure(
    cluster: string,
    object: T,
    { client, share, signal }: { client: Client; share: Share; signal: AbortSignal },
  ): Promise<ReconcileResult> {
    const { members, type, federationName } = this.#deps;
    const key = keyOf(object);
    if (this.#awaitsNamespace(cluster, object)) return { requeueAfterMs: NAMESPACE_GRACE_MS };

    const desired = this.#desired(object, share);
    const member = members.get(cluster, key);
    if (member?.metadata.deletionTimestamp !== undefined) return {};
    if (member !== undefined && isShardOf(federationName, member)) {
      if (isUpToDate(type, desired, member) || this.#isOwnSpelling(cluster, key, desired, member)) return {};
    }
    const waitMs = this.#contested.waitMs(cluster, key, contentMark(desired));
    if (waitMs > 0) return this.#yield(cluster, object, waitMs);
    if (member === undefined) return this.#create(cluster, object, { client, desired, signal });
    if (isShardOf(federationName, member)) return this.#update(cluster, object, { client, desired, member, signal });
    return this.#meetForeign(cluster, object, { client, desired, member, signal });
  }

  #yield(cluster: string, object: T, waitMs: number): ReconcileResult {
    const { events, type } = this.#deps;
    const message = `Somebody keeps changing ${describe(type, keyOf(object))} in cluster ${cluster}; it is repaired less often`;
    events.event(object, 'Warning', 'ContestedInCluster', message);
    return { requeueAfterMs: waitMs };
  }

  #wrote(cluster: string, key: string, made: T, mark: string): void {
    this.#writes.wrote(cluster, key, made, mark);
    this.#contested.note(cluster, key, mark);
  }

  async #create(cluster: string, object: T, { client, desired, signal }: Write<T>): Promise<ReconcileResult> {
    const { type } = this.#deps;
    const key = keyOf(object);
    this.#writes.attempt(cluster, key);
    try {
      const made = await this.#announced('Create', cluster, object, () =>
        client.create(type.resource, desired, { signal }),
      );
      this.#wrote(cluster, key, made, contentMark(desired));
      return {};
    } catch (err) {
      if (!isAlreadyExists(err)) {
        // The member said no, so there is nothing; without an answer there may be.
        if (isStatusError(err) && err.code < 500) this.#writes.absent(cluster, key);
        throw err;
      }
      const member = await client.get(type.resource, splitKey(key), { signal });
      return await this.#meetForeign(cluster, object, { client, desired, member, signal });
    }
  }

  async #update(
    cluster: string,
    object: T,
    { client, desired, member, signal }: Write<T> & { readonly member: T },
  ): Promise<ReconcileResult> {
    const { type } = this.#deps;
    const next = replacement(type, desired, member);
    const made = await this.#announced('Update', cluster, object, () => client.update(type.resource, next, { signal }));
    this.#wrote(cluster, keyOf(object), made, contentMark(desired));
    return {};
  }

  /** An object of that name which may not be ours. Never overwritten unless the federated object asks for it. */
  async #meetForeign(cluster: string, object: T, write: Write<T> & { readonly member: T }): Promise<ReconcileResult> {
    const { type, events, federationName } = this.#deps;
    const key = keyOf(object);
    const { uid } = object.metadata;
    const isOurs =
      isShardOf(federationName, write.member) || write.member.metadata.annotations?.[annotations.federatedUid] === uid;
    const rival = isOurs ? undefined : federationOf(write.member);
    // Two federations that both adopt would take it from each other for ever.
    const mayTake = rival === undefined && object.metadata.annotations?.[annotations.adopt] === 'true';
    if (isOurs || mayTake) return this.#update(cluster, object, write);
    this.#writes.absent(cluster, key);
    if (type.acceptsForeign === true) return {};
    const way =
      rival === undefined
        ? `was not made by this federation; set annotation ${annotations.adopt}=true to take it over`
        : `is of federation ${JSON.stringify(rival)}; remove its label ${labels.managedBy} there to make it free`;
    const message = `${describe(type, key)} exists in cluster ${cluster} and ${way}`;
    events.event(object, 'Warning', 'AdoptionRequired', message);
    return { requeueAfterMs: FOREIGN_REVIEW_MS };
  }

  async #delete(cluster: string, object: T, client: Client, signal: AbortSignal): Promise<ReconcileResult> {
    const { members, type, federationName } = this.#deps;
    const key = keyOf(object);
    const cached = members.get(cluster, key);
    if (cached === undefined && !this.#writes.mayExist(cluster, key)) return {};
    try {
      const member = cached ?? (await client.get(type.resource, splitKey(key), { signal }));
      if (isShardOf(federationName, member) && member.metadata.deletionTimestamp === undefined) {
        const { uid } = member.metadata;
        await this.#announced('Delete', cluster, object, () =>
          client.delete(type.resource, splitKey(key), {
            signal,
            propagationPolicy: 'Background',
            ...(uid === undefined ? {} : { preconditions: { uid } }),
          }),
        );
      }
      // The watch tells when it is gone; where the watch never knew of it, ask again.
      return cached === undefined ? { requeueAfterMs: GONE_REVIEW_MS } : {};
    } catch (err) {
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

  #isOwnSpelling(cluster: string, key: string, desired: T, member: T): boolean {
    return hasOwnMetadata(desired, member) && this.#writes.isUntouched(cluster, key, member, contentMark(desired));
  }

  async #announced<R>(action: Action, cluster: string, object: T, call: () => Promise<R>): Promise<R> {
    const { events, type } = this.#deps;
    const what = describe(type, keyOf(object));
    events.event(object, 'Normal', `${action}InCluster`, `${progressive[action]} ${what} in cluster ${cluster}`);
    try {
      return await call();
    } catch (err) {
      const silent = isNotFound(err) || isAlreadyExists(err);
      if (!(silent && action !== 'Update')) {
        const reason = `${action === 'Create' ? 'Add' : action}InClusterFailed`;
        const text = err instanceof Error ? err.message : String(err);
        events.event(
          object,
          'Warning',
          reason,
          `Failed to ${action.toLowerCase()} ${what} in cluster ${cluster}: ${text}`,
        );
      }
      throw err;
    }
  }
}

interface Write<T> {
  readonly client: Client;
  readonly desired: T;
  readonly signal: AbortSignal;
}

const progressive: Readonly<Record<Action, string>> = { Create: 'Creating', Update: 'Updating', Delete: 'Deleting' };

function describe(type: { readonly resource: { readonly kind: string } }, key: string): string {
  return `${type.resource.kind.toLowerCase()} ${JSON.stringify(key)}`;
}
