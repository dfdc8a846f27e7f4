import { expect, it } from 'vitest';
import type { Cluster } from '../apis/index.ts';
import { cordoned, restored } from './cordon.ts';
import { withDrainMark } from './drain-mark.ts';

const cluster = (spec: Cluster['spec'] = {}): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name: 'east' },
  spec,
});
const taint = { key: 'federation.koinon.dev/drain', effect: 'NoExecute' } as const;
const other = { key: 'dedicated', effect: 'NoSchedule' } as const;
const since = '2026-01-01T00:00:00Z';
const drained = (before: { unschedulable: boolean; withdrawn: boolean }) =>
  withDrainMark(cluster({ unschedulable: true, withdrawn: true, taints: [other, taint] }), { since, ...before });

it('cordons once', () => {
  const next = cordoned(cluster({ taints: [other] }));
  expect(next.spec).toEqual({ taints: [other], unschedulable: true });
  expect(cordoned(next)).toBe(next);
});

it('makes a drained cluster what it was before', () => {
  expect(restored(drained({ unschedulable: false, withdrawn: false }), 'undrain')).toEqual({
    ...cluster({ taints: [other] }),
    metadata: { name: 'east', annotations: {} },
  });
  expect(restored(drained({ unschedulable: true, withdrawn: true }), 'undrain').spec).toEqual({
    taints: [other],
    unschedulable: true,
    withdrawn: true,
  });
  expect(restored(drained({ unschedulable: true, withdrawn: false }), 'uncordon').spec).toEqual({ taints: [other] });
});

it('ends a cordon alone, and leaves what somebody else withdrew', () => {
  expect(restored(cluster({ unschedulable: true, withdrawn: true }), 'uncordon').spec).toEqual({ withdrawn: true });
  const ready = cluster({ taints: [other] });
  expect(restored(ready, 'uncordon')).toBe(ready);
  const cordonedOnly = cluster({ unschedulable: true });
  expect(restored(cordonedOnly, 'undrain')).toBe(cordonedOnly);
});
