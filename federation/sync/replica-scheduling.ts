import type { KubeObject } from '../../src/apimachinery/index.ts';
import { annotations, type PlacementPolicy, type ReplicaScheduling } from '../apis/index.ts';

/** Annotations by which an object says itself how it is divided. */
export const OWN_WORDS = [
  annotations.deploymentPreferences,
  annotations.replicaSetPreferences,
  annotations.jobPreferences,
] as const;

/** Of the policy. The object's own word, its annotation, goes before; neither: as the original did without. */
export function schedulingOf(
  { metadata }: KubeObject,
  policy: PlacementPolicy | undefined,
): ReplicaScheduling | undefined {
  if (OWN_WORDS.some((name) => metadata.annotations?.[name] !== undefined)) return undefined;
  const { replicaScheduling, clusterAffinities = [] } = policy?.spec?.placement ?? {};
  return replicaScheduling ?? (clusterAffinities.length > 1 ? {} : undefined);
}
