import type { Container, ObjectMeta, PodSpec } from './shapes.ts';

/** Why a pod is not allowed, and where: `hostPort (container "c" uses hostPort 80)`. */
export interface Violation {
  readonly reason: string;
  readonly detail: string;
}

export interface CheckedPod {
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  /** Init containers first, ephemeral ones last. */
  readonly containers: readonly Container[];
  /** Of the standard: the rules of Kubernetes 1.`minor`. */
  readonly minor: number;
}

/** One rule of the Pod Security Standards. */
export interface Check {
  readonly id: string;
  /** The first minor version of the standard that has it; all when absent. */
  readonly since?: number;
  /** Of the baseline, a check that this one includes. */
  readonly replaces?: string;
  find(pod: CheckedPod): Violation | undefined;
}

export function quoted(names: readonly string[]): string {
  return names.map((name) => JSON.stringify(name)).join(', ');
}

/** `container "a"`, `containers "a", "b"`. */
export function containersText(containers: readonly Container[]): string {
  return `${containers.length === 1 ? 'container' : 'containers'} ${quoted(containers.map(({ name }) => name))}`;
}

/** `pod`, `container "a"` or `pod and container "a"`; undefined when nobody. */
export function settersText(isPod: boolean, containers: readonly Container[]): string | undefined {
  const setters = [...(isPod ? ['pod'] : []), ...(containers.length === 0 ? [] : [containersText(containers)])];
  return setters.length === 0 ? undefined : setters.join(' and ');
}

export function violation(reason: string, detail: string | undefined): Violation | undefined {
  return detail === undefined ? undefined : { reason, detail };
}

/** Sorted, each once. */
export function distinct(texts: readonly string[]): readonly string[] {
  return [...new Set(texts)].sort();
}
