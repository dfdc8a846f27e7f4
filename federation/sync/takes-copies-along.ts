import type { KubeObject } from '../../src/apimachinery/index.ts';
import { finalizers } from '../apis/index.ts';

/** Whether the copies go with an object that is deleted: not where it is to leave them, or is held for them no longer. */
export function takesCopiesAlong({ metadata: { finalizers: held = [] } }: KubeObject): boolean {
  return held.includes(finalizers.deleteFromUnderlyingClusters) && !held.includes(finalizers.orphan);
}
