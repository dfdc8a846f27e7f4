import { deepEqual } from '../../src/apimachinery/index.ts';
import type { Node } from '../../src/apis/index.ts';
import { aborted, type Runnable } from '../../src/component-base/index.ts';
import type { FederatedInformer } from './federated-informer.ts';
import { MemberHealth, type MemberHealthDeps } from './member-health.ts';
import { MemberUsage } from './member-usage.ts';
import { SignsOfLife } from './signs-of-life.ts';

export interface ClusterControllerDeps extends Omit<MemberHealthDeps, 'signs' | 'usage' | 'nodes'> {
  readonly nodes: FederatedInformer<Node>;
}

interface Watched {
  readonly health: MemberHealth;
  readonly stop: AbortController;
  readonly done: Promise<void>;
}

/**
 * Keeps the status of every Cluster object true. Each member is looked at by itself, one probe at a time, so that a
 * member that hangs delays no other. A watch connection that breaks makes it look at once; whatever a member sends by
 * itself is taken as life.
 */
export function clusterController(deps: ClusterControllerDeps): Runnable {
  const { clusters, clients, nodes, reach, clock } = deps;
  return {
    name: 'cluster-controller',
    async run(signal, ready) {
      const watched = new Map<string, Watched>();
      const endings = new Set<Promise<void>>();
      const signs = new SignsOfLife(clock);
      const usage = new MemberUsage(deps);
      const begin = (name: string) => {
        const cluster = clusters.lister.get(name);
        if (cluster === undefined || watched.has(name) || signal.aborted) return;
        const health = new MemberHealth(cluster, { ...deps, signs, usage });
        const stop = new AbortController();
        const done = health.run(stop.signal).finally(() => {
          endings.delete(done);
        });
        endings.add(done);
        watched.set(name, { health, stop, done });
      };
      const end = (name: string) => {
        watched.get(name)?.stop.abort();
        watched.delete(name);
        signs.forget(name);
        usage.forget(name);
      };
      const removals = [
        clusters.onEvent(({ type, key }) => {
          if (type === 'delete') end(key);
          else begin(key);
        }),
        reach.onChange((name) => watched.get(name)?.health.votesChanged()),
        clients.onChange((name) => watched.get(name)?.health.lookNow()),
        nodes.onCluster((name) => watched.get(name)?.health.lookNow()),
        nodes.onEvent(({ cluster, object, previous }) => {
          const health = watched.get(cluster)?.health;
          health?.signOfLife();
          if (!deepEqual(object.metadata.labels, previous?.metadata.labels)) health?.lookNow();
        }),
      ];
      const counting = usage.run(signal);
      ready();
      await aborted(signal);
      for (const remove of removals) remove();
      for (const name of [...watched.keys()]) end(name);
      await Promise.all([...endings, counting]);
    },
  };
}
