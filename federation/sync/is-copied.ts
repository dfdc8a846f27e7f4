import { hasFinalizer, type KubeObject } from '../../src/apimachinery/index.ts';
import { finalizers } from '../apis/index.ts';
import type { FederatedType, ScaledHere } from './federated-type.ts';

/** It is for the members, or was and is not gone from all of them yet. */
export function isCopied<T extends KubeObject>(type: FederatedType<T>, object: T, scaling: ScaledHere): boolean {
  if (type.stays?.(object) === true) return false;
  return type.isWanted?.(object, scaling) !== false || hasFinalizer(object, finalizers.deleteFromUnderlyingClusters);
}
