import { formatTime, parseTime, shortDuration } from '../../src/apimachinery/index.ts';
import type { Column, ResourceDefinition } from '../../src/apiserver/index.ts';
import { clusterCondition, type Cluster, type ClusterTaint } from './cluster.ts';
import { validateCluster, validateClusterName } from './cluster-validation.ts';

export const CLUSTER_SCHEMA = 'dev.koinon/federation/v1beta1.Cluster';

const columns: readonly Column<Cluster>[] = [
  {
    name: 'Name',
    type: 'string',
    format: 'name',
    description: 'Name of the member cluster.',
    value: (cluster) => cluster.metadata.name ?? '',
  },
  {
    name: 'Status',
    type: 'string',
    description: 'The condition that holds: Ready or Offline. Unknown while no cluster at all can be reached.',
    value: statusOf,
  },
  {
    name: 'Version',
    type: 'string',
    description: 'Version of Kubernetes that the member reports.',
    value: (cluster) => cluster.status?.version ?? '',
  },
  {
    name: 'Age',
    type: 'string',
    description: 'Time since the cluster joined.',
    value: age,
  },
  {
    name: 'Region',
    type: 'string',
    description: 'Region of its nodes.',
    priority: 1,
    value: (cluster) => cluster.status?.region ?? '<none>',
  },
  {
    name: 'Zones',
    type: 'string',
    description: 'Zones of its nodes.',
    priority: 1,
    value: (cluster) => cluster.status?.zones?.join(',') ?? '<none>',
  },
  {
    name: 'Clients',
    type: 'string',
    description: 'Whether clients can reach it, and how many of the votes say so.',
    priority: 1,
    value: clientsOf,
  },
  {
    name: 'Nodes',
    type: 'string',
    description: 'Nodes that are ready, of all.',
    priority: 1,
    value: ({ status }) =>
      status?.nodes === undefined ? '<unknown>' : `${status.nodes.ready ?? 0}/${status.nodes.total ?? 0}`,
  },
  {
    name: 'CPU',
    type: 'string',
    description: 'CPU that its pods request, of what its ready nodes can give.',
    priority: 1,
    value: (cluster) => shareOf(cluster, 'cpu'),
  },
  {
    name: 'Memory',
    type: 'string',
    description: 'Memory that its pods request, of what its ready nodes can give.',
    priority: 1,
    value: (cluster) => shareOf(cluster, 'memory'),
  },
];

/** `federation/v1beta1 Cluster`. */
export const clusters: ResourceDefinition<Cluster> = {
  group: 'federation',
  version: 'v1beta1',
  kind: 'Cluster',
  plural: 'clusters',
  singular: 'cluster',
  namespaced: false,
  schema: CLUSTER_SCHEMA,
  columns,
  strategy: {
    prepareForCreate: ({ status: _ignored, ...cluster }, { now }) => withTimesOfTaints(cluster, undefined, now),
    prepareForUpdate: ({ status: _ignored, ...cluster }, old, { now }) => ({
      ...withTimesOfTaints(cluster, old, now),
      ...(old.status === undefined ? {} : { status: old.status }),
    }),
    validate: validateCluster,
    validateName: validateClusterName,
  },
  subresources: [
    {
      type: 'status',
      name: 'status',
      prepareForUpdate: ({ spec: _ignored, ...cluster }, old) =>
        old.spec === undefined ? cluster : { ...cluster, spec: old.spec },
    },
  ],
};

/** By which those are counted that tolerate a taint for a while: since it came, however often the object is written. */
function withTimesOfTaints(cluster: Cluster, old: Cluster | undefined, now: number): Cluster {
  const taints = cluster.spec?.taints;
  if (taints?.some(lacksTime) !== true) return cluster;
  const timed = taints.map((taint) => {
    if (!lacksTime(taint)) return taint;
    const same = old?.spec?.taints?.find(({ key, effect }) => key === taint.key && effect === taint.effect);
    return { ...taint, timeAdded: same?.timeAdded ?? formatTime(now) };
  });
  return { ...cluster, spec: { ...cluster.spec, taints: timed } };
}

function lacksTime({ effect, timeAdded }: ClusterTaint): boolean {
  return effect === 'NoExecute' && timeAdded === undefined;
}

function statusOf(cluster: Cluster): string {
  const holding = (['Ready', 'Offline'] as const).filter((type) => clusterCondition(cluster, type)?.status === 'True');
  if (holding.length > 0) return holding.join(',');
  return clusterCondition(cluster, 'Ready')?.status === 'Unknown' ? 'Unknown' : 'NotReady';
}

function clientsOf(cluster: Cluster): string {
  const condition = clusterCondition(cluster, 'ClientsReachable');
  if (condition === undefined) return '<unknown>';
  const words = { True: 'Reachable', False: 'Unreachable', Unknown: 'Unknown' } as const;
  const counted = (cluster.status?.votes ?? []).filter(({ ignored }) => ignored === undefined);
  const good = counted.filter(({ verdict }) => verdict === 'Reachable').length;
  const votes = counted.length === 0 ? '' : ` (${good}/${counted.length})`;
  return `${words[condition.status]}${votes}${cluster.spec?.withdrawn === true ? ',Withdrawn' : ''}`;
}

function shareOf({ status }: Cluster, resource: string): string {
  const given = status?.allocatable?.[resource];
  if (given === undefined) return '<unknown>';
  return `${status?.requested === undefined ? '?' : (status.requested[resource] ?? '0')}/${given}`;
}

function age(cluster: Cluster, now: number): string {
  const created = parseTime(cluster.metadata.creationTimestamp);
  return created === undefined ? '<unknown>' : shortDuration(now - created);
}
