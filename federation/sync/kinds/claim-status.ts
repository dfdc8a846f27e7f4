import type { PersistentVolumeClaim } from '../../../src/apis/index.ts';
import type { MemberCopy, StatusContext } from '../federated-type.ts';
import { agreed, present, withStatus } from './aggregation.ts';

/** Bound once every cluster has a volume for it, lost as soon as one has lost its own. */
export function claimStatus(
  object: PersistentVolumeClaim,
  copies: readonly MemberCopy<PersistentVolumeClaim>[],
  { isSettled }: StatusContext,
): PersistentVolumeClaim {
  const statuses = copies.map((copy) => copy.object.status ?? {});
  if (statuses.some(({ phase }) => phase === 'Lost')) return withStatus(object, { phase: 'Lost' });
  const isBound = isSettled && statuses.length > 0 && statuses.every(({ phase }) => phase === 'Bound');
  if (!isBound) return withStatus(object, { phase: 'Pending' });
  return withStatus(object, {
    phase: 'Bound',
    ...present({
      accessModes: agreed(statuses.map(({ accessModes }) => accessModes)),
      capacity: agreed(statuses.map(({ capacity }) => capacity)),
    }),
  });
}
