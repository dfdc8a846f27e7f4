import type { HorizontalPodAutoscalerBehavior } from '../generated/wire-types.ts';
import { checked, parsed } from './json-annotation.ts';

/** Where versions that have no field for it keep how fast an autoscaler may go. */
export const BEHAVIOR = 'autoscaling.alpha.kubernetes.io/behavior';
const BEHAVIOR_TYPE = 'k8s.io/api/autoscaling/v2.HorizontalPodAutoscalerBehavior';

export function behaviorText(behavior: HorizontalPodAutoscalerBehavior): string {
  return JSON.stringify(renamed(behavior, capitalised));
}

export function behaviorOf(text: string): HorizontalPodAutoscalerBehavior {
  const behavior = checked(BEHAVIOR, renamed(parsed(BEHAVIOR, text), uncapitalised), BEHAVIOR_TYPE);
  // @NOTE it was checked against this type.
  return behavior as HorizontalPodAutoscalerBehavior;
}

const capitalised = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
const uncapitalised = (name: string) => name.charAt(0).toLowerCase() + name.slice(1);

/** Upstream writes the behavior with the names of its Go fields. */
function renamed(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item: unknown) => renamed(item, rename));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, field]) => field !== null)
      .map(([name, field]) => [rename(name), renamed(field, rename)]),
  );
}
