import type { HorizontalPodAutoscaler } from '../apis/index.ts';
import { limitedByBehavior, usuallyLimited, type Limited, type Wish } from './limits.ts';
import type { ScaleHistory } from './scale-history.ts';

/** How long no fewer pods are wanted than were lately, when nothing else was said. */
const DOWN_WINDOW_SECONDS = 300;

export interface Stabilized {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

export interface Recommendation {
  readonly stabilized: Stabilized;
  readonly limited: Limited;
}

const AS_WISHED = { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
const NOT_YET_UP = {
  reason: 'ScaleUpStabilized',
  message: 'recent recommendations were lower than current one, applying the lowest recent recommendation',
};
const NOT_YET_DOWN = {
  reason: 'ScaleDownStabilized',
  message: 'recent recommendations were higher than current one, applying the highest recent recommendation',
};

/** What becomes of what the metrics ask for; it is remembered. */
export function recommend(
  { spec: { behavior } }: HorizontalPodAutoscaler,
  wish: Wish,
  history: ScaleHistory,
  now: number,
): Recommendation {
  const stabilized = stabilize(behavior, wish, history, now);
  history.recommended(wish.desired, now);
  const steady = { ...wish, desired: stabilized.replicas };
  const limited =
    behavior === undefined ? usuallyLimited(steady) : limitedByBehavior(steady, behavior, history.changes(now));
  return { stabilized, limited };
}

function stabilize(
  behavior: HorizontalPodAutoscaler['spec']['behavior'],
  { current, desired }: Wish,
  history: ScaleHistory,
  now: number,
): Stabilized {
  if (behavior === undefined) {
    const replicas = history.highest(desired, DOWN_WINDOW_SECONDS, now);
    return { replicas, ...(replicas === desired ? AS_WISHED : NOT_YET_DOWN) };
  }
  const { scaleUp, scaleDown } = behavior;
  const least = history.lowest(desired, scaleUp?.stabilizationWindowSeconds ?? 0, now);
  const most = history.highest(desired, scaleDown?.stabilizationWindowSeconds ?? DOWN_WINDOW_SECONDS, now);
  const replicas = Math.min(Math.max(current, least), most);
  if (replicas === desired) return { replicas, ...AS_WISHED };
  return { replicas, ...(desired >= current ? NOT_YET_UP : NOT_YET_DOWN) };
}
