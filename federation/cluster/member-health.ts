import { isConflict, isNotFound } from '../../src/apimachinery/index.ts';
import type { Node } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline, type Clock, type Logger } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import { clusters as clusterResource, type Cluster, type ClusterStatus } from '../apis/index.ts';
import { conditionsAfter, NOBODY_REACHABLE, sameStatus, storedVerdict } from './cluster-conditions.ts';
import type { ClusterClients } from './cluster-clients.ts';
import type { FederatedInformer } from './federated-informer.ts';
import {
  judge,
  judgementOf,
  judgeSignOfLife,
  nextLookMs,
  type Judgement,
  type Observation,
  type Verdict,
} from './health-judgement.ts';
import type { HealthTimings } from './health-timings.ts';
import { probe } from './probe.ts';
import type { SignsOfLife } from './signs-of-life.ts';
import { nodeAmounts } from './node-amounts.ts';
import type { MemberUsage } from './member-usage.ts';
import { topologyOf } from './topology.ts';
import { WakeUp } from './wake-up.ts';

export interface MemberHealthDeps {
  readonly federation: Client;
  readonly clusters: Informer<Cluster>;
  readonly clients: ClusterClients;
  readonly nodes: FederatedInformer<Node>;
  readonly events: EventRecorder;
  readonly timings: HealthTimings;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface MemberHealthSelf extends MemberHealthDeps {
  /** Of all members: what one's silence is measured by. */
  readonly signs: SignsOfLife;
  readonly usage: Pick<MemberUsage, 'of'>;
}

/** Looks at one member again and again, and keeps the status of its Cluster object true. */
export class MemberHealth {
  readonly #name: string;
  readonly #deps: MemberHealthSelf;
  readonly #wakeUp: WakeUp;
  #judgement: Judgement;
  #version: string | undefined;
  #versionReadAt = -Infinity;
  #writtenAt = -Infinity;

  constructor(cluster: Cluster, deps: MemberHealthSelf) {
    this.#name = cluster.metadata.name ?? '';
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.clock);
    this.#judgement = judgementOf(storedVerdict(cluster));
    this.#version = cluster.status?.version;
  }

  /** Something happened that a probe should explain: look now. */
  lookNow(): void {
    this.#wakeUp.call();
  }

  signOfLife(): void {
    this.#deps.signs.note(this.#name);
    this.#judgement = judgeSignOfLife(this.#judgement);
  }

  async run(signal: AbortSignal): Promise<void> {
    const { log, timings } = this.#deps;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      try {
        const seen = await this.#observe(signal);
        if (seen !== undefined) await this.#conclude(seen, signal);
      } catch (err) {
        if (isStopped()) return;
        log.warn({ cluster: this.#name, err }, 'cannot write status of cluster');
      }
      await this.#wakeUp.wait(nextLookMs(this.#judgement, timings), signal);
    }
  }

  /** `undefined` while the client is still being made: that says nothing of the member. */
  async #observe(signal: AbortSignal): Promise<Observation | undefined> {
    const { clients, timings } = this.#deps;
    const client = clients.get(this.#name);
    if (client !== undefined) return this.#weighed(await probe(client, timings.probeTimeoutMs, signal));
    const detail = clients.problem(this.#name);
    return detail === undefined ? undefined : { kind: 'notOk', detail };
  }

  #weighed(seen: Observation): Observation {
    const { signs, timings } = this.#deps;
    if (seen.kind !== 'silent') {
      signs.note(this.#name);
      return seen;
    }
    // Others that are well have been looked at within this time.
    const alone = !signs.ofOthers(this.#name, timings.probeIntervalMs + timings.probeTimeoutMs);
    return { kind: 'silent', alone: alone && !timings.believeSilenceOfAll };
  }

  async #conclude(seen: Observation, signal: AbortSignal): Promise<void> {
    const { clock, timings } = this.#deps;
    const before = this.#judgement.verdict;
    this.#judgement = judge(this.#judgement, seen, clock.now(), timings);
    await this.#readVersion(signal);
    await this.#publish(signal);
    this.#announce(before, this.#judgement.verdict);
  }

  async #readVersion(signal: AbortSignal): Promise<void> {
    const { clients, clock, timings, log } = this.#deps;
    const client = clients.get(this.#name);
    const due = clock.now() - this.#versionReadAt >= timings.heartbeatMs;
    if (this.#judgement.verdict !== 'ready' || client === undefined || !due) return;
    const deadline = withDeadline(timings.probeTimeoutMs, signal);
    try {
      const answer: unknown = JSON.parse(await untilAborted(client.raw('/version', { signal: deadline }), deadline));
      if (typeof answer === 'object' && answer !== null && 'gitVersion' in answer) {
        this.#version = String(answer.gitVersion);
      }
      this.#versionReadAt = clock.now();
    } catch (err) {
      signal.throwIfAborted();
      log.debug({ cluster: this.#name, err }, 'cannot read version of cluster');
    }
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { federation, clusters, clock, timings } = this.#deps;
    const cached = clusters.lister.get(this.#name);
    if (cached === undefined) return;
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
    await federation.updateStatus(clusterResource, { ...cluster, status: this.#statusFor(cluster) }, { signal });
  }

  /** Of a member out of sight all but its conditions is as last known. */
  #statusFor(cluster: Cluster): ClusterStatus {
    const { nodes, usage, clock } = this.#deps;
    const before = cluster.status ?? {};
    const present = nodes.list(this.#name);
    const requested = usage.of(this.#name);
    return {
      ...before,
      conditions: conditionsAfter(before.conditions ?? [], this.#judgement, clock.now()),
      ...topologyOf(present),
      ...(this.#version === undefined ? {} : { version: this.#version }),
      ...(nodes.synced(this.#name) ? nodeAmounts(present) : {}),
      ...(requested === undefined ? {} : { requested }),
    };
  }

  #announce(before: Verdict, now: Verdict): void {
    if (before === now || now === 'unknown') return;
    const { events, clusters } = this.#deps;
    const cluster = clusters.lister.get(this.#name);
    if (cluster === undefined) return;
    switch (now) {
      case 'ready':
        events.event(cluster, 'Normal', 'ClusterReady', `cluster ${this.#name} is ready`);
        break;
      case 'notReady':
        events.event(cluster, 'Warning', 'ClusterNotReady', `cluster ${this.#name} is reachable but not ready`);
        break;
      case 'offline':
        events.event(cluster, 'Warning', 'ClusterNotReachable', `cluster ${this.#name} is not reachable`);
        break;
      case 'isolated':
        events.event(cluster, 'Warning', 'NoClusterReachable', `cluster ${this.#name}: ${NOBODY_REACHABLE}`);
        break;
    }
  }
}
