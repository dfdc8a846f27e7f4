import { expect, it } from 'vitest';
import type { KubeObject } from '../../src/apimachinery/index.ts';
import { FakeClock } from '../../src/component-base/index.ts';
import { annotations } from '../apis/index.ts';
import { PendingChanges } from './pending-changes.ts';

const key = 'shop/web';
const object = (metadata: Partial<KubeObject['metadata']> = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop', uid: 'u', generation: 1, ...metadata },
});

function afterUpdate(previous: KubeObject, next: KubeObject): number {
  const changes = new PendingChanges(new FakeClock());
  changes.note({ type: 'update', key, previous, object: next });
  return changes.rank(key);
}

it.each<[string, Partial<KubeObject['metadata']>]>([
  ['another spec', { generation: 2 }],
  ['another label', { labels: { app: 'web' } }],
  ['another annotation', { annotations: { team: 'a' } }],
  ['its deletion', { deletionTimestamp: '2026-01-01T00:00:00Z' }],
  ['another object of the name', { uid: 'v' }],
])('lets %s go first', (_, metadata) => {
  expect(afterUpdate(object(), object(metadata))).toBe(0);
});

it('lets a kind without generation go first', () => {
  const { generation: _, ...metadata } = object().metadata;
  const configMap = { ...object(), metadata };
  expect(afterUpdate(configMap, configMap)).toBe(0);
});

it.each<[string, Partial<KubeObject['metadata']>]>([
  ['its status alone', { resourceVersion: '7' }],
  ['where it is, as we have noted', { annotations: { [annotations.placement]: '{}' } }],
])('lets %s wait', (_, metadata) => {
  expect(afterUpdate(object(), object(metadata))).toBe(1);
});

it('remembers the first change until it is placed, and that somebody waits', async () => {
  const clock = new FakeClock();
  const changes = new PendingChanges(clock);
  const added = clock.now();
  changes.note({ type: 'add', key, object: object() });
  await clock.advance(50);
  changes.note({ type: 'update', key, previous: object(), object: object({ resourceVersion: '2' }) });
  expect([changes.rank(key), changes.since(key)]).toEqual([0, added]);
  changes.settle(key);
  expect([changes.rank(key), changes.since(key)]).toEqual([1, clock.now()]);
});
