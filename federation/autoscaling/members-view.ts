import { keyOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import { pods as podResource, type Pod } from '../../src/apis/index.ts';
import type { StoredResources } from '../../src/apiserver/index.ts';
import { ClientMetrics, type Look, type MetricsSource } from '../../src/autoscaling/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent, type Clock, type Logger } from '../../src/component-base/index.ts';
import type { Informer } from '../../src/controller/index.ts';
import { isOffline, type Cluster } from '../apis/index.ts';
import type { ClusterClients } from '../cluster/index.ts';
import type { Scaling } from '../sync/index.ts';
import { Gaps } from './gaps.ts';
import { MemberEnquiry } from './member-enquiry.ts';
import { MergedMetrics, nameIn } from './merged-metrics.ts';
import { unseenPods, unseenReplicas, type Blind } from './unseen-pods.ts';

export interface MembersViewDeps {
  readonly clusters: Informer<Cluster>;
  readonly clients: Pick<ClusterClients, 'get'>;
  /** A member's copy as last seen; `unseen` where it is not known whether there is one. */
  readonly copyIn: (cluster: string, resource: Resource, key: string) => KubeObject | 'unseen' | undefined;
  readonly scaling: Pick<Scaling, 'targetOf'>;
  readonly resources: StoredResources;
  readonly clock: Clock;
  readonly log: Logger;
}

const CONCURRENT_LOOKS = 16;

/**
 * Looks at the pods of a federated object in every cluster that has a copy. Of pods that it cannot see it is known that
 * they are there, as long as their replicas have not been given to others.
 */
export function membersView(deps: MembersViewDeps): Look {
  const enquiry = new MemberEnquiry(deps.clock);
  return async ({ autoscaler, target: { scale } }, signal) => {
    const target = deps.scaling.targetOf(autoscaler);
    const holders = target === undefined ? [] : holdersOf(deps, target.resource, keyOf(target.object));
    const { namespace = '' } = autoscaler.metadata;
    const query = { namespace, labelSelector: scale.status?.selector ?? '' };
    const pods: Pod[] = [];
    const blind: Blind[] = [];
    const sources = new Map<string, MetricsSource>();
    let seen = 0;
    const look = async ({ cluster, client, wanted }: Holder) => {
      try {
        if (client === undefined) throw new Error('it is out of sight');
        const list = await enquiry.ask(cluster, signal, (own) => client.list(podResource, { ...query, signal: own }));
        pods.push(...list.items.map((pod) => renamed(cluster, pod)));
        if (list.items.length > 0) sources.set(cluster, new ClientMetrics(client, deps.resources));
        seen += wanted ?? 0;
      } catch (err) {
        signal.throwIfAborted();
        blind.push({ cluster, wanted, why: err instanceof Error ? err.message : String(err) });
      }
    };
    await mapConcurrent(holders, CONCURRENT_LOOKS, look, signal);
    const unseen = unseenReplicas(scale.spec?.replicas ?? 0, seen, blind);
    const gaps = new Gaps();
    if (unseen > 0) for (const { cluster, why } of blind) gaps.note(cluster, why);
    return {
      pods: target === undefined ? pods : [...pods, ...unseenPods(target.object, unseen)],
      metrics: new MergedMetrics(sources, enquiry, gaps),
      tell: (findings) => {
        gaps.tell(findings);
      },
    };
  };
}

interface Holder {
  readonly cluster: string;
  /** Absent where it cannot be asked. */
  readonly client: Client | undefined;
  /** Absent where that is not known. */
  readonly wanted: number | undefined;
}

interface Workload extends KubeObject {
  readonly spec?: { readonly replicas?: number };
  readonly status?: { readonly replicas?: number };
}

/** Clusters that have some of its replicas, or may. */
function holdersOf({ clusters, clients, copyIn }: MembersViewDeps, resource: Resource, key: string): readonly Holder[] {
  return clusters.lister.list().flatMap((cluster): readonly Holder[] => {
    const { name = '' } = cluster.metadata;
    const copy: Workload | 'unseen' | undefined = copyIn(name, resource, key);
    if (copy === undefined) return [];
    if (copy === 'unseen') return [{ cluster: name, client: undefined, wanted: undefined }];
    const wanted = copy.spec?.replicas ?? 1;
    if (wanted === 0 && (copy.status?.replicas ?? 0) === 0) return [];
    return [{ cluster: name, client: isOffline(cluster) ? undefined : clients.get(name), wanted }];
  });
}

function renamed(cluster: string, pod: Pod): Pod {
  return { ...pod, metadata: { ...pod.metadata, name: nameIn(cluster, pod.metadata.name ?? '') } };
}
