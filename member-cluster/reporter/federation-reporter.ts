import { untilAborted, withDeadline, type Clock, type Logger } from '../../src/component-base/index.ts';
import { ShardWatch, type Peers, type Report, type ShardWatchDeps } from '../../src/reachability/index.ts';
import type { ReportPaths } from './report-paths.ts';

export interface FederationReporterDeps {
  readonly check: ShardWatchDeps['check'];
  readonly paths: ReportPaths;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What has not changed is said again so often, so that the hub knows that somebody still looks. */
const HEARTBEAT_MS = 10_000;
const RETRY_MS = 1_000;
/** News that come together go together. */
const GATHER_MS = 20;
const REMOVE_TIMEOUT_MS = 3_000;

/** Looks for one federation at the shards of its other members, and reports. */
export class FederationReporter {
  readonly #deps: FederationReporterDeps;
  readonly #watch: ShardWatch;
  #peers: Peers;
  #sequence = 0;
  #wake: (() => void) | undefined;
  #isNews = true;

  constructor(peers: Peers, deps: FederationReporterDeps) {
    this.#deps = deps;
    this.#peers = peers;
    this.#watch = new ShardWatch(deps, peers.timings);
  }

  async follow(peers: Peers): Promise<void> {
    this.#peers = peers;
    this.#watch.set(
      peers.targets.filter(({ cluster }) => cluster !== peers.cluster),
      peers.timings,
    );
    await this.#deps.paths.set(peers.paths);
    this.#call();
  }

  async run(signal: AbortSignal): Promise<void> {
    const remove = this.#watch.onChange(() => {
      this.#call();
    });
    await this.follow(this.#peers);
    const watching = this.#watch.run(signal, () => undefined);
    const isStopped = () => signal.aborted;
    while (!isStopped()) {
      const pauseMs = (await this.#report(signal)) ? HEARTBEAT_MS : RETRY_MS;
      await this.#pause(pauseMs, signal);
    }
    remove();
    await watching;
    await this.#deps.paths[Symbol.asyncDispose]();
  }

  /** It is no longer asked: its last report must not be taken for news. */
  async retract(): Promise<void> {
    const { paths, log } = this.#deps;
    const deadline = withDeadline(REMOVE_TIMEOUT_MS);
    try {
      await untilAborted(paths.remove(this.#peers.federation, this.#peers.cluster, deadline), deadline);
    } catch (err) {
      log.debug({ err }, 'cannot remove the last report');
    }
  }

  async #report(signal: AbortSignal): Promise<boolean> {
    this.#isNews = false;
    try {
      await this.#deps.paths.write(this.#seen(), signal);
      return true;
    } catch (err) {
      if (!signal.aborted) this.#deps.log.warn({ federation: this.#peers.federation, err }, 'cannot report');
      return false;
    }
  }

  #seen(): Report {
    const { federation, cluster } = this.#peers;
    // Larger than those of an earlier process.
    this.#sequence = Math.max(this.#sequence + 1, this.#deps.clock.now());
    const shards = this.#watch.shards().flatMap(({ target, judgement: { state, since, outcome } }) => {
      if (state === 'unknown') return [];
      const { cluster: of, service, host } = target;
      const isLost = state === 'unreachable' && outcome !== undefined;
      return [{ cluster: of, service, host, state, since, ...(isLost ? { reason: outcome } : {}) }];
    });
    return { federation, cluster, sequence: this.#sequence, shards, answerMs: this.#answerTimes() };
  }

  /** Of each cluster that of its fastest address: how far away it is, more than how busy. */
  #answerTimes(): Readonly<Record<string, number>> {
    const times = new Map<string, number>();
    for (const { target, answerMs } of this.#watch.shards()) {
      if (answerMs === undefined) continue;
      times.set(target.cluster, Math.min(Math.round(answerMs), times.get(target.cluster) ?? Infinity));
    }
    return Object.fromEntries(times);
  }

  #call(): void {
    this.#isNews = true;
    this.#wake?.();
  }

  /** Until there are news, or so long. */
  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    if (!this.#isNews && !signal.aborted) {
      const { promise, resolve } = Promise.withResolvers<undefined>();
      const wake = () => {
        resolve(undefined);
      };
      this.#wake = wake;
      const cancel = this.#deps.clock.after(ms, wake);
      signal.addEventListener('abort', wake, { once: true });
      await promise;
      signal.removeEventListener('abort', wake);
      cancel();
      this.#wake = undefined;
    }
    await this.#deps.clock.sleep(GATHER_MS, signal).catch(() => undefined);
  }
}
