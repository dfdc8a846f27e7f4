import { expect, it } from 'vitest';
import { createZone, publishedSets, zoneSet, type RecordSet, type Zone, type ZoneSource } from '../../zone/index.ts';
import { ReplicaZones } from './replica-zones.ts';
import type { ToWorker } from './worker-protocol.ts';
import { ZoneFeed } from './zone-feed.ts';

const a = (name: string, last: number): RecordSet => ({
  name: `${name}.example.com`,
  type: 'A',
  ttlSeconds: 60,
  data: [`192.0.2.${last}`],
});

/** Zones that a feed tells a copy of, as another thread would have it. */
function pair(...initial: Zone[]) {
  const zones = new Map(initial.map((zone) => [zone.name, zone]));
  const listeners = new Set<Parameters<ZoneSource['onChange']>[0]>();
  const source: ZoneSource = {
    current: () => zoneSet(zones.values()),
    onChange: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  const replica = new ReplicaZones();
  const take = (message: ToWorker) => {
    if (message.kind === 'zone') replica.begin(message.options, message.serial);
    if (message.kind === 'sets') replica.add(message.sets);
    if (message.kind === 'whole') replica.finish();
    if (message.kind === 'change') replica.change(message.zone, message.deltas);
    if (message.kind === 'gone') replica.remove(message.zone);
  };
  const feed = new ZoneFeed(source, (message) => {
    take(structuredClone(message));
  });
  const contentOf = (zone: Zone | undefined) =>
    zone && { serial: zone.serial, sets: publishedSets(zone).sort((one, other) => (one.name < other.name ? -1 : 1)) };
  return {
    feed,
    replica,
    change: (name: string, upsert: RecordSet[], remove: RecordSet[] = []) => {
      for (const change of zones.get(name)?.change({ upsert, remove }) ?? [])
        for (const told of listeners) told(change);
    },
    put: (name: string, zone: Zone | undefined) => {
      if (zone === undefined) zones.delete(name);
      else zones.set(name, zone);
      for (const told of listeners) told({ zone: name, serial: 0, names: 'all' });
    },
    same: (name: string) => {
      expect(contentOf(replica.current().find(name))).toEqual(contentOf(source.current().find(name)));
    },
  };
}

it('gives the copy what zones have, also what changes while they are told, and then each change at once', async () => {
  const sets = Array.from({ length: 12_000 }, (_, at) => a(`s${at}`, at % 200));
  const { feed, change, same, replica } = pair(createZone({ name: 'example.com' }, 7, sets));
  const settled = feed.settled();
  change('example.com', [a('s1', 250), a('new', 1)], [a('s11999', 1)]);
  expect(replica.current().find('example.com')).toBeUndefined();
  await settled;
  same('example.com');
  change('example.com', [a('s2', 251)]);
  change('example.com', [], [a('s3', 3)]);
  same('example.com');
  feed[Symbol.dispose]();
  change('example.com', [a('late', 1)]);
  expect(replica.current().find('example.com')?.node('late.example.com')).toBeUndefined();
});

it('tells of zones that come, go, or are others of the same name', async () => {
  const { feed, put, change, same } = pair(createZone({ name: 'example.com' }, 1, [a('old', 1)]));
  await feed.settled();
  put('acme.com', createZone({ name: 'acme.com' }, 5));
  put('example.com', createZone({ name: 'example.com' }, 1, [a('other', 2)]));
  await feed.settled();
  same('acme.com');
  same('example.com');
  change('example.com', [a('more', 3)]);
  same('example.com');
  put('acme.com', undefined);
  await feed.settled();
  same('acme.com');
});
