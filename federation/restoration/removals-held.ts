import type { ClusterCondition } from '../apis/index.ts';
import type { HeldCopies } from './held-copies.ts';
import { describe, type Restoration } from './restored-mark.ts';

type News = Pick<ClusterCondition, 'type' | 'status' | 'reason' | 'message'>;

const NAMED = 3;

/** What a Cluster says while nothing is deleted there. `copies.unknown` is absent as long as the cluster was not looked at. */
export function removalsHeld(
  restoration: Restoration,
  { held, unknown }: Pick<HeldCopies, 'held'> & Partial<HeldCopies>,
): News {
  const parts = [
    `${describe(restoration)}; nothing is deleted here until that is confirmed`,
    held.length === 0 ? 'nothing would be' : `${counted(held)} would be`,
    unknown === undefined
      ? 'what else it has is not known yet'
      : unknown.length > 0 &&
        `${counted(unknown)} ${unknown.length === 1 ? 'is' : 'are'} of no object of the federation, and left as ${unknown.length === 1 ? 'it is' : 'they are'}`,
  ];
  const message = `${parts.filter(Boolean).join('; ')}. "koinon confirm-restore --dry-run" shows all`;
  return { type: 'RemovalsHeld', status: 'True', reason: 'Restored', message };
}

export const removalsConfirmed: News = {
  type: 'RemovalsHeld',
  status: 'False',
  reason: 'Confirmed',
  message: 'what the federation deletes here is meant',
};

function counted(copies: readonly string[]): string {
  const named = copies.slice(0, NAMED).join(', ');
  const rest = copies.length > NAMED ? ', …' : '';
  return `${copies.length} ${copies.length === 1 ? 'copy' : 'copies'} (${named}${rest})`;
}
