import { controllerOf } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';
import type { IndexFunction, Lister } from '../../src/controller/index.ts';

/** Indexes of the pod informer that all of a member's components share. */
export const podIndexes = {
  controller: (pod) => [controllerOf(pod)?.uid ?? orphansOf(pod.metadata.namespace)],
  node: (pod) => (pod.spec?.nodeName === undefined ? [] : [pod.spec.nodeName]),
} satisfies Record<string, IndexFunction<Pod>>;

function orphansOf(namespace: string | undefined): string {
  return `orphans/${namespace ?? ''}`;
}

/** Pods that the owner of `uid` controls, and those of the namespace that nobody does. */
export function ownOrOrphaned(pods: Lister<Pod>, uid: string, namespace: string | undefined): readonly Pod[] {
  return [...pods.byIndex('controller', uid), ...pods.byIndex('controller', orphansOf(namespace))];
}
