import { isNotFound } from '../../src/apimachinery/index.ts';
import type { Logger, Runnable } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { clusterCondition, isReady, type Cluster } from '../apis/index.ts';
import type { ListProblem } from './list-problems.ts';
import { tellCondition, type ConditionNews, type TellConditionDeps } from './tell-condition.ts';

/** What is followed in every member, of one kind. */
export interface FollowedKind {
  readonly kind: string;
  problem(cluster: string): ListProblem | undefined;
}

export interface KindsSyncedDeps extends TellConditionDeps {
  readonly clusters: Informer<Cluster>;
  /** Those that are followed now. */
  readonly kinds: () => Iterable<FollowedKind>;
  readonly log: Logger;
}

const ROUND_MS = 1_000;
/** A server that starts, or changes its leader, refuses for a moment. */
const LASTING_ROUNDS = 2;
const MAX_NAMED = 8;

/**
 * Says in the status of each Cluster which kinds cannot be listed there, and so are not copied: not served, not allowed,
 * or out of order. The others are copied all the same.
 */
export function kindsSynced(deps: KindsSyncedDeps): Runnable {
  const { clusters, clock, log } = deps;
  return {
    name: 'kinds-synced',
    async run(signal, ready) {
      const lasting = new Map<string, number>();
      const removal = clusters.onEvent(({ type, key }) => {
        if (type === 'delete') lasting.delete(key);
      });
      ready();
      const isStopped = () => signal.aborted;
      while (!isStopped()) {
        const kinds = [...deps.kinds()];
        for (const cluster of clusters.lister.list().filter(isReady)) {
          const name = cluster.metadata.name ?? '';
          const message = describeProblems(name, kinds);
          const rounds = message === undefined ? 0 : (lasting.get(name) ?? 0) + 1;
          lasting.set(name, rounds);
          if (message !== undefined && rounds < LASTING_ROUNDS) continue;
          try {
            const news = newsOf(cluster, message);
            if (news !== undefined) await tellCondition(deps, cluster, news, signal);
          } catch (err) {
            if (!isStopped() && !isNotFound(err)) log.warn({ cluster: name, err }, 'cannot say what is not listed');
          }
        }
        await clock.sleep(ROUND_MS, signal).catch(() => undefined);
      }
      removal();
    },
  };
}

function newsOf(cluster: Cluster, message: string | undefined): ConditionNews | undefined {
  if (message !== undefined) return { type: 'KindsSynced', status: 'False', reason: 'KindsUnavailable', message };
  if (clusterCondition(cluster, 'KindsSynced') === undefined) return undefined;
  const good = 'all kinds that are copied can be listed';
  return { type: 'KindsSynced', status: 'True', reason: 'KindsSynced', message: good };
}

/** As in `cannot list secrets (secrets is forbidden: …); all else works`. */
function describeProblems(cluster: string, kinds: readonly FollowedKind[]): string | undefined {
  const problems = new Map<string, string>();
  for (const followed of kinds) {
    const problem = followed.problem(cluster);
    if (problem !== undefined) problems.set(followed.kind, `${followed.kind} (${problem.message})`);
  }
  if (problems.size === 0) return undefined;
  const all = [...problems].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  const more = all.length > MAX_NAMED ? ` and ${all.length - MAX_NAMED} more kinds` : '';
  return `cannot list ${all.slice(0, MAX_NAMED).join(', ')}${more}; all else works`;
}
