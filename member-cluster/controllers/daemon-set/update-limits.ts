import { resolveIntOrPercent } from '../../../src/apimachinery/index.ts';
import type { DaemonSet } from '../../../src/apis/index.ts';

export interface UpdateLimits {
  /** Nodes that may be without an available daemon during an update. */
  readonly maxUnavailable: number;
  /** Nodes that may have an old and a new daemon at once; not 0: that is how the update goes. */
  readonly maxSurge: number;
}

/** The numbers a rolling update of so many daemons goes by, rounded up. Undefined: nothing is updated but by hand. */
export function updateLimits({ spec }: DaemonSet, desired: number): UpdateLimits | undefined {
  const { type, rollingUpdate: { maxUnavailable = 1, maxSurge = 0 } = {} } = spec?.updateStrategy ?? {};
  if (type === 'OnDelete') return undefined;
  const surge = resolveIntOrPercent(maxSurge, desired, 'up');
  const unavailable = resolveIntOrPercent(maxUnavailable, desired, 'up');
  return { maxSurge: surge, maxUnavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}
