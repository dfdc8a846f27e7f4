import { untilAborted, withDeadline } from '../../src/component-base/index.ts';
import type { Cluster } from '../apis/index.ts';
import { storedVerdict } from './cluster-conditions.ts';
import type { ClusterClients } from './cluster-clients.ts';
import {
  judge,
  judgementOf,
  judgeSignOfLife,
  nextLookMs,
  type Judgement,
  type Observation,
} from './health-judgement.ts';
import { probe } from './probe.ts';
import type { SignsOfLife } from './signs-of-life.ts';
import { StatusKeeper, type StatusKeeperDeps } from './status-keeper.ts';
import { WakeUp } from './wake-up.ts';

export interface MemberHealthDeps extends StatusKeeperDeps {
  readonly clients: ClusterClients;
  /** Of all members: what one's silence is measured by. */
  readonly signs: SignsOfLife;
}

/** Looks at one member again and again, and keeps the status of its Cluster object true. */
export class MemberHealth {
  readonly #name: string;
  readonly #deps: MemberHealthDeps;
  readonly #wakeUp: WakeUp;
  readonly #status: StatusKeeper;
  #judgement: Judgement;
  #version: string | undefined;
  #versionReadAt = -Infinity;

  constructor(cluster: Cluster, deps: MemberHealthDeps) {
    this.#name = cluster.metadata.name ?? '';
    this.#deps = deps;
    this.#wakeUp = new WakeUp(deps.clock);
    this.#status = new StatusKeeper(cluster, deps);
    this.#judgement = judgementOf(storedVerdict(cluster));
    this.#version = cluster.status?.version;
  }

  /** Something happened that a probe should explain: look now. */
  lookNow(): void {
    this.#wakeUp.call();
  }

  votesChanged(): void {
    this.#status.look();
  }

  signOfLife(): void {
    this.#deps.signs.note(this.#name);
    this.#judgement = judgeSignOfLife(this.#judgement);
  }

  async run(signal: AbortSignal): Promise<void> {
    await Promise.all([this.#probe(signal), this.#status.run(signal)]);
  }

  async #probe(signal: AbortSignal): Promise<void> {
    const { log, timings } = this.#deps;
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      try {
        const seen = await this.#observe(signal);
        if (seen !== undefined) await this.#conclude(seen, signal);
      } catch (err) {
        if (isStopped()) return;
        log.warn({ cluster: this.#name, err }, 'cannot look at cluster');
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
    this.#judgement = judge(this.#judgement, seen, clock.now(), timings);
    // A member is first shown with its version; after that nothing waits for it.
    if (this.#judgement.verdict !== 'ready' || this.#version !== undefined) this.#status.judged(this.#judgement);
    await this.#readVersion(signal);
    this.#status.judged(this.#judgement, this.#version);
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
}
