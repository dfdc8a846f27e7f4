import { formatTime } from '../../../src/apimachinery/index.ts';
import type { Deployment } from '../../../src/apis/index.ts';

export type Conditions = NonNullable<NonNullable<Deployment['status']>['conditions']>;
export type Condition = Conditions[number];

export function conditionOf(conditions: Conditions, type: string): Condition | undefined {
  return conditions.find((condition) => condition.type === type);
}

export interface ConditionState {
  readonly type: 'Available' | 'Progressing' | 'ReplicaFailure';
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
}

/**
 * The conditions with this one in the given state. One that has status and reason already stays as it is, unless
 * `touch` says that this is news all the same; the transition time moves only with the status.
 */
export function withCondition(conditions: Conditions, state: ConditionState, now: number, touch = false): Conditions {
  const before = conditionOf(conditions, state.type);
  if (before?.status === state.status && before.reason === state.reason && !touch) return conditions;
  const time = formatTime(now);
  const condition: Condition = {
    type: state.type,
    status: state.status,
    lastUpdateTime: time,
    lastTransitionTime: before?.status === state.status ? (before.lastTransitionTime ?? time) : time,
    reason: state.reason,
    message: state.message,
  };
  return [...conditions.filter(({ type }) => type !== state.type), condition];
}
