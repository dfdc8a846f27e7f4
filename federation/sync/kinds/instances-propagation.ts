import type { CustomResourceDefinition } from '../../../src/apis/index.ts';
import { finalizers } from '../../apis/index.ts';

/**
 * What becomes of the copies of a definition's objects when it goes: they go as its own copies do. Where these stay, and
 * where it is not told any more, the objects' own rule holds.
 */
export function propagationToInstances({ metadata }: CustomResourceDefinition): 'Background' | undefined {
  const { finalizers: held = [] } = metadata;
  const cascades = held.includes(finalizers.deleteFromUnderlyingClusters) && !held.includes(finalizers.orphan);
  return cascades ? 'Background' : undefined;
}
