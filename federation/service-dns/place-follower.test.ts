import { expect, it } from 'vitest';
import type { LearnedPlaces } from '../../dns/provider/index.ts';
import { FakeClock, silentLogger, start } from '../../src/component-base/index.ts';
import { createInformer } from '../../src/controller/index.ts';
import { FakeClient } from '../../test/harness/fake-client.ts';
import { clusters, type Cluster, type ClusterStatus } from '../apis/index.ts';
import { placeFollower, placesOf } from './place-follower.ts';

const soon = { timeout: 30_000, interval: 5 };

const cluster = (name: string, status: ClusterStatus): Cluster => ({
  apiVersion: 'federation/v1beta1',
  kind: 'Cluster',
  metadata: { name },
  status,
});

it('knows clients within a cluster by its networks: its region, and its zone where there is only one', () => {
  const { prefixes, sites } = placesOf([
    cluster('us', {
      zones: ['us-a', 'us-b'],
      region: 'us',
      networks: ['10.1.0.0/16'],
      distances: [{ cluster: 'asia', milliseconds: 150 }],
    }),
    cluster('asia', { zones: ['asia-a'], region: 'asia', networks: ['10.2.0.0/16', '192.0.2.1/32'] }),
    cluster('new', {}),
  ]);
  const asia = { cluster: 'asia', region: 'asia', zone: 'asia-a', source: 'cluster asia' };
  expect(prefixes).toEqual([
    { cidr: '10.2.0.0/16', place: asia },
    { cidr: '192.0.2.1/32', place: asia },
    { cidr: '10.1.0.0/16', place: { cluster: 'us', region: 'us', source: 'cluster us' } },
  ]);
  expect(sites).toEqual([
    { name: 'asia', zones: ['asia-a'], region: 'asia' },
    { name: 'new', zones: [] },
    { name: 'us', zones: ['us-a', 'us-b'], region: 'us', roundTripMs: { asia: 150 } },
  ]);
});

it('tells what changes, and nothing of heartbeats', async () => {
  const federation = new FakeClient();
  const clock = new FakeClock();
  const informer = createInformer(federation, clusters, { clock, log: silentLogger });
  const learned: LearnedPlaces[] = [];
  const follower = placeFollower({ clusters: informer, places: { learn: (news) => learned.push(news) }, clock });
  await using _informer = await start([informer]);
  await using _running = await start([follower]);
  expect(learned).toEqual([{ prefixes: [], sites: [] }]);
  const spec = { serverAddressByClientCIDRs: [{ serverAddress: 'us' }] };
  const status = { region: 'us', zones: [], networks: ['10.1.0.0/16'] };
  const made = await federation.create(clusters, { metadata: { name: 'us' }, spec, status });
  await expect.poll(() => informer.lister.get('us'), soon).toBeDefined();
  await clock.advance(1_000);
  expect(learned).toHaveLength(2);
  expect(learned[1]?.prefixes.map(({ cidr }) => cidr)).toEqual(['10.1.0.0/16']);
  await federation.update(clusters, { ...made, status: { ...status, version: 'v1.36.1' } });
  await expect.poll(() => informer.lister.get('us')?.status?.version, soon).toBe('v1.36.1');
  await clock.advance(5_000);
  expect(learned).toHaveLength(2);
});
