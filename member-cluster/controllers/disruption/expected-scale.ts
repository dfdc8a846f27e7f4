import { controllerOf, type OwnerReference } from '../../../src/apimachinery/index.ts';
import type { Pod } from '../../../src/apis/index.ts';

export interface Scale {
  readonly uid: string;
  readonly replicas: number;
}

/** Undefined: there is no such controller any more. Rejects with a `ScaleUnknown` where it does not say what it wants. */
export type FindScale = (owner: OwnerReference, namespace: string) => Promise<Scale | undefined>;

/** It cannot be said how many pods there should be; the message is for the user. */
export class ScaleUnknown extends Error {
  override readonly name = 'ScaleUnknown';
}

/**
 * How many pods the controllers of these want together, each counted once. Pods that nobody controls count for nothing:
 * nobody would replace them. Rejects with a `ScaleUnknown`.
 */
export async function expectedScale(pods: readonly Pod[], find: FindScale): Promise<number> {
  const scales = new Map<string, number>();
  for (const pod of pods) {
    const owner = controllerOf(pod);
    if (owner === undefined || scales.has(owner.uid)) continue;
    const found = await find(owner, pod.metadata.namespace ?? '');
    if (found === undefined) throw new ScaleUnknown(`found no controllers for pod "${pod.metadata.name ?? ''}"`);
    scales.set(found.uid, found.replicas);
  }
  return scales.values().reduce((sum, replicas) => sum + replicas, 0);
}
