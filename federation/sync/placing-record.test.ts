import { expect, it } from 'vitest';
import { byReason, formatRecord, recordOf, type PlacementRecord } from './placing-record.ts';

const holding = (text?: string) =>
  recordOf({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: text === undefined ? {} : { annotations: { 'federation.koinon.dev/placement': text } },
  });

it('reads what it wrote', () => {
  const record: PlacementRecord = {
    policy: 'PlacementPolicy shop/web',
    clusters: { a: 2, b: true },
    dependencies: true,
  };
  expect(holding(formatRecord(record))).toEqual({ clusters: { a: 2, b: true }, dependencies: true });
});

it.each([undefined, 'nonsense', '[]', '{}', '{"clusters":7}', 'null'])('takes %s for nothing', (text) => {
  expect(holding(text)).toBeUndefined();
});

it('leaves out what somebody else wrote into it', () => {
  expect(holding('{"clusters":{"a":-1,"b":"x","c":1.5,"d":3},"dependencies":"yes"}')).toEqual({ clusters: { d: 3 } });
});

it('names clusters by reason, and counts those of many', () => {
  const many = Array.from({ length: 25 }, (_, index) => [`c${String(index).padStart(2, '0')}`, 'is far'] as const);
  const { 'is far': far = [], 'is near': near } = byReason(new Map([...many, ['z', 'is near'] as const]));
  expect(near).toEqual(['z']);
  expect(far).toHaveLength(21);
  expect(far.at(-1)).toBe('and 5 more');
});
