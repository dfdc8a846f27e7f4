import { Resolver } from 'node:dns/promises';
import { expect, it } from 'vitest';
import { silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { createLocalDns } from './local-dns.ts';

const options = { zones: [{ name: 'example.com' }], host: '127.0.0.1', port: 0, clock, log };

it('notes questions where it is asked to, each of them, and nothing where it is not', async () => {
  const noting = createLocalDns({ ...options, queryLog: { size: 3 } });
  const silent = createLocalDns(options);
  await using _running = await start([noting, silent]);
  const zone = await noting.zone('example.com');
  await zone.apply({
    upsert: [{ name: 'www.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] }],
    remove: [],
  });
  const resolver = new Resolver();
  resolver.setServers([`127.0.0.1:${noting.address.port}`]);
  for (let round = 0; round < 4; round++) expect(await resolver.resolve4('www.example.com')).toEqual(['192.0.2.1']);

  const noted = await noting.recentQueries(10, 'www.example.com');
  expect(noted).toHaveLength(3);
  expect(noted?.[0]).toMatchObject({ client: '127.0.0.1', type: 'A', rcode: 'NOERROR', answers: ['A 192.0.2.1'] });
  expect(await silent.recentQueries(10)).toBeUndefined();
});
