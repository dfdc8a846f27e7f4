import { findCondition, parseTime } from '../../apimachinery/index.ts';
import type { Job } from '../generated/wire-types.ts';

export interface JobEnd {
  readonly type: 'Complete' | 'Failed';
  /** Milliseconds since the epoch. */
  readonly at: number | undefined;
}

/** How and when a Job has ended; undefined while it has not. */
export function jobEnd({ status }: Job): JobEnd | undefined {
  for (const type of ['Complete', 'Failed'] as const) {
    const condition = findCondition(status?.conditions, type);
    if (condition?.status === 'True') return { type, at: parseTime(condition.lastTransitionTime) };
  }
  return undefined;
}
