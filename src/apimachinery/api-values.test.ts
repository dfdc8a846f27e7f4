import { expect, it } from 'vitest';
import { findCondition, setCondition } from './condition.ts';
import { deepEqual } from './deep-equal.ts';
import { deepFreeze } from './freeze.ts';
import { generateName } from './generate-name.ts';
import { fnv1, fnv1a, podTemplateHash } from './hash.ts';
import { resolveIntOrPercent } from './int-or-percent.ts';
import { withAnnotation, withFinalizer, withoutFinalizer } from './metadata-change.ts';
import { joinKey, keyOf, splitKey } from './object-key.ts';
import { controllerOf, controllerReferenceTo } from './owner-reference.ts';
import { formatMicroTime, formatTime, parseTime } from './time.ts';

const configMap = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'x', uid: 'u' } };

it('writes and reads times', () => {
  const ms = Date.UTC(2024, 1, 3, 4, 5, 6, 789);
  expect(formatTime(ms)).toBe('2024-02-03T04:05:06Z');
  expect(formatMicroTime(ms)).toBe('2024-02-03T04:05:06.789000Z');
  expect(parseTime('2024-02-03T04:05:06.789000Z')).toBe(ms);
  expect(parseTime('2024-02-03T05:05:06+01:00')).toBe(ms - 789);
  expect(parseTime('yesterday')).toBeUndefined();
  expect(parseTime('2024-13-03T04:05:06Z')).toBeUndefined();
});

it('joins and splits keys', () => {
  expect(keyOf(configMap)).toBe('x/a');
  expect(splitKey('x/a')).toEqual({ namespace: 'x', name: 'a' });
  expect(splitKey('a')).toEqual({ name: 'a' });
  expect(joinKey(splitKey('x/a'))).toBe('x/a');
});

it.each([
  [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }, true],
  [{ a: undefined }, {}, true],
  [{ a: 1 }, { b: 1 }, false],
  [[1, 2], [2, 1], false],
  [[], {}, false],
  [null, {}, false],
  ['1', 1, false],
])('deepEqual of %j and %j is %s', (a, b, expected) => {
  expect(deepEqual(a, b)).toBe(expected);
  expect(deepEqual(b, a)).toBe(expected);
});

it('freezes all the way down', () => {
  const value = deepFreeze({ a: [{ b: 1 }] });
  expect(Object.isFrozen(value.a[0])).toBe(true);
});

it('generates names within the limit', () => {
  expect(generateName('web-', () => 0)).toBe('web-bbbbb');
  expect(generateName('x'.repeat(80), () => 0.999)).toBe(`${'x'.repeat(58)}99999`);
});

it('hashes as FNV does', () => {
  expect(fnv1('foobar')).toBe(0x31f0b262);
  expect(fnv1a('foobar')).toBe(0xbf9cf968);
  expect(fnv1a('')).toBe(0x811c9dc5);
});

it('hashes a template by its content only', () => {
  const hash = podTemplateHash({ a: 1, b: { c: 2, d: 3 } });
  expect(hash).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]+$/);
  expect(podTemplateHash({ b: { d: 3, c: 2 }, a: 1 })).toBe(hash);
  expect(podTemplateHash({ a: 1, b: { c: 2, d: 4 } })).not.toBe(hash);
  expect(podTemplateHash({ a: 1, b: { c: 2, d: 3 } }, 1)).not.toBe(hash);
});

it('rounds percentages up or down', () => {
  expect(resolveIntOrPercent('25%', 10, 'up')).toBe(3);
  expect(resolveIntOrPercent('25%', 10, 'down')).toBe(2);
  expect(resolveIntOrPercent(4, 10, 'up')).toBe(4);
  expect(() => resolveIntOrPercent('4', 10, 'up')).toThrow('not a percentage');
});

it('changes metadata only where there is something to change', () => {
  const annotated = withAnnotation(configMap, 'a', '1');
  expect(annotated.metadata).toEqual({ ...configMap.metadata, annotations: { a: '1' } });
  expect(withAnnotation(annotated, 'a', '1')).toBe(annotated);
  const finalized = withFinalizer(configMap, 'f');
  expect(withFinalizer(finalized, 'f')).toBe(finalized);
  expect(withoutFinalizer(finalized, 'f').metadata).toEqual({ ...configMap.metadata, finalizers: [] });
});

it('makes the reference of a controller', () => {
  const reference = controllerReferenceTo(configMap);
  expect(reference).toEqual({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: 'a',
    uid: 'u',
    controller: true,
    blockOwnerDeletion: true,
  });
  expect(controllerOf({ metadata: { ownerReferences: [{ ...reference, controller: false }, reference] } })).toBe(
    reference,
  );
});

it('keeps the transition time of a condition while its status stays', () => {
  const ready = { type: 'Ready', status: 'True', reason: 'Up' };
  const first = setCondition([], ready, 0);
  expect(first).toEqual([{ ...ready, lastTransitionTime: '1970-01-01T00:00:00Z' }]);
  expect(setCondition(first, ready, 60_000)).toBe(first);
  expect(setCondition(first, { ...ready, reason: 'Still' }, 60_000)[0]).toMatchObject({
    reason: 'Still',
    lastTransitionTime: '1970-01-01T00:00:00Z',
  });
  expect(findCondition(setCondition(first, { ...ready, status: 'False' }, 60_000), 'Ready')).toMatchObject({
    lastTransitionTime: '1970-01-01T00:01:00Z',
  });
});
