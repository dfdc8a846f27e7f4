import {
  apiVersionOf,
  deepEqual,
  groupResource,
  isAlreadyExists,
  isConflict,
  isNotFound,
  keyOf,
  splitKey,
  type JsonValue,
  type KubeObject,
} from '../../src/apimachinery/index.ts';
import type { CallOptions, Client, WriteOptions } from '../../src/client/index.ts';
import { isNoApply } from './apply-support.ts';
import { fieldsLost, formatPath, withoutFields, type FieldPath } from './field-path.ts';
import { fieldAlone, fieldAt, withFieldOf } from './left-field.ts';
import { applied, asSeen, disowning, replacement } from './shard.ts';
import { creationEntry, saysWhoOwnsWhat, takeOver } from './own-fields-entry.ts';
import type { Attempt } from './pool/attempt.ts';
import type { SyncDeps } from './sync-deps.ts';
import { WriteAnnouncements, type Action } from './write-announcements.ts';
import { MembersUnknownFields } from './unknown-fields.ts';

type Call = Required<Pick<CallOptions, 'signal' | 'context'>>;

/** One copy in one member. */
export interface Task<T extends KubeObject> {
  readonly cluster: string;
  readonly client: Client;
  readonly object: T;
  readonly signal: AbortSignal;
  readonly attempt: Attempt;
  /** A field that is the member's to set. */
  readonly leaves?: FieldPath;
}

/** What is said to members about copies: writes are announced by events, and go through the cluster's pool. */
export class MemberWriter<T extends KubeObject> {
  readonly #deps: SyncDeps<T>;
  readonly #fieldManager: string;
  readonly #announcements: WriteAnnouncements;
  readonly #unknown = new MembersUnknownFields();

  constructor(deps: SyncDeps<T>) {
    this.#deps = deps;
    this.#fieldManager = fieldManagerOf(deps.federationName);
    this.#announcements = new WriteAnnouncements(deps.events, deps.clock);
  }

  /** Nothing is written any more; no timer is left. */
  end(): void {
    this.#announcements.tell();
  }

  get(task: Task<T>): Promise<T> {
    const { client, object } = task;
    return this.#call(task, (call) => client.get(this.#deps.type.resource, keyIn(object), call));
  }

  create(task: Task<T>, desired: T): Promise<T> {
    const { type } = this.#deps;
    return this.#announced('Create', task, (call) =>
      task.client.create(type.resource, desired, { ...call, fieldManager: this.#fieldManager }),
    );
  }

  /** Only what is ours, where the member can tell that apart; else all of it with what is not ours put back. */
  async update(task: Task<T>, desired: T, member: T): Promise<T> {
    const { type, applySupport } = this.#deps;
    const { client } = task;
    if (this.#canApply(client, member)) {
      try {
        return await this.#announced('Update', task, async (call) => {
          await this.#takeOver(client, member, call);
          await this.#handOver(task, member, call);
          return this.#apply(task, desired, member, call);
        });
      } catch (err) {
        if (!applySupport.learns(client, err)) throw err;
      }
    }
    const next = task.leaves === undefined ? desired : withFieldOf(desired, member, task.leaves);
    return this.#announced('Update', task, (call) =>
      client.update(type.resource, replacement(type, next, member), { ...call, fieldManager: this.#fieldManager }),
    );
  }

  /** Whether writing would change anything: what differs may only be how the member spells what we wrote. */
  async wouldChange(task: Task<T>, desired: T, member: T): Promise<boolean> {
    const { client } = task;
    const { applySupport } = this.#deps;
    if (!this.#canApply(client, member)) return true;
    try {
      const next = await this.#call(task, (call) => this.#apply(task, desired, member, { ...call, dryRun: true }));
      return !deepEqual(contentOf(next), contentOf(member));
    } catch (err) {
      if (!applySupport.learns(client, err)) throw err;
      return true;
    }
  }

  /** Or leaves it to others who use it. */
  async delete(task: Task<T>, copy: T): Promise<unknown> {
    const { type, view } = this.#deps;
    const { cluster, client, object } = task;
    const isUsed =
      type.isUsedByOthers !== undefined &&
      (await this.#call(task, async ({ signal }) => type.isUsedByOthers?.(copy, view(cluster, client), signal)));
    if (isUsed === true) {
      const patch = disowning(copy);
      return this.#announced('Release', task, (call) =>
        client.patch(type.resource, keyIn(object), { type: 'merge', patch }, call),
      );
    }
    return this.#announced('Delete', task, (call) =>
      task.client.delete(type.resource, keyIn(task.object), {
        ...call,
        propagationPolicy: 'Background',
        preconditions: asSeen(copy),
      }),
    );
  }

  #canApply(client: Client, member: T): boolean {
    const { type, applySupport } = this.#deps;
    return type.isWhole !== true && applySupport.has(client) && saysWhoOwnsWhat(member);
  }

  /** All of it that the member knows. */
  async #apply(task: Task<T>, desired: T, member: T, options: Call & WriteOptions): Promise<T> {
    const { resource } = this.#deps.type;
    const { cluster, client } = task;
    const unknown = this.#unknown.of(client, this.#deps.clusters.lister.get(cluster)?.status?.version);
    const whole = applied(resource, desired, member);
    for (;;) {
      const known = unknown.without(whole);
      // @NOTE objects of the API are JSON.
      const patch = known as unknown as JsonValue;
      try {
        return await client.patch(
          resource,
          keyIn(desired),
          { type: 'apply', patch, force: true },
          { ...options, fieldManager: this.#fieldManager },
        );
      } catch (err) {
        if (!unknown.learns(err, known)) throw err;
      }
    }
  }

  /**
   * A field that nobody owns goes back to its default. Before it is let go of it is owned by a manager that never changes
   * it; where somebody in the member has set it that one owns it already, as the conflict says.
   */
  async #handOver({ client, leaves }: Task<T>, member: T, call: Call): Promise<void> {
    if (leaves === undefined || fieldAt(member, leaves) === undefined) return;
    const { resource } = this.#deps.type;
    const { name = '', uid = '' } = member.metadata;
    const type = { apiVersion: apiVersionOf(resource), kind: resource.kind };
    const content = { ...type, metadata: { name, uid }, ...fieldAlone(member, leaves) };
    // @NOTE objects of the API are JSON.
    const patch = content as unknown as JsonValue;
    try {
      const fieldManager = `${this.#fieldManager}-left`;
      await client.patch(resource, keyIn(member), { type: 'apply', patch }, { ...call, fieldManager });
    } catch (err) {
      if (!isConflict(err)) throw err;
    }
  }

  /** Of defaults, which the federation filled in by itself, nobody misses any. */
  tellLost({ cluster, object }: Pick<Task<T>, 'cluster' | 'object'>, desired: T, made: T): void {
    const { type, events, defaulted } = this.#deps;
    const lost = fieldsLost(made, desired).filter(
      (path) => !deepEqual(defaulted(type.resource, withoutFields(desired, [path])), desired),
    );
    if (lost.length === 0) return;
    const fields = lost.map(formatPath).join(', ');
    const message = `Cluster ${cluster} has taken ${describe(type, object)} without ${fields}: its Kubernetes may be too old`;
    events.event(object, 'Warning', 'FieldsLostInCluster', message);
  }

  /** What was created is not applied yet: without this a field taken away later would be kept as that of the creator. */
  async #takeOver(client: Client, member: T, call: Call): Promise<void> {
    const entry = creationEntry(member, this.#fieldManager);
    if (entry === undefined) return;
    const patch = takeOver(member, entry, this.#fieldManager);
    await client.patch(this.#deps.type.resource, keyIn(member), { type: 'json', patch }, call);
  }

  #call<R>(task: Task<T>, send: (call: Call) => Promise<R>): Promise<R> {
    const { cluster, object, signal, attempt } = task;
    const context = attempt.contextFor(object.metadata.uid ?? '');
    return this.#deps.pools.call(cluster, signal, (own) => send({ signal: own, context }));
  }

  async #announced<R>(action: Action, task: Task<T>, send: (call: Call) => Promise<R>): Promise<R> {
    const { type, counters } = this.#deps;
    const { cluster, object, signal } = task;
    this.#announcements.note(action, cluster, object, describe(type, object));
    try {
      const answer = await this.#call(task, send);
      counters.wrote(cluster, type.resource, { action, result: 'ok' });
      this.#log(action, task);
      return answer;
    } catch (err) {
      const isAnswer =
        action === 'Update' ? isNoApply(err) : isNotFound(err) || isAlreadyExists(err) || isConflict(err);
      if (!isAnswer && !signal.aborted) {
        counters.wrote(cluster, type.resource, { action, result: 'failed' });
        this.#tellFailure(action, task, err);
      }
      throw err;
    }
  }

  /** What is not logged here has failed, and is logged by whoever tries it again. */
  #log(action: Action, { cluster, object, attempt }: Task<T>): void {
    const { log, type } = this.#deps;
    const copy = `${groupResource(type.resource)} ${keyOf(object)}`;
    const { uid, generation } = object.metadata;
    log.debug({ cluster, copy, uid, generation, auditID: attempt.auditId, action }, 'wrote copy');
  }

  #tellFailure(action: Action, { cluster, object }: Task<T>, err: unknown): void {
    const { events, type } = this.#deps;
    const reason = `${action === 'Create' ? 'Add' : action}InClusterFailed`;
    const text = err instanceof Error ? err.message : String(err);
    const what = describe(type, object);
    events.event(object, 'Warning', reason, `Failed to ${action.toLowerCase()} ${what} in cluster ${cluster}: ${text}`);
  }
}

/** By whom members find their fields owned. */
export function fieldManagerOf(federation: string): string {
  return `koinon-${federation}`;
}

export function describe(
  type: { readonly resource: { readonly kind: string } },
  object: Pick<KubeObject, 'metadata'>,
): string {
  return `${type.resource.kind.toLowerCase()} ${JSON.stringify(keyOf(object))}`;
}

function keyIn(object: KubeObject) {
  return splitKey(keyOf(object));
}

/** Without what changes with every write. */
function contentOf({ metadata, ...object }: KubeObject): unknown {
  const { managedFields: _fields, resourceVersion: _version, generation: _generation, ...own } = metadata;
  return { ...object, metadata: own };
}
