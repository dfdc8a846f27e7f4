import { controllerOf, type KubeObject } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';
import type { Lister } from '../../../src/controller/index.ts';

/** What controls pods, as far as it says how many of them there shall be. */
interface Scaled extends KubeObject {
  readonly spec?: { readonly replicas?: number };
}

/** By kind. A ReplicaSet of a Deployment speaks for itself only while its Deployment is not known. */
export type ControllerListers = Readonly<Record<string, Pick<Lister<Scaled>, 'get'>>>;

/** How many pods the controllers of `pods` want; a pod that nobody controls wants itself. */
export function wantedPods(pods: readonly Pod[], listers: ControllerListers): number {
  const wanted = new Map<string, number>();
  for (const pod of pods) {
    const top = topController(pod, listers);
    if (top === undefined) wanted.set(`Pod ${pod.metadata.name ?? ''}`, 1);
    else wanted.set(`${top.kind} ${top.metadata.name ?? ''}`, top.spec?.replicas ?? 1);
  }
  return [...wanted.values()].reduce((sum, replicas) => sum + replicas, 0);
}

function topController(object: KubeObject, listers: ControllerListers): Scaled | undefined {
  const owner = controllerOf(object);
  if (owner === undefined) return undefined;
  const found = listers[owner.kind]?.get(`${object.metadata.namespace ?? ''}/${owner.name}`);
  return found === undefined ? undefined : (topController(found, listers) ?? found);
}
