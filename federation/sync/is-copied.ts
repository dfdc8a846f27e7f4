import { hasFinalizer, type KubeObject } from '../../src/apimachinery/index.ts';
import { finalizers } from '../apis/index.ts';
import type { FederatedType } from './federated-type.ts';

/** It is for the members, or was and is not gone from all of them yet. */
export function isCopied<T extends KubeObject>(type: FederatedType<T>, object: T): boolean {
  if (type.stays?.(object) === true) return false;
  return type.isWanted?.(object) !== false || hasFinalizer(object, finalizers.deleteFromUnderlyingClusters);
}
