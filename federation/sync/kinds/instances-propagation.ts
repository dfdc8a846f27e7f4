import type { CustomResourceDefinition } from '../../../src/apis/index.ts';
import { takesCopiesAlong } from '../takes-copies-along.ts';

/**
 * What becomes of the copies of a definition's objects when it goes: they go as its own copies do. Where these stay, and
 * where it is not told any more, the objects' own rule holds.
 */
export const propagationToInstances = (definition: CustomResourceDefinition): 'Background' | undefined =>
  takesCopiesAlong(definition) ? 'Background' : undefined;
