import { deepEqual, isObject, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Share } from './share.ts';

/** What the division of a kind decides, where an override would be lost. */
const DECIDED: Readonly<Record<string, readonly string[]>> = {
  Job: ['spec.parallelism', 'spec.completions'],
  CronJob: ['spec.jobTemplate.spec.parallelism', 'spec.jobTemplate.spec.completions'],
  StatefulSet: ['spec.ordinals'],
};

/** The first field that an override changes though it is not for it to say; `undefined` where there is none. */
export function lostOverride(object: KubeObject, { replicas, change }: Share): string | undefined {
  if (replicas === undefined || change === undefined) return undefined;
  const changed = change.apply(object);
  return DECIDED[object.kind]?.find((path) => !deepEqual(valueAt(object, path), valueAt(changed, path)));
}

function valueAt(object: unknown, path: string): unknown {
  return path.split('.').reduce((value, field) => (isObject(value) ? value[field] : undefined), object);
}
