import { controllerOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';
import type { IndexFunction, Lister } from '../../src/controller/index.ts';

/** The index of what has owners, for `ownOrOrphaned`. */
export const ownerIndexes = {
  controller: (object) => [controllerOf(object)?.uid ?? orphansOf(object.metadata.namespace)],
} satisfies Record<string, IndexFunction<KubeObject>>;

/** Indexes of the pod informer that all of a member's components share. */
export const podIndexes = {
  ...ownerIndexes,
  node: (pod) => (pod.spec?.nodeName === undefined ? [] : [pod.spec.nodeName]),
} satisfies Record<string, IndexFunction<Pod>>;

function orphansOf(namespace: string | undefined): string {
  return `orphans/${namespace ?? ''}`;
}

/** Objects that the owner of `uid` controls, and those of the namespace that nobody does. */
export function ownOrOrphaned<T extends KubeObject>(
  objects: Lister<T>,
  uid: string,
  namespace: string | undefined,
): readonly T[] {
  return [...objects.byIndex('controller', uid), ...objects.byIndex('controller', orphansOf(namespace))];
}
