import { controllerOf, keyOf, matchesLabels, type KubeObject, type Selector } from '../../src/apimachinery/index.ts';
import type { Pod } from '../../src/apis/index.ts';
import type { InformerEvent, Lister, WorkQueue } from '../../src/controller/index.ts';
import { controllerKey } from './controller-definition.ts';
import type { Expectations } from './expectations.ts';
import { uidOf } from './ownership.ts';

export interface PodEventDeps<T extends KubeObject> {
  readonly queue: WorkQueue;
  /** Of owners that count what they made. */
  readonly expectations?: Expectations;
  /** Of the owners. */
  readonly kind: string;
  readonly owners: Lister<T>;
  readonly selectorOf: (owner: T) => Selector;
}

/** What happens to a pod concerns its owner; what happens to a pod that nobody controls, those that select it. */
export function onPodEvent<T extends KubeObject>(event: InformerEvent<Pod>, deps: PodEventDeps<T>): void {
  const { type, object, previous } = event;
  const { queue, expectations, kind } = deps;
  const key = controllerKey(object, kind);
  const before = previous === undefined ? undefined : controllerKey(previous, kind);
  if (key !== undefined) {
    const leaving = type === 'delete' || object.metadata.deletionTimestamp !== undefined;
    if (leaving) expectations?.deleted(key, uidOf(object));
    if (type === 'add') expectations?.created(key);
    queue.add(key);
  } else if (type !== 'delete' && controllerOf(object) === undefined) {
    offer(object, deps);
  }
  if (before !== undefined && before !== key) queue.add(before);
}

function offer<T extends KubeObject>({ metadata }: Pod, { queue, owners, selectorOf }: PodEventDeps<T>): void {
  for (const owner of owners.list(metadata.namespace)) {
    if (matchesLabels(selectorOf(owner), metadata.labels)) queue.add(keyOf(owner));
  }
}
