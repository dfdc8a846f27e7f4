import { keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import {
  aborted,
  untilAborted,
  type Clock,
  type Logger,
  type Runnable,
  type Turns,
} from '../../src/component-base/index.ts';
import type { Informer, InformerEvent, Lister } from '../../src/controller/index.ts';
import type { ClusterClients } from './cluster-clients.ts';
import { ListProblems, type ListProblem } from './list-problems.ts';
import { Patience, type ReadingClient } from './patience.ts';

export interface FederatedEvent<T extends KubeObject> extends InformerEvent<T> {
  readonly cluster: string;
}

/**
 * `synced`: its cache holds what the member has. `removed`: the cluster has left the federation. `problem`: what the
 * member says instead of listing has changed.
 */
export type ClusterChange = 'synced' | 'connected' | 'disconnected' | 'removed' | 'problem';

export interface FederatedInformerDeps<T extends KubeObject> {
  readonly clients: Pick<ClusterClients, 'onChange'>;
  /** Makes the informer of one member, such as `(client) => createInformer(client, services, { clock, log })`. */
  readonly createInformer: (client: ReadingClient, cluster: string) => Informer<T>;
  /** Shared by all that list members; of its own when absent. */
  readonly turns?: Turns | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Member<T extends KubeObject> {
  client: Client;
  /** What is read; absent until the first informer has listed. */
  current?: Informer<T>;
  /** Ends what keeps `current` going. */
  reading?: AbortController;
  /** Ends the newest informer: the one that is read, or is to be as soon as it has listed. */
  newest: AbortController;
  connected: boolean;
}

const RESTART_DELAY_MS = 1_000;

/**
 * One informer a member, of one kind. Members do not wait for one another: each has its own list, watch and state, and
 * a member that cannot be reached keeps its last known cache. When a client is replaced the old cache is read until
 * the new one is complete.
 */
export class FederatedInformer<T extends KubeObject> implements Runnable {
  readonly name: string;
  /** As in `deployments.apps`. */
  readonly kind: string;
  readonly #deps: FederatedInformerDeps<T>;
  readonly #members = new Map<string, Member<T>>();
  readonly #eventHandlers = new Set<(event: FederatedEvent<T>) => void>();
  readonly #clusterHandlers = new Set<(cluster: string, change: ClusterChange) => void>();
  readonly #running = new Set<Promise<void>>();
  readonly #patience: Patience;
  readonly #problems: ListProblems;
  #signal: AbortSignal | undefined;

  constructor(kind: string, deps: FederatedInformerDeps<T>) {
    this.name = `federated-informer-${kind}`;
    this.kind = kind;
    this.#deps = deps;
    this.#patience = new Patience(deps.clock, deps.turns);
    this.#problems = new ListProblems((cluster) => {
      this.#tell(cluster, 'problem');
    });
  }

  get(cluster: string, key: string): T | undefined {
    return this.#members.get(cluster)?.current?.lister.get(key);
  }

  list(cluster: string, namespace?: string): readonly T[] {
    return this.#members.get(cluster)?.current?.lister.list(namespace) ?? [];
  }

  byIndex(cluster: string, index: string, value: string): readonly T[] {
    return this.#members.get(cluster)?.current?.lister.byIndex(index, value) ?? [];
  }

  /** The member has been listed completely once: what `get` does not find was not there. */
  synced(cluster: string): boolean {
    return this.#members.get(cluster)?.current !== undefined;
  }

  /** The cache is live. */
  connected(cluster: string): boolean {
    return this.#members.get(cluster)?.connected === true;
  }

  /** Why the member does not show what it has; absent where nothing was said. */
  problem(cluster: string): ListProblem | undefined {
    return this.#problems.of(cluster);
  }

  /** Objects already there are replayed as `add` at once. Returns its own removal. */
  onEvent(handler: (event: FederatedEvent<T>) => void): () => void {
    this.#eventHandlers.add(handler);
    for (const [cluster, { current }] of this.#members) {
      for (const object of current?.lister.list() ?? []) {
        handler({ cluster, type: 'add', key: keyOf(object), object });
      }
    }
    return () => {
      this.#eventHandlers.delete(handler);
    };
  }

  onCluster(handler: (cluster: string, change: ClusterChange) => void): () => void {
    this.#clusterHandlers.add(handler);
    return () => {
      this.#clusterHandlers.delete(handler);
    };
  }

  /** The member is given up: nothing is asked of it until `refresh`, which lists it anew. Its last known cache stays. */
  suspend(cluster: string): void {
    const member = this.#members.get(cluster);
    if (member === undefined) return;
    member.reading?.abort();
    member.newest.abort();
    if (!member.connected) return;
    member.connected = false;
    this.#tell(cluster, 'disconnected');
  }

  /** The member can be reached again: list it now rather than after what is left of a back-off. */
  refresh(cluster: string): void {
    const member = this.#members.get(cluster);
    if (member === undefined || member.connected || this.#signal === undefined) return;
    this.#replace(cluster, member.client, this.#signal);
  }

  /** Ready at once: whether a member can be listed says nothing of the others. */
  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    this.#signal = signal;
    const remove = this.#deps.clients.onChange((cluster, client) => {
      this.#replace(cluster, client, signal);
    });
    ready();
    await aborted(signal);
    remove();
    for (const member of this.#members.values()) end(member);
    await Promise.all(this.#running);
  }

  #replace(cluster: string, client: Client | undefined, signal: AbortSignal): void {
    const member = this.#members.get(cluster);
    if (client === undefined) {
      if (member === undefined) return;
      end(member);
      this.#members.delete(cluster);
      this.#patience.forget(cluster);
      this.#problems.forget(cluster);
      this.#tell(cluster, 'removed');
      return;
    }
    const newest = new AbortController();
    if (signal.aborted) newest.abort();
    const next: Member<T> = member ?? { client, newest, connected: false };
    // One that has not listed yet is of no use any more; the one that is read goes on until this one has.
    if (next.newest !== newest && next.newest !== next.reading) next.newest.abort();
    next.newest = newest;
    next.client = client;
    this.#members.set(cluster, next);
    const run = this.#follow(cluster, next, newest).finally(() => {
      this.#running.delete(run);
    });
    this.#running.add(run);
  }

  /** Keeps one member's informer going until its client is replaced or the cluster leaves. */
  async #follow(cluster: string, member: Member<T>, stop: AbortController): Promise<void> {
    const { clock, log, createInformer } = this.#deps;
    const { client } = member;
    const { signal } = stop;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      const patient = this.#problems.client(cluster, this.#patience.client(cluster, client));
      const informer = createInformer(patient, cluster);
      const removals: (() => void)[] = [];
      try {
        const run = informer.run(signal, () => {
          // A client that pays no heed to its signal may list after it was given up.
          if (isStopped()) return;
          removals.push(...this.#adopt(cluster, member, informer));
          if (member.reading !== stop) member.reading?.abort();
          member.reading = stop;
          this.#tell(cluster, 'synced');
        });
        // A client that pays no heed to its signal must not keep us from stopping.
        await untilAborted(run, signal);
      } catch (err) {
        if (!isStopped()) log.warn({ cluster, informer: this.name, err }, 'informer of cluster failed');
      } finally {
        for (const remove of removals) remove();
      }
      if (!isStopped()) await clock.sleep(RESTART_DELAY_MS, signal).catch(() => undefined);
    }
  }

  /** The informer's cache becomes what is read. */
  #adopt(cluster: string, member: Member<T>, informer: Informer<T>): (() => void)[] {
    const before = member.current?.lister;
    member.current = informer;
    this.#tellDifference(cluster, before, informer.lister);
    // One that was replaced may still say a last word.
    const isCurrent = () => member.current === informer && this.#members.get(cluster) === member;
    const connection = (connected: boolean) => {
      if (member.connected === connected || !isCurrent()) return;
      member.connected = connected;
      this.#tell(cluster, connected ? 'connected' : 'disconnected');
    };
    connection(informer.connected);
    let isTold = true;
    const removals = [
      informer.onEvent((event) => {
        if (!isTold && isCurrent()) this.#emit({ ...event, cluster });
      }),
      informer.onConnection(connection),
    ];
    isTold = false;
    return removals;
  }

  /** A member that was away for a moment has mostly what it had: nobody has to look at that again. */
  #tellDifference(cluster: string, before: Lister<T> | undefined, now: Lister<T>): void {
    for (const object of before?.list() ?? []) {
      const key = keyOf(object);
      if (!isSameObject(object, now.get(key))) this.#emit({ cluster, type: 'delete', key, object });
    }
    for (const object of now.list()) {
      const key = keyOf(object);
      const previous = before?.get(key);
      if (!isSameObject(object, previous)) this.#emit({ cluster, type: 'add', key, object });
      else if (object.metadata.resourceVersion !== previous.metadata.resourceVersion)
        this.#emit({ cluster, type: 'update', key, object, previous });
    }
  }

  #emit(event: FederatedEvent<T>): void {
    for (const handler of this.#eventHandlers) handler(event);
  }

  #tell(cluster: string, change: ClusterChange): void {
    for (const handler of this.#clusterHandlers) handler(cluster, change);
  }
}

function end({ reading, newest }: Pick<Member<KubeObject>, 'reading' | 'newest'>): void {
  reading?.abort();
  newest.abort();
}

const isSameObject = <T extends KubeObject>({ metadata: { uid } }: T, other: T | undefined): other is T =>
  other !== undefined && other.metadata.uid === uid;
