import { setCondition } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { EventRecorder } from '../../src/controller/index.ts';
import { clusters as clusterResource, type Cluster, type ClusterCondition } from '../apis/index.ts';

export interface TellConditionDeps {
  readonly federation: Client;
  readonly events: EventRecorder;
  readonly clock: Clock;
}

export interface ConditionNews extends Pick<ClusterCondition, 'reason' | 'message'> {
  /** Of those that health is not judged by: who judges it writes the others. */
  readonly type: 'Authorized' | 'CredentialsCurrent' | 'KindsSynced';
  readonly status: 'True' | 'False';
}

/** Writes a condition of a Cluster, and an event if it is bad news, unless it is there already. */
export async function tellCondition(
  deps: TellConditionDeps,
  cluster: Cluster,
  news: ConditionNews,
  signal: AbortSignal,
): Promise<void> {
  const isNew = await writeCondition(deps, cluster, news, signal);
  if (isNew && news.status === 'False') {
    deps.events.event(cluster, 'Warning', news.reason ?? '', news.message ?? '');
  }
}

/** True unless it is there already. */
export async function writeCondition(
  { federation, clock }: Pick<TellConditionDeps, 'federation' | 'clock'>,
  cluster: Cluster,
  news: ClusterCondition,
  signal: AbortSignal,
): Promise<boolean> {
  const before = cluster.status?.conditions;
  const after = setCondition<ClusterCondition>(before, news, clock.now());
  const condition = after.find(({ type }) => type === news.type);
  if (after === before || condition === undefined) return false;
  // Merged by type, beside the others.
  const patch = { status: { conditions: [{ ...condition }] } };
  await federation.patch(
    clusterResource,
    { name: cluster.metadata.name ?? '' },
    { type: 'strategic', patch },
    { subresource: 'status', signal },
  );
  return true;
}
