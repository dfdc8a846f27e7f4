import { isIPv4 } from 'node:net';
import { keyOf } from '../../src/apimachinery/index.ts';
import type { Service } from '../../src/apis/index.ts';
import { aborted, type Runnable } from '../../src/component-base/index.ts';
import type { EventRecorder, Informer } from '../../src/controller/index.ts';
import { targetKey, type ShardTarget } from '../../src/reachability/index.ts';
import type { Cluster } from '../apis/index.ts';
import { checkOfService, healthCheckProblem, isJudgedByItself, type ServiceCheck } from './shard-check.ts';
import type { ShardHealth } from './shard-health.ts';
import { addressesOf } from './service-ingresses.ts';
import type { Seen } from './standing.ts';
import { unjudgedClustersProblem } from './unjudged-clusters.ts';

export interface ShardTargetsDeps {
  readonly services: Informer<Service>;
  readonly clusters: Informer<Cluster>;
  readonly shards: Pick<ShardHealth, 'lastSeen' | 'onChange'>;
  readonly events: EventRecorder;
  /** So many of each cluster are chosen, beside those of Services that want to be judged by themselves. */
  readonly perCluster: number;
}

/**
 * Which addresses of each cluster are looked at to tell whether clients can reach it: few, of shards that serve as far
 * as is known, the same ones as long as they are good. Those of a cluster out of sight stay.
 */
export class ShardTargets implements Runnable {
  readonly name = 'shard-targets';
  readonly #deps: ShardTargetsDeps;
  /** By cluster, then by Service. */
  readonly #all = new Map<string, Map<string, readonly ShardTarget[]>>();
  readonly #chosen = new Map<string, readonly ShardTarget[]>();
  readonly #handlers = new Set<() => void>();
  readonly #told = new Map<string, string>();

  constructor(deps: ShardTargetsDeps) {
    this.#deps = deps;
  }

  of(cluster: string): readonly ShardTarget[] {
    return this.#chosen.get(cluster) ?? [];
  }

  all(): readonly ShardTarget[] {
    return [...this.#chosen.values()].flat();
  }

  /** Called when the choice has changed. Returns its own removal. */
  onChange(handler: () => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { services, clusters, shards } = this.#deps;
    for (const service of services.lister.list()) this.#review(keyOf(service));
    const removals = [
      shards.onChange((key) => {
        this.#review(key);
      }),
      clusters.onEvent(({ type, key }) => {
        if (type !== 'delete') return;
        this.#all.delete(key);
        this.#choose(new Set([key]));
      }),
    ];
    ready();
    await aborted(signal);
    for (const remove of removals) remove();
  }

  #review(key: string): void {
    const service = this.#deps.services.lister.get(key);
    if (service === undefined) this.#told.delete(key);
    else this.#complain(key, service);
    const touched = new Set<string>();
    for (const [cluster, targets] of this.#targetsOf(key, service)) {
      if (this.#put(cluster, key, targets)) touched.add(cluster);
    }
    this.#choose(touched);
  }

  /** By cluster; nothing of clusters of which nothing new is known. */
  #targetsOf(key: string, service: Service | undefined): readonly (readonly [string, readonly ShardTarget[]])[] {
    const check = service?.spec?.type === 'LoadBalancer' ? checkOfService(service) : undefined;
    if (service === undefined || check === undefined || check.check === 'none') {
      return [...this.#all.keys()].map((cluster) => [cluster, []]);
    }
    return [...this.#deps.shards.lastSeen(service)].flatMap(([cluster, seen]) =>
      seen === undefined ? [] : [[cluster, targetsOf(cluster, key, { seen, check })] as const],
    );
  }

  #put(cluster: string, key: string, targets: readonly ShardTarget[]): boolean {
    const ofCluster = this.#all.get(cluster) ?? new Map<string, readonly ShardTarget[]>();
    this.#all.set(cluster, ofCluster);
    if (sameTargets(ofCluster.get(key) ?? [], targets)) return false;
    if (targets.length === 0) ofCluster.delete(key);
    else ofCluster.set(key, targets);
    return true;
  }

  /** Those that are chosen and still good stay, so that what was learnt of them is not lost. */
  #choose(clusters: ReadonlySet<string>): void {
    let isNews = false;
    for (const cluster of clusters) {
      const before = this.of(cluster);
      const present = this.#all.get(cluster) ?? new Map<string, readonly ShardTarget[]>();
      const keys = new Set(before.map(({ service }) => service).filter((key) => present.has(key)));
      for (const key of present.keys()) {
        if (keys.size >= this.#deps.perCluster) break;
        keys.add(key);
      }
      const usual = [...keys].flatMap((key) => present.get(key) ?? []).slice(0, this.#deps.perCluster);
      const asked = [...present.keys()].filter((key) => this.#isJudgedByItself(key)).slice(0, MOST_JUDGED);
      const chosen = [...new Set([...usual, ...asked.flatMap((key) => present.get(key) ?? [])])];
      if (chosen.length === 0) this.#chosen.delete(cluster);
      else this.#chosen.set(cluster, chosen);
      isNews ||= !sameTargets(before, chosen);
    }
    if (isNews) for (const handler of this.#handlers) handler();
  }

  #isJudgedByItself(key: string): boolean {
    const service = this.#deps.services.lister.get(key);
    return service !== undefined && isJudgedByItself(service);
  }

  #complain(key: string, service: Service): void {
    const problems = [
      ['InvalidHealthCheck', healthCheckProblem(service)],
      ['InvalidUnjudgedClusters', unjudgedClustersProblem(service)],
    ] as const;
    const text = problems.map(([, problem]) => problem).join('\n');
    if (this.#told.get(key) === text || (text === '\n' && !this.#told.has(key))) return;
    this.#told.set(key, text);
    for (const [reason, problem] of problems) {
      if (problem !== '') this.#deps.events.event(service, 'Warning', reason, problem);
    }
  }
}

/** Services of each cluster that want to be judged by themselves: everybody looks at all of them. */
const MOST_JUDGED = 10;
const LOWEST_OPEN_PORT = 1024;
/** Where a fleet on loopback opens ports that its user may not open. */
const MOVED_BY = 10_000;

function targetsOf(
  cluster: string,
  service: string,
  { seen, check: { check, port } }: { readonly seen: Seen; readonly check: ServiceCheck },
): readonly ShardTarget[] {
  const isGood = seen.kind === 'known' && seen.healthy;
  if (!isGood || check === 'none') return [];
  return addressesOf(seen.ingress).map((host) => {
    const isMoved = isIPv4(host) && host.startsWith('127.') && port < LOWEST_OPEN_PORT;
    return { cluster, service, host, ports: isMoved ? [port, port + MOVED_BY] : [port], check };
  });
}

function sameTargets(a: readonly ShardTarget[], b: readonly ShardTarget[]): boolean {
  return a.map(targetKey).join('\n') === b.map(targetKey).join('\n');
}
