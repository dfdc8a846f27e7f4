import type { HorizontalPodAutoscaler } from '../apis/index.ts';
import type { ScaleChanges } from './scale-history.ts';

type Behavior = NonNullable<HorizontalPodAutoscaler['spec']['behavior']>;
type Rules = NonNullable<Behavior['scaleUp']>;

export interface Wish {
  readonly current: number;
  readonly desired: number;
  readonly min: number;
  readonly max: number;
}

export interface Limited {
  readonly replicas: number;
  readonly reason: string;
  readonly message: string;
}

const TOO_MANY = {
  reason: 'TooManyReplicas',
  message: 'the desired replica count is more than the maximum replica count',
};
const TOO_FEW = {
  reason: 'TooFewReplicas',
  message: 'the desired replica count is less than the minimum replica count',
};
const TOO_FAST_UP = {
  reason: 'ScaleUpLimit',
  message: 'the desired replica count is increasing faster than the maximum scale rate',
};
const TOO_FAST_DOWN = {
  reason: 'ScaleDownLimit',
  message: 'the desired replica count is decreasing faster than the maximum scale rate',
};

const within = (replicas: number): Limited => ({
  replicas,
  reason: 'DesiredWithinRange',
  message: 'the desired count is within the acceptable range',
});

/** Where nobody says how fast to go: no more than twice as many at once, or four. */
export function usuallyLimited({ current, desired, min, max }: Wish): Limited {
  if (desired < min) return { replicas: min, ...TOO_FEW };
  const fastest = Math.max(2 * current, 4);
  if (desired <= Math.min(fastest, max)) return within(desired);
  return max > fastest ? { replicas: fastest, ...TOO_FAST_UP } : { replicas: max, ...TOO_MANY };
}

/** As fast as the policies of its behaviour allow after what was changed before. */
export function limitedByBehavior(
  { current, desired, min, max }: Wish,
  { scaleUp = {}, scaleDown = {} }: Behavior,
  changes: ScaleChanges,
): Limited {
  if (desired > current) {
    const fastest = Math.max(current, upLimit(current, scaleUp, changes));
    if (desired <= Math.min(fastest, max)) return within(desired);
    return max > fastest ? { replicas: fastest, ...TOO_FAST_UP } : { replicas: max, ...TOO_MANY };
  }
  if (desired < current) {
    const fastest = Math.min(current, downLimit(current, scaleDown, changes));
    if (desired >= Math.max(fastest, min)) return within(desired);
    return min < fastest ? { replicas: fastest, ...TOO_FAST_DOWN } : { replicas: min, ...TOO_FEW };
  }
  return within(desired);
}

/** How many there were when the period of a policy began. */
const before = (current: number, periodSeconds: number, changes: ScaleChanges) =>
  current - changes.added(periodSeconds) + changes.removed(periodSeconds);

function upLimit(current: number, { selectPolicy, policies = [] }: Rules, changes: ScaleChanges): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = before(current, periodSeconds, changes);
    return type === 'Pods' ? start + value : Math.ceil(start * (1 + value / 100));
  });
  return selectPolicy === 'Min' ? Math.min(...limits) : Math.max(...limits);
}

function downLimit(current: number, { selectPolicy, policies = [] }: Rules, changes: ScaleChanges): number {
  if (selectPolicy === 'Disabled') return current;
  const limits = policies.map(({ type, value, periodSeconds }) => {
    const start = before(current, periodSeconds, changes);
    return type === 'Pods' ? start - value : Math.trunc(start * (1 - value / 100));
  });
  return selectPolicy === 'Min' ? Math.max(...limits) : Math.min(...limits);
}
