import { formatTime } from './time.ts';

/** What conditions of all kinds have in common. */
export interface Condition {
  readonly type: string;
  readonly status: string;
  readonly reason?: string;
  readonly message?: string;
  readonly lastTransitionTime?: string;
}

/**
 * The list with this condition in it, in place of the one of its type. `lastTransitionTime` is now only when the status
 * changed. The same list when nothing changed, so that `===` tells.
 */
export function setCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  condition: C,
  now: number,
): readonly C[] {
  const list = conditions ?? [];
  const old = findCondition(list, condition.type);
  const isSameStatus = old?.status === condition.status;
  const lastTransitionTime = (isSameStatus ? old.lastTransitionTime : undefined) ?? formatTime(now);
  const next: C = { ...old, ...condition, lastTransitionTime };
  if (old === undefined) return [...list, next];

  const isSame = isSameStatus && old.reason === next.reason && old.message === next.message;
  return isSame ? list : list.map((item) => (item === old ? next : item));
}

export function findCondition<C extends Condition>(conditions: readonly C[] | undefined, type: string): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

export function isConditionTrue(conditions: readonly Condition[] | undefined, type: string): boolean {
  return findCondition(conditions, type)?.status === 'True';
}
