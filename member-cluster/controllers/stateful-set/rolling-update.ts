import { resolveIntOrPercent } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';
import { isAvailable } from '../../pods/index.ts';
import { POD_REVISION } from '../revisions/revision-history.ts';
import { isLeaving, isOrdered, isRunningAndReady, type Action, type Replica, type View } from './view.ts';

/**
 * Deletes pods of other revisions, highest first and none below the partition, so that no more than `maxUnavailable` are away.
 * Without an order, those that serve nobody go whatever the limit: nobody misses them.
 */
export function updateStep(view: View): readonly Action[] {
  const { spec } = view.set;
  if (spec?.updateStrategy?.type === 'OnDelete') return [];
  const { partition = 0, maxUnavailable = 1 } = spec?.updateStrategy?.rollingUpdate ?? {};
  const limit = Math.max(1, resolveIntOrPercent(maxUnavailable, spec?.replicas ?? 1, 'up'));
  const unavailable = view.replicas.filter((replica) => !serves(view, replica)).length;
  const room = Math.max(0, limit - unavailable);
  const outdated = view.replicas
    .slice(partition)
    .toReversed()
    .flatMap(({ pod }) => (pod === undefined || isLeaving(pod) || isUpdated(view, pod) ? [] : [pod]));
  const broken = isOrdered(view.set) ? [] : outdated.filter((pod) => !isServing(view, pod));
  const others = outdated.filter((pod) => !broken.includes(pod)).slice(0, room);
  return [...broken, ...others].map((pod) => ({ type: 'delete', pod }));
}

const isUpdated = ({ updateRevision }: View, { metadata }: Pod) => metadata.labels?.[POD_REVISION] === updateRevision;

function serves(view: View, { pod }: Replica): boolean {
  return pod !== undefined && isServing(view, pod);
}

function isServing({ set, now }: View, pod: Pod): boolean {
  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  return isRunningAndReady(pod) && !isLeaving(pod) && isAvailable(pod, minReadySeconds, now);
}
