import { aborted, type Runnable } from '../../src/component-base/index.ts';
import type { ShardWatch } from '../../src/reachability/index.ts';
import type { Vote } from '../cluster/index.ts';
import { countable, voteOf, type Ballot, type Sight } from './ballots.ts';
import { HUB } from './vantage-points.ts';
import type { Reports } from './reports.ts';

export interface ShardVotesDeps {
  /** The hub's own. What it does not look at is of no interest any more. */
  readonly watch: Pick<ShardWatch, 'shards' | 'onChange'>;
  readonly reports: Pick<Reports, 'fresh' | 'onChange'>;
  readonly unreachableShare: number;
  /** Told of every shard that is lost, or is no longer. */
  readonly onVerdict: (shard: ShardVerdict) => void;
}

export interface ShardVerdict {
  readonly cluster: string;
  readonly service: string;
  readonly isLost: boolean;
  readonly message: string;
}

interface Seen extends Sight {
  readonly voter: string;
  readonly cluster: string;
  readonly service: string;
}

/** Whether clients reach the shard of one Service in one cluster, by the votes of all who look at its addresses. */
export class ShardVotes implements Runnable {
  readonly name = 'shard-votes';
  readonly #deps: ShardVotesDeps;
  readonly #handlers = new Set<(service: string) => void>();
  #lost = new Map<string, ShardVerdict>();

  constructor(deps: ShardVotesDeps) {
    this.#deps = deps;
  }

  isLost(cluster: string, service: string): boolean {
    return this.#lost.has(`${cluster} ${service}`);
  }

  /** Called with the key of a Service of which a shard is lost, or is no longer. Returns its own removal. */
  onChange(handler: (service: string) => void): () => void {
    this.#handlers.add(handler);
    return () => {
      this.#handlers.delete(handler);
    };
  }

  async run(signal: AbortSignal, ready: () => void): Promise<void> {
    const { watch, reports } = this.#deps;
    const recount = () => {
      this.#recount();
    };
    const removals = [watch.onChange(recount), reports.onChange(recount)];
    ready();
    await aborted(signal);
    for (const remove of removals) remove();
  }

  #recount(): void {
    const before = this.#lost;
    this.#lost = new Map(lostOf(this.#sights(), this.#deps.unreachableShare));
    for (const [id, verdict] of this.#lost) if (!before.has(id)) this.#tell(verdict);
    for (const [id, verdict] of before) {
      if (!this.#lost.has(id)) this.#tell({ ...verdict, isLost: false, message: 'its address answers again' });
    }
  }

  #tell(verdict: ShardVerdict): void {
    this.#deps.onVerdict(verdict);
    for (const handler of this.#handlers) handler(verdict.service);
  }

  #sights(): readonly Seen[] {
    const { watch, reports } = this.#deps;
    const own = watch.shards().map(({ target, judgement: { state, outcome } }): Seen => {
      const { cluster, service } = target;
      return { voter: HUB, cluster, service, state, ...(outcome === undefined ? {} : { reason: outcome }) };
    });
    const current = new Set(watch.shards().map(({ target }) => placeOf(target)));
    const reported = reports
      .fresh()
      .flatMap(({ report }) =>
        report.shards
          .filter((shard) => current.has(placeOf(shard)))
          .map((shard): Seen => ({ ...shard, voter: report.cluster })),
      );
    return [...own, ...reported];
  }
}

function lostOf(sights: readonly Seen[], unreachableShare: number): readonly (readonly [string, ShardVerdict])[] {
  const byCluster = countable(ballotsOf(sights));
  const lost: (readonly [string, ShardVerdict])[] = [];
  for (const [id, seen] of Map.groupBy(sights, ({ cluster, service }) => `${cluster} ${service}`)) {
    const [{ cluster, service } = { cluster: '', service: '' }] = seen;
    const counted = (byCluster.get(cluster) ?? []).filter(({ ignored }) => ignored === undefined);
    const votes = [...Map.groupBy(seen, ({ voter }) => voter)]
      .filter(([voter]) => counted.some((vote) => vote.voter === voter))
      .flatMap(([voter, own]) => voteOf(voter, own) ?? []);
    const against = votes.filter(({ verdict }) => verdict === 'Unreachable');
    if (against.length === 0 || against.length / votes.length <= unreachableShare) continue;
    if (votes.length === 1 && !isWitness(against[0], counted)) continue;
    const message = `${votes.length - against.length} of ${votes.length} vantage points reach it`;
    lost.push([id, { cluster, service, isLost: true, message }]);
  }
  return lost;
}

/** One alone is believed that somebody there is not well: it was told so, or it reaches others in the same cluster. */
function isWitness(vote: Vote | undefined, onCluster: readonly Vote[]): boolean {
  const reachesOthers = onCluster.some(({ voter, verdict }) => voter === vote?.voter && verdict === 'Reachable');
  return vote?.reason === 'failing' || reachesOthers;
}

/** What each says of whole clusters: who reaches nobody at all does not count. */
function ballotsOf(sights: readonly Seen[]): readonly Ballot[] {
  return [...Map.groupBy(sights, ({ voter }) => voter)].map(([voter, own]) => {
    const votes = new Map<string, Vote>();
    for (const [cluster, seen] of Map.groupBy(own, (sight) => sight.cluster)) {
      const vote = voteOf(voter, seen);
      if (vote !== undefined) votes.set(cluster, vote);
    }
    return { voter, votes };
  });
}

function placeOf({ cluster, service, host }: { cluster: string; service: string; host: string }): string {
  return `${cluster} ${service} ${host}`;
}
