import { expect, it } from 'vitest';
import { FakeClock } from '../../src/component-base/index.ts';
import { createChooser, createPlaces } from '../choice/index.ts';
import { createZone, zoneSet } from '../zone/index.ts';
import { authoritative } from './authoritative.ts';
import { choosing } from './choosing.ts';
import type { DnsQuery } from './dns-handler.ts';
import { refuse } from './layers.ts';
import { logged, QueryLog } from './query-log.ts';

const data = ['192.0.2.1', '192.0.2.2'];
const candidates = [
  { name: 'asia', data: ['192.0.2.1'], region: 'asia' },
  { name: 'europe', data: ['192.0.2.2'], region: 'europe' },
];
const zone = createZone({ name: 'example.com' }, 1, [
  { name: 'web.example.com', type: 'A', ttlSeconds: 60, data, choice: { policy: 'nearest', candidates } },
]);
const configured = [{ cidr: '203.0.113.0/24', place: { region: 'europe', source: 'configuration' } }];

function serving(size: number) {
  const chooser = createChooser(createPlaces({ configured }));
  const log = new QueryLog(size);
  const clock = new FakeClock();
  const zones = authoritative({ current: () => zoneSet([zone]), onChange: () => () => undefined });
  const handler = logged(log, chooser, clock)(choosing(chooser, () => undefined)(zones(refuse)));
  const ask = (name: string, subnet?: readonly number[]) => {
    const options = subnet === undefined ? [] : [{ code: 8, data: Buffer.from([0, 1, 24, 0, ...subnet]) }];
    const edns = { version: 0, udpSize: 1232, dnssecOk: false, options };
    const query: DnsQuery = {
      name,
      type: 'A',
      class: 1,
      recursionDesired: false,
      edns,
      transport: 'udp',
      client: '127.0.0.1',
    };
    return handler(query, new AbortController().signal);
  };
  return { log, clock, ask };
}

it('notes who asked what, what the answer was and why', async () => {
  const { log, clock, ask } = serving(10);
  await clock.advance(5);
  await ask('web.example.com', [203, 0, 113]);
  await ask('none.example.com');
  await ask('www.example.org');
  const common = { at: clock.now(), transport: 'udp', client: '127.0.0.1', type: 'A' };
  expect(log.recent(10)).toEqual([
    { ...common, name: 'www.example.org', rcode: 'REFUSED', answers: [] },
    { ...common, name: 'none.example.com', rcode: 'NXDOMAIN', answers: [] },
    {
      ...common,
      name: 'web.example.com',
      rcode: 'NOERROR',
      answers: ['A 192.0.2.2'],
      subnet: '203.0.113.0/24',
      scope: 24,
      reasons: [
        "the client's subnet 203.0.113.0/24 is in region europe (configuration)",
        'in the same region: europe',
        'nobody knows how far away: asia',
        'answered: europe',
      ],
    },
  ]);
});

it('keeps the latest, and no more than it may', async () => {
  const { log, ask } = serving(3);
  for (let at = 0; at < 8; at++) await ask(`n${at}.example.com`);
  expect(log.recent(10).map(({ name }) => name)).toEqual(['n7.example.com', 'n6.example.com', 'n5.example.com']);
  expect(log.recent(1).map(({ name }) => name)).toEqual(['n7.example.com']);
  expect(log.recent(10, 'n6.example.com')).toHaveLength(1);
  expect(log.recent(10, 'n1.example.com')).toEqual([]);
});
