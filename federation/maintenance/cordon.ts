import { deepEqual } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Cluster } from '../apis/index.ts';
import { changeCluster } from './change-cluster.ts';
import { DRAIN_TAINT, drainMarkOf, withoutDrainMark } from './drain-mark.ts';

/** Nothing new is placed there from now on. Resolves whether that is new. */
export async function cordon(federation: Client, name: string, signal: AbortSignal): Promise<boolean> {
  return changeCluster(federation, name, cordoned, signal);
}

export function cordoned(cluster: Cluster): Cluster {
  if (cluster.spec?.unschedulable === true) return cluster;
  return { ...cluster, spec: { ...cluster.spec, unschedulable: true } };
}

/**
 * Ends a cordon, or takes a drain back: what draining has set is as it was before. `kind` says which of the two is
 * meant where there was no drain: `uncordon` schedules there again, `undrain` does nothing.
 */
export async function restore(
  federation: Client,
  name: string,
  kind: 'uncordon' | 'undrain',
  signal: AbortSignal,
): Promise<boolean> {
  return changeCluster(federation, name, (cluster) => restored(cluster, kind), signal);
}

export function restored(cluster: Cluster, kind: 'uncordon' | 'undrain'): Cluster {
  const mark = drainMarkOf(cluster);
  const { taints = [], unschedulable: _cordon, withdrawn, ...spec } = cluster.spec ?? {};
  const others = taints.filter(({ key }) => key !== DRAIN_TAINT);
  if (mark === undefined && kind === 'undrain' && others.length === taints.length) return cluster;
  const before = mark ?? { unschedulable: false, withdrawn: withdrawn === true };
  const isCordoned = kind === 'undrain' && before.unschedulable;
  const next = withoutDrainMark({
    ...cluster,
    spec: {
      ...spec,
      ...(others.length === 0 ? {} : { taints: others }),
      ...(isCordoned ? { unschedulable: true } : {}),
      ...(before.withdrawn ? { withdrawn: true } : {}),
    },
  });
  return deepEqual(next, cluster) ? cluster : next;
}
