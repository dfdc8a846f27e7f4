import { deepEqual } from '../../src/apimachinery/index.ts';
import type { ConfigMap } from '../../src/apis/index.ts';
import type { Clock, Logger, Runnable } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { parseReport, reportName, type Report } from '../../src/reachability/index.ts';
import { isOffline, type Cluster } from '../apis/index.ts';
import type { FederatedInformer } from '../cluster/index.ts';

export interface FreshReport {
  readonly report: Report;
  /** In whose API it was found. */
  readonly via: string;
}

export interface ReportsDeps {
  readonly federationName: string;
  readonly clusters: Informer<Cluster>;
  /** Those with the label of reports, of all members. */
  readonly configMaps: FederatedInformer<ConfigMap>;
  readonly staleMs: number;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Entry extends FreshReport {
  /** By our clock: those of members may be off. */
  readonly renewedAt: number;
}

const ROUND_MS = 1_000;

/** The last report of each member's reporter, found in its own API or in that of another to which it was passed on. */
export class Reports implements Runnable {
  readonly name = 'reports';
  readonly #deps: ReportsDeps;
  readonly #entries = new Map<string, Entry>();
  readonly #lostAt = new Map<string, number>();
  readonly #handlers = new Set<() => void>();
  #fresh = '';

  constructor(deps: ReportsDeps) {
    this.#deps = deps;
  }

  /** Not those of reporters that have fallen silent, or whose cluster has gone since. */
  fresh(): readonly FreshReport[] {
    return [...this.#entries.values()].filter((entry) => this.#isFresh(entry));
  }

  /** Called when what the fresh reports say has changed. Returns its own removal. */
  onChange(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clusters, configMaps, clock } = this.#deps;
    const removals = [
      configMaps.onEvent(({ cluster, type, object }) => {
        if (type === 'delete') this.#forget(cluster, object);
        else this.#read(cluster, object);
      }),
      clusters.onEvent(({ type, key, object, previous }) => {
        if (type === 'delete') this.#entries.delete(key);
        if (type === 'delete' || !isOffline(object)) this.#lostAt.delete(key);
        else if (previous === undefined || !isOffline(previous)) this.#lostAt.set(key, clock.now());
        this.#review();
      }),
    ];
    ready();
    while (!signal.aborted) {
      this.#review();
      await clock.sleep(ROUND_MS, signal).catch(() => undefined);
    }
    for (const remove of removals) remove();
  }

  #read(via: string, object: ConfigMap): void {
    const report = this.#parsed(via, object);
    if (report === undefined) return;
    const before = this.#entries.get(report.cluster);
    if (before !== undefined && !isNews(before.report, report, via)) return;
    this.#entries.set(report.cluster, { report, via, renewedAt: this.#deps.clock.now() });
    if (!deepEqual(before?.report.shards, report.shards)) this.#tell();
    else this.#review();
  }

  /** `undefined` for what is none, or none of a member of this federation. */
  #parsed(via: string, { metadata, data }: ConfigMap): Report | undefined {
    const { federationName, clusters, log } = this.#deps;
    try {
      const report = parseReport(data?.['report'] ?? '');
      const isOurs = report.federation === federationName && clusters.lister.get(report.cluster) !== undefined;
      return isOurs && metadata.name === reportName(federationName, report.cluster) ? report : undefined;
    } catch (err) {
      log.debug({ cluster: via, report: metadata.name, err }, 'a report cannot be read');
      return undefined;
    }
  }

  #forget(via: string, { metadata }: ConfigMap): void {
    const entry = this.#entries.get(via);
    if (entry === undefined || metadata.name !== reportName(this.#deps.federationName, via)) return;
    this.#entries.delete(via);
    this.#tell();
  }

  #isFresh({ report, renewedAt }: Entry): boolean {
    const { clock, staleMs } = this.#deps;
    const lostAt = this.#lostAt.get(report.cluster);
    return clock.now() - renewedAt < staleMs && (lostAt === undefined || renewedAt > lostAt);
  }

  #review(): void {
    const fresh = this.fresh()
      .map(({ report }) => report.cluster)
      .sort()
      .join();
    if (fresh === this.#fresh) return;
    this.#tell();
  }

  #tell(): void {
    this.#fresh = this.fresh()
      .map(({ report }) => report.cluster)
      .sort()
      .join();
    for (const handler of this.#handlers) handler();
  }
}

/** Of several ways the newest word counts. What stands in a reporter's own API is its word, whatever came by others. */
function isNews(before: Report, { cluster, sequence }: Report, via: string): boolean {
  return via === cluster ? sequence !== before.sequence : sequence > before.sequence;
}
