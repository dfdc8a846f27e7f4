import type { Pod } from '../../../src/apis/index.ts';
import type { Taint } from './node-state.ts';

export type Toleration = NonNullable<NonNullable<Pod['spec']>['tolerations']>[number];

/** Whether a toleration means this taint. What it leaves out matches everything. */
export function tolerates({ key, operator = 'Equal', value, effect }: Toleration, taint: Taint): boolean {
  if ((effect ?? '') !== '' && effect !== taint.effect) return false;
  if ((key ?? '') !== '' && key !== taint.key) return false;
  if (operator === 'Exists' || operator === '') return operator === 'Exists' || (value ?? '') === (taint.value ?? '');
  return operator === 'Equal' && (key ?? '') !== '' && (value ?? '') === (taint.value ?? '');
}
