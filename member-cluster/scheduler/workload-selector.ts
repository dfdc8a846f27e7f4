import {
  controllerOf,
  labelSelectorOf,
  matchesLabels,
  selectorOfLabels,
  type Selector,
} from '../../src/apimachinery/index.ts';
import type { Pod, ReplicaSet, ReplicationController, Service, StatefulSet } from '../../src/apis/index.ts';
import type { Lister } from '../../src/controller/index.ts';

export interface WorkloadListers {
  readonly services: Lister<Service>;
  readonly replicaSets: Lister<ReplicaSet>;
  readonly replicationControllers: Lister<ReplicationController>;
  readonly statefulSets: Lister<StatefulSet>;
}

/** What the siblings of a pod have in common: the selectors of its Services and of its owner, all at once. */
export function workloadSelector(listers: WorkloadListers): (pod: Pod) => Selector | undefined {
  return (pod) => {
    const { namespace = '', labels } = pod.metadata;
    const ofServices = listers.services
      .list(namespace)
      .map(({ spec }) => selectorOfLabels(spec?.selector))
      .filter((selector) => selector.length > 0 && matchesLabels(selector, labels));
    const combined = [...ofServices.flat(), ...ownerSelector(pod, listers)];
    return combined.length === 0 ? undefined : combined;
  };
}

function ownerSelector(pod: Pod, { replicaSets, replicationControllers, statefulSets }: WorkloadListers): Selector {
  const owner = controllerOf(pod);
  const key = `${pod.metadata.namespace ?? ''}/${owner?.name ?? ''}`;
  switch (owner?.kind) {
    case 'ReplicaSet':
      return selectorIn(replicaSets.get(key));
    case 'StatefulSet':
      return selectorIn(statefulSets.get(key));
    case 'ReplicationController':
      return selectorOfLabels(replicationControllers.get(key)?.spec?.selector);
    default:
      return [];
  }
}

function selectorIn(owner: ReplicaSet | StatefulSet | undefined): Selector {
  return owner === undefined ? [] : labelSelectorOf(owner.spec?.selector);
}
