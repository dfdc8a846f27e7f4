import { isConflict, isNotFound } from '../../src/apimachinery/index.ts';
import type { Node } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock, Logger } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import { clusters as clusterResource, type Cluster, type ClusterStatus } from '../apis/index.ts';
import { conditionsAfter, sameStatus, storedReach, storedVerdict, votesAfter } from './cluster-conditions.ts';
import { reachEvent, verdictEvent, type HealthEvent } from './health-events.ts';
import type { FederatedInformer } from './federated-informer.ts';
import { judgementOf, type Judgement } from './health-judgement.ts';
import type { HealthTimings } from './health-timings.ts';
import type { MemberUsage } from './member-usage.ts';
import { distancesAfter } from './distances.ts';
import { rememberedNetworks } from './networks.ts';
import { nodeAmounts } from './node-amounts.ts';
import { reachAfter, reviewReachAfterMs, tally, type HubView, type Reach, type Vote } from './reach-verdict.ts';
import { topologyOf } from './topology.ts';
import { WakeUp } from './wake-up.ts';

/** Who can tell whether clients reach a cluster. */
export interface ReachSource {
  votes(cluster: string, view: HubView): readonly Vote[];
  /** How many milliseconds others take to answer what runs there, by cluster; `undefined` while nobody there tells. */
  answerTimes(cluster: string): Readonly<Record<string, number>> | undefined;
  /** Called with a cluster's name when its votes may have changed. Returns its own removal. */
  onChange(handler: (cluster: string) => void): () => void;
}

export interface StatusKeeperDeps {
  readonly federation: Client;
  readonly clusters: Informer<Cluster>;
  readonly nodes: Pick<FederatedInformer<Node>, 'list' | 'synced'>;
  readonly usage: Pick<MemberUsage, 'of'>;
  readonly reach: ReachSource;
  readonly events: EventRecorder;
  readonly timings: HealthTimings;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes what is believed of one member to the status of its Cluster object, beside the probes, which never wait for it. */
export class StatusKeeper {
  readonly #name: string;
  readonly #deps: StatusKeeperDeps;
  readonly #wakeUp: WakeUp;
  readonly #networksOf = rememberedNetworks();
  #judgement: Judgement;
  #reach: Reach | undefined;
  #version: string | undefined;
  #writtenAt = -Infinity;
  #written: Cluster | undefined;
  /** What events have told. */
  #told: { readonly judgement: Judgement; readonly reach: Reach | undefined };

  constructor(cluster: Cluster, deps: StatusKeeperDeps) {
    this.#name = cluster.metadata.name ?? '';
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.clock);
    this.#judgement = judgementOf(storedVerdict(cluster));
    this.#reach = storedReach(cluster);
    this.#version = cluster.status?.version;
    this.#told = { judgement: this.#judgement, reach: this.#reach };
  }

  /** What is believed now; written soon, if it is news. */
  judged(judgement: Judgement, version?: string): void {
    this.#judgement = judgement;
    this.#version = version ?? this.#version;
    this.#wakeUp.call();
  }

  /** Votes, nodes or something else may have changed. */
  look(): void {
    this.#wakeUp.call();
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock, timings, log } = this.#deps;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      let pauseMs = timings.heartbeatMs;
      try {
        this.#count();
        await this.#publish(signal);
        this.#announce();
        pauseMs = reviewReachAfterMs(this.#reach, clock.now(), timings) ?? pauseMs;
      } catch (err) {
        if (isStopped()) return;
        log.warn({ cluster: this.#name, err }, 'cannot write status of cluster');
        pauseMs = timings.retryIntervalMs;
      }
      await this.#wakeUp.wait(pauseMs, signal);
    }
  }

  #count(): void {
    const view = hubViewOf(this.#judgement);
    if (view === undefined) return;
    const { reach, timings, clock } = this.#deps;
    const counted = tally(reach.votes(this.#name, view), view, timings.unreachableShare);
    this.#reach = reachAfter(this.#reach, counted, clock.now(), timings);
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { federation, clusters, clock, timings } = this.#deps;
    const listed = clusters.lister.get(this.#name);
    if (listed === undefined || this.#judgement.verdict === 'unknown') return;
    const cached = this.#newest(listed);
    const fresh = clock.now() - this.#writtenAt < timings.heartbeatMs;
    if (fresh && sameStatus(cached.status, this.#statusFor(cached))) return;
    try {
      await this.#write(cached, signal);
    } catch (err) {
      if (isNotFound(err)) return;
      if (!isConflict(err)) throw err;
      await this.#write(await federation.get(clusterResource, { name: this.#name }, { signal }), signal);
    }
    this.#writtenAt = clock.now();
  }

  async #write(cluster: Cluster, signal: AbortSignal): Promise<void> {
    const { federation } = this.#deps;
    const next = { ...cluster, status: this.#statusFor(cluster) };
    this.#written = await federation.updateStatus(clusterResource, next, { signal });
  }

  /** What was written last may not have come back yet. */
  #newest(listed: Cluster): Cluster {
    const written = this.#written;
    const isAhead =
      written?.metadata.uid === listed.metadata.uid &&
      Number(written?.metadata.resourceVersion) > Number(listed.metadata.resourceVersion);
    return isAhead && written !== undefined ? written : listed;
  }

  /** Of a member out of sight all but its conditions and votes is as last known. */
  #statusFor(cluster: Cluster): ClusterStatus {
    const { nodes, usage, reach, clock } = this.#deps;
    const before = cluster.status ?? {};
    const now = clock.now();
    const present = nodes.list(this.#name);
    const requested = usage.of(this.#name);
    const view = hubViewOf(this.#judgement);
    const { votes: votesBefore = [], ...others } = before;
    const votes = view === undefined ? votesBefore : votesAfter(votesBefore, reach.votes(this.#name, view), now);
    return {
      ...others,
      conditions: conditionsAfter(before.conditions ?? [], { judgement: this.#judgement, reach: this.#reach }, now),
      ...(votes.length === 0 ? {} : { votes }),
      ...topologyOf(present),
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...(nodes.synced(this.#name) ? { ...nodeAmounts(present), networks: this.#networksOf(present) } : {}),
      ...(requested === undefined ? {} : { requested }),
      ...distancesAfter(before.distances, reach.answerTimes(this.#name)),
    };
  }

  #announce(): void {
    const { events, clusters } = this.#deps;
    const cluster = clusters.lister.get(this.#name);
    const before = this.#told;
    this.#told = { judgement: this.#judgement, reach: this.#reach };
    if (cluster === undefined) return;
    const news: readonly (HealthEvent | undefined)[] = [
      verdictEvent(this.#name, before.judgement.verdict, this.#judgement.verdict),
      reachEvent(this.#name, before.reach, this.#reach),
    ];
    for (const event of news) if (event !== undefined) events.event(cluster, event.type, event.reason, event.message);
  }
}

function hubViewOf({ verdict }: Judgement): HubView | undefined {
  switch (verdict) {
    case 'unknown':
      return undefined;
    case 'ready':
    case 'notReady':
      return 'seen';
    case 'offline':
      return 'gone';
    case 'isolated':
      return 'isolated';
  }
}
