import {
  controllerOf,
  labelSelectorOf,
  matchesLabels,
  selectorOfLabels,
  type Selector,
} from '../../src/apimachinery/index.ts';
import type { Pod, ReplicaSet, Service } from '../../src/apis/index.ts';
import type { Lister } from '../../src/controller/index.ts';

export interface WorkloadListers {
  readonly services: Lister<Service>;
  readonly replicaSets: Lister<ReplicaSet>;
}

/** What the siblings of a pod have in common: the selectors of its Services and its ReplicaSet, all at once. */
export function workloadSelector({ services, replicaSets }: WorkloadListers): (pod: Pod) => Selector | undefined {
  return (pod) => {
    const { namespace = '', labels } = pod.metadata;
    const owner = controllerOf(pod);
    const replicaSet = owner?.kind === 'ReplicaSet' ? replicaSets.get(`${namespace}/${owner.name}`) : undefined;
    const ofServices = services
      .list(namespace)
      .map(({ spec }) => selectorOfLabels(spec?.selector))
      .filter((selector) => selector.length > 0 && matchesLabels(selector, labels));
    const combined = [
      ...ofServices.flat(),
      ...(replicaSet === undefined ? [] : labelSelectorOf(replicaSet.spec?.selector)),
    ];
    return combined.length === 0 ? undefined : combined;
  };
}
