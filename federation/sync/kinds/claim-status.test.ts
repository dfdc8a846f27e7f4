import { expect, it } from 'vitest';
import type { PersistentVolumeClaim } from '../../../src/apis/index.ts';
import { claimStatus } from './claim-status.ts';

const claim = (status: NonNullable<PersistentVolumeClaim['status']>): PersistentVolumeClaim => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'data' },
  status,
});
const bound = { phase: 'Bound', accessModes: ['ReadWriteOnce'], capacity: { storage: '1Gi' } };
const larger = { ...bound, capacity: { storage: '2Gi' } };

it.each<[string, readonly NonNullable<PersistentVolumeClaim['status']>[], boolean, object]>([
  ['in every cluster', [bound, bound], true, bound],
  ['volumes of other sizes', [bound, larger], true, { phase: 'Bound', accessModes: ['ReadWriteOnce'] }],
  ['pending in one', [bound, { phase: 'Pending' }], true, { phase: 'Pending' }],
  ['not everywhere yet', [bound], false, { phase: 'Pending' }],
  ['nowhere', [], true, { phase: 'Pending' }],
  ['lost in one', [bound, { phase: 'Lost' }], true, { phase: 'Lost' }],
])('says whether a claim is bound: %s', (_case, statuses, isSettled, expected) => {
  const copies = statuses.map((status, index) => ({ cluster: `c${index}`, object: claim(status) }));
  const context = { isSettled, now: 0 };
  const next = claimStatus(claim({ phase: 'Pending' }), copies, context);
  expect(next.status).toEqual(expected);
  expect(claimStatus(next, copies, context)).toBe(next);
});
