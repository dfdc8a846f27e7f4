import type { KubeObject } from '../../src/apimachinery/index.ts';
import type { Pod, PodTemplateSpec } from '../../src/apis/index.ts';

/** A cluster that has pods which cannot be seen. */
export interface Blind {
  readonly cluster: string;
  /** Asked for there when it was last seen; absent where that is not known. */
  readonly wanted: number | undefined;
  readonly why: string;
}

interface Workload extends KubeObject {
  readonly spec?: { readonly template?: PodTemplateSpec };
}

/** More than any workload has. */
const MOST = 100_000;

/**
 * How many replicas are where nobody can look: those that were asked for there, unless they have been given to others
 * since.
 */
export function unseenReplicas(total: number, seen: number, blind: readonly Blind[]): number {
  const there = blind.reduce((sum, { wanted }) => sum + (wanted ?? Infinity), 0);
  return Math.min(MOST, there, Math.max(0, total - seen));
}

/** Pods as the workload asks for them, believed to run, of which nothing else is known. */
export function unseenPods(object: Workload, count: number): readonly Pod[] {
  const { spec } = object.spec?.template ?? {};
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  return Array.from({ length: count }, (_, index) => ({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: `unseen-${index}` },
    ...(spec === undefined ? {} : { spec }),
    status,
  }));
}
