import type { Pod } from '../../../src/apis/index.ts';
import { isAvailable } from '../../pods/index.ts';
import { isDesired, isLeaving, isOf, type Place } from './daemons.ts';
import type { Rules } from './manage.ts';
import type { UpdateLimits } from './update-limits.ts';

export interface UpdateStep {
  readonly remove: readonly Pod[];
  /** Names of nodes that get a new daemon beside the old one. */
  readonly create: readonly string[];
}

interface Pair {
  readonly old?: Pod;
  readonly new?: Pod;
}

/** One step of a rolling update; the next follows when the pods' state has changed. */
export function updateStep(places: readonly Place[], limits: UpdateLimits, rules: Rules): UpdateStep {
  const peopled = places.filter(({ pods }) => pods.length > 0);
  return limits.maxSurge === 0 ? replaceStep(peopled, limits, rules) : surgeStep(peopled, limits, rules);
}

/** Old daemons that serve nobody go at once, others as far as `maxUnavailable` lets them; their successors come after. */
function replaceStep(places: readonly Place[], { maxUnavailable }: UpdateLimits, rules: Rules): UpdateStep {
  let unavailable = 0;
  const broken: Pod[] = [];
  const candidates: Pod[] = [];
  for (const { pods } of places) {
    const pair = pairOf(pods, rules.hash);
    if (pair?.old !== undefined && pair.new === undefined) {
      (serves(pair.old, rules) ? candidates : broken).push(pair.old);
    } else if (pair?.new === undefined || pair.old !== undefined || !serves(pair.new, rules)) {
      unavailable += 1;
    }
  }
  const room = Math.max(0, maxUnavailable - unavailable);
  return { remove: [...broken, ...candidates.slice(0, room)], create: [] };
}

/** New daemons come beside old ones, as many as may, and at once where the old one serves nobody; then the old one goes. */
function surgeStep(places: readonly Place[], { maxSurge }: UpdateLimits, rules: Rules): UpdateStep {
  let surging = 0;
  const remove: Pod[] = [];
  const urgent: string[] = [];
  const candidates: string[] = [];
  for (const place of places) {
    const pair = pairOf(place.pods, rules.hash);
    if (pair === undefined) surging += 1;
    if (pair?.old === undefined || !isDesired(place)) continue;
    if (pair.new === undefined) (serves(pair.old, rules) ? candidates : urgent).push(place.node);
    else if (serves(pair.new, rules)) remove.push(pair.old);
    else surging += 1;
  }
  const room = Math.max(0, maxSurge - surging);
  return { remove, create: [...urgent, ...candidates.slice(0, room)] };
}

const serves = (pod: Pod, { minReadySeconds, now }: Rules) => isAvailable(pod, minReadySeconds, now);

/** The daemons of a node that are not leaving; undefined where there are several old or several new ones. */
function pairOf(pods: readonly Pod[], hash: string): Pair | undefined {
  const staying = pods.filter((pod) => !isLeaving(pod));
  const present = staying.filter((pod) => isOf(hash, pod));
  const old = staying.filter((pod) => !isOf(hash, pod));
  if (present.length > 1 || old.length > 1) return undefined;
  return {
    ...(old[0] === undefined ? {} : { old: old[0] }),
    ...(present[0] === undefined ? {} : { new: present[0] }),
  };
}
