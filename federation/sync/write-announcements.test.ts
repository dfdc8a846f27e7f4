import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { WriteAnnouncements } from './write-announcements.ts';

const web = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace: 'shop', name: 'web', uid: 'u1' } };

function setUp() {
  const clock = new FakeClock();
  const told: string[] = [];
  const events = {
    name: 'events',
    run: () => Promise.resolve(),
    event: (_about: unknown, type: string, reason: string, message: string) =>
      void told.push(`${type} ${reason} ${message}`),
  };
  return { clock, told, announcements: new WriteAnnouncements(events, clock) };
}

it('tells once of all clusters in which the same is done within a second', async () => {
  const { clock, told, announcements } = setUp();
  for (const cluster of ['west', 'east', 'west']) announcements.note('Create', cluster, web, 'configmap "shop/web"');
  announcements.note('Update', 'north', web, 'configmap "shop/web"');
  expect(told).toEqual([]);
  await clock.advance(1_000);
  expect(told).toEqual([
    'Normal CreateInCluster Creating configmap "shop/web" in clusters east, west',
    'Normal UpdateInCluster Updating configmap "shop/web" in cluster north',
  ]);
  announcements.note('Create', 'south', web, 'configmap "shop/web"');
  await clock.advance(1_000);
  expect(told.at(-1)).toBe('Normal CreateInCluster Creating configmap "shop/web" in cluster south');
  expect(clock.pending).toBe(0);
});

it('names no more than a message holds, and gathers no more than it may', () => {
  const { clock, told, announcements } = setUp();
  for (let index = 0; index < 100; index++)
    announcements.note('Delete', `c-${index + 100}`, web, 'configmap "shop/web"');
  announcements.tell();
  expect(told[0]).toMatch(
    /^Normal DeleteInCluster Deleting configmap "shop\/web" in clusters c-100, .*c-119 and 80 more$/,
  );
  for (let index = 0; index < 1_500; index++) {
    const about = { ...web, metadata: { ...web.metadata, name: `web-${index}` } };
    announcements.note('Create', 'east', about, `configmap "shop/web-${index}"`);
  }
  expect(told).toHaveLength(1_001);
  announcements.tell();
  expect(told).toHaveLength(1_501);
  expect(clock.pending).toBe(0);
});
