import type { KubeObject } from '../../src/apimachinery/index.ts';
import { annotations } from '../apis/index.ts';

/**
 * What happens to a copy that somebody has changed in a member. `report`: it is told of, and stays until the federated
 * object changes. `pause`: nothing is written to members at all, deletions apart.
 */
export type DriftMode = 'enforce' | 'report' | 'pause';

/** `undefined`: the annotation says something else. */
export function driftModeOf(object: KubeObject): DriftMode | undefined {
  const mode = object.metadata.annotations?.[annotations.drift] ?? 'enforce';
  return mode === 'enforce' || mode === 'report' || mode === 'pause' ? mode : undefined;
}
