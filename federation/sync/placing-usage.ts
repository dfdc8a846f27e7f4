import { deepEqual, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Cluster, PlacementPolicy } from '../apis/index.ts';
import { workloadOf } from './placing-counts.ts';

/** What a cluster has room for has changed. */
export function isUsedOtherwise(before: Cluster, after: Cluster): boolean {
  const usage = ({ status }: Cluster) => [status?.allocatable ?? {}, status?.requested ?? {}];
  return !deepEqual(usage(before), usage(after));
}

/** Its replicas are divided by room, or some of them wait for room. */
export function heedsUsage(object: KubeObject, policy: PlacementPolicy | undefined): boolean {
  const scheduling = policy?.spec?.placement?.replicaScheduling;
  if (scheduling === undefined || scheduling.replicaSchedulingType === 'Duplicated') return false;
  if (scheduling.weightPreference?.dynamicWeight !== undefined) return true;
  const { spec, status } = workloadOf(object);
  return (status?.readyReplicas ?? 0) < (spec?.replicas ?? 1);
}
