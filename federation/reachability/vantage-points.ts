import { aborted, type Runnable } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import type { ReachTimings, ShardTarget, ShardWatch } from '../../src/reachability/index.ts';
import { isOffline, type Cluster } from '../apis/index.ts';
import type { HubView, ReachSource, Vote } from '../cluster/index.ts';
import { countable, voteOf, type Ballot, type Sight } from './ballots.ts';
import type { Reports } from './reports.ts';

export const HUB = 'hub';

/** Which addresses are looked at, by the hub and by reporters alike. */
export interface Targets {
  all(): readonly ShardTarget[];
  of(cluster: string): readonly ShardTarget[];
  onChange(handler: () => void): () => void;
}

export interface VantagePointsDeps {
  readonly clusters: Informer<Cluster>;
  readonly targets: Targets;
  /** The hub's own. */
  readonly watch: ShardWatch;
  readonly reports: Pick<Reports, 'fresh' | 'onChange'>;
  readonly timings: ReachTimings;
}

/** Everyone who can tell whether clients reach a cluster: the hub by its own looks, and the reporters of other members. */
export class VantagePoints implements ReachSource, Runnable {
  readonly name = 'vantage-points';
  readonly #deps: VantagePointsDeps;
  readonly #handlers = new Set<(cluster: string) => void>();
  #counted: ReadonlyMap<string, readonly Vote[]> | undefined;

  constructor(deps: VantagePointsDeps) {
    this.#deps = deps;
  }

  votes(cluster: string, view: HubView): readonly Vote[] {
    const views = new Map([[cluster, view]]);
    const isAsStored = isOffline(this.#deps.clusters.lister.get(cluster) ?? nobody) === (view === 'gone');
    if (view !== 'isolated' && isAsStored) {
      this.#counted ??= countable(this.#ballots(new Map()));
      return this.#counted.get(cluster) ?? [];
    }
    return countable(this.#ballots(views)).get(cluster) ?? [];
  }

  answerTimes(cluster: string): Readonly<Record<string, number>> | undefined {
    return this.#deps.reports.fresh().find(({ report }) => report.cluster === cluster)?.report.answerMs;
  }

  onChange(handler: (cluster: string) => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { clusters, targets, watch, reports, timings } = this.#deps;
    const aim = () => {
      watch.set(targets.all(), timings);
      this.#recount();
    };
    aim();
    const removals = [
      targets.onChange(aim),
      watch.onChange(() => {
        this.#recount();
      }),
      reports.onChange(() => {
        this.#recount();
      }),
      clusters.onEvent(({ type, object, previous }) => {
        if (type === 'update' && previous !== undefined && isOffline(previous) === isOffline(object)) return;
        this.#recount();
      }),
    ];
    ready();
    await aborted(signal);
    for (const remove of removals) remove();
  }

  /** Whose votes count depends on what they say of all clusters. */
  #recount(): void {
    this.#counted = undefined;
    for (const { metadata } of this.#deps.clusters.lister.list()) {
      for (const handler of this.#handlers) handler(metadata.name ?? '');
    }
  }

  #ballots(views: ReadonlyMap<string, HubView>): readonly Ballot[] {
    return [this.#ownBallot(views), ...this.#reported(), ...this.#heard()];
  }

  #ownBallot(views: ReadonlyMap<string, HubView>): Ballot {
    const { clusters, watch } = this.#deps;
    const sights = groupSights(
      watch.shards().map(({ target, judgement: { state, outcome } }) => {
        return { cluster: target.cluster, state, ...(outcome === undefined ? {} : { reason: outcome }) };
      }),
    );
    const votes = new Map<string, Vote>();
    for (const cluster of clusters.lister.list()) {
      const name = cluster.metadata.name ?? '';
      const view = views.get(name) ?? (isOffline(cluster) ? 'gone' : 'seen');
      const vote = voteOf(HUB, sights.get(name) ?? []) ?? byView(view);
      // Of a hub that hears nobody only what it reaches all the same is of use.
      const isSound = view !== 'isolated' || vote?.verdict === 'Reachable';
      if (vote !== undefined && isSound) votes.set(name, vote);
    }
    return { voter: HUB, votes };
  }

  #reported(): readonly Ballot[] {
    const { clusters, reports, targets } = this.#deps;
    // What a reporter says of an address that is not of use any more is of no use either.
    const valid = new Set(targets.all().map(placeOf));
    // In the order in which they are shown, whichever came first.
    const sorted = reports.fresh().toSorted((a, b) => (a.report.cluster < b.report.cluster ? -1 : 1));
    return sorted.map(({ report, via }) => {
      const voter = report.cluster;
      const sights = groupSights(report.shards.filter((shard) => valid.has(placeOf(shard))));
      const votes = new Map<string, Vote>();
      for (const [name, seen] of sights) {
        const vote = name === voter || clusters.lister.get(name) === undefined ? undefined : voteOf(voter, seen);
        if (vote !== undefined) votes.set(name, vote);
      }
      // While its own API is heard it is of no interest which copy came first.
      const isPassedOn = via !== voter && isOffline(clusters.lister.get(voter) ?? nobody);
      return { voter, ...(isPassedOn ? { via } : {}), votes };
    });
  }

  /**
   * A cluster that has no address to look at, and that only we have lost, is alive as long as what its reporter says comes
   * by others.
   */
  #heard(): readonly Ballot[] {
    const { clusters, reports, targets } = this.#deps;
    return reports.fresh().flatMap(({ report: { cluster: voter }, via }) => {
      const isLostToUs = via !== voter && isOffline(clusters.lister.get(voter) ?? nobody);
      if (!isLostToUs || targets.of(voter).length > 0) return [];
      return [{ voter, via, votes: new Map<string, Vote>([[voter, { voter, verdict: 'Reachable' }]]) }];
    });
  }
}

const nobody: Cluster = { apiVersion: 'federation/v1beta1', kind: 'Cluster', metadata: {} };

/** Of a cluster none of whose addresses it has reached the hub can tell only that it has gone. */
function byView(view: HubView): Vote | undefined {
  return view === 'gone' ? { voter: HUB, verdict: 'Unreachable', reason: 'ClusterNotReachable' } : undefined;
}

function placeOf({ cluster, service, host }: Pick<ShardTarget, 'cluster' | 'service' | 'host'>): string {
  return `${cluster} ${service} ${host}`;
}

function groupSights(all: readonly (Sight & { readonly cluster: string })[]): ReadonlyMap<string, readonly Sight[]> {
  const byCluster = new Map<string, Sight[]>();
  for (const sight of all) byCluster.set(sight.cluster, [...(byCluster.get(sight.cluster) ?? []), sight]);
  return byCluster;
}
