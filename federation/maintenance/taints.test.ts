import { expect, it } from 'vitest';
import { changedTaints, parseTaintChanges } from './taints.ts';

const now = Date.UTC(2026, 0, 1);
const apply = (texts: readonly string[], before: Parameters<typeof changedTaints>[0] = [], overwrite = false) =>
  changedTaints(before, parseTaintChanges(texts), { overwrite, now });

it('sets and removes taints as kubectl does on nodes', () => {
  const one = apply(['dedicated=gpu:NoSchedule', 'slow:PreferNoSchedule']);
  expect(one).toEqual([
    { key: 'dedicated', value: 'gpu', effect: 'NoSchedule' },
    { key: 'slow', effect: 'PreferNoSchedule' },
  ]);
  expect(apply(['dedicated=gpu:NoSchedule'], one)).toHaveLength(2);
  expect(apply(['dedicated=cpu:NoSchedule'], one, true)).toContainEqual(expect.objectContaining({ value: 'cpu' }));
  expect(apply(['dedicated-'], one)).toEqual([{ key: 'slow', effect: 'PreferNoSchedule' }]);
  expect(apply(['slow:PreferNoSchedule-', 'dedicated=gpu:NoSchedule-'], one)).toEqual([]);
});

it('says since when something is to leave', () => {
  expect(apply(['gone:NoExecute'])).toEqual([{ key: 'gone', effect: 'NoExecute', timeAdded: '2026-01-01T00:00:00Z' }]);
});

it.each([
  [['key'], 'it has no effect'],
  [['key=value'], 'it has no effect'],
  [['key:Never'], 'invalid taint effect "Never"'],
  [['a=b=c:NoSchedule'], 'invalid taint "a=b=c:NoSchedule"'],
  [['a:b:NoSchedule'], 'invalid taint'],
  [['=x:NoSchedule'], 'invalid taint'],
  [['UPPER/lower/x:NoSchedule'], 'invalid taint'],
  [['a=ä:NoSchedule'], 'invalid taint'],
  [['a:NoSchedule', 'a=x:NoSchedule'], 'a:NoSchedule is given twice'],
  [['gone-'], 'taint "gone" not found'],
  [['there=other:NoSchedule'], '--overwrite is not given'],
])('refuses %j', (texts, message) => {
  expect(() => apply(texts, [{ key: 'there', value: 'x', effect: 'NoSchedule' }])).toThrow(message);
});
