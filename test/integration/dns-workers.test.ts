import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import { expect, it } from 'vitest';
import { AddressList } from '../../dns/access/index.ts';
import { createLocalDns, type LocalDnsOptions, type RecordSet } from '../../dns/provider/index.ts';
import { createMetrics, silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { askTcp, askUdp, questionPacket } from '../harness/dns-wire.ts';
import { waysOfPackets } from '../harness/ways-of-packets.ts';

const SOA = 6;

const a = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });

async function startDns(options: Partial<LocalDnsOptions> = {}) {
  const metrics = createMetrics();
  const dns = createLocalDns({
    zones: [{ name: 'example.com' }, { name: 'acme.com' }],
    host: '127.0.0.1',
    port: 0,
    workers: 2,
    metrics,
    clock,
    log,
    ...options,
  });
  const running = await start([dns]);
  const resolver = new Resolver({ timeout: 5000 });
  resolver.setServers([`127.0.0.1:${dns.address.port}`]);
  return { dns, resolver, metrics, [Symbol.asyncDispose]: () => running[Symbol.asyncDispose]() };
}

const title = 'answers from threads that take packets in $how what zones have, and what they have a moment later';

it.each(waysOfPackets)(title, async ({ batchedBy }) => {
  await using server = await startDns({ batchedBy });
  const { dns, resolver, metrics } = server;
  const zone = await dns.zone('example.com');
  await zone.apply({ upsert: [a('www.example.com', '192.0.2.1')], remove: [] });
  await expect.poll(() => resolver.resolve4('www.example.com')).toEqual(['192.0.2.1']);
  await zone.apply({ upsert: [a('www.example.com', '192.0.2.2')], remove: [] });
  await expect.poll(() => resolver.resolve4('www.example.com')).toEqual(['192.0.2.2']);
  await expect(resolver.resolve4('nothing.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  expect((await resolver.resolveSoa('acme.com')).nsname).toBe('ns1.acme.com');
  await expect
    .poll(() => metrics.metrics())
    .toMatch(/dns_responses_total\{zone="example.com",rcode="NOERROR",proto="udp"\} [1-9]/);
});

it('chooses in threads by what is learned of places', async () => {
  await using server = await startDns({ places: { configured: [] } });
  const { dns, resolver } = server;
  const candidates = ['eu', 'us'].map((region, at) => ({ name: region, region, data: [`192.0.2.${at}`] }));
  const zone = await dns.zone('example.com');
  const choice = { policy: 'nearest', candidates } as const;
  await zone.apply({ upsert: [{ ...a('www.example.com', '192.0.2.0', '192.0.2.1'), choice }], remove: [] });
  await expect
    .poll(async () => (await resolver.resolve4('www.example.com')).sort())
    .toEqual(['192.0.2.0', '192.0.2.1']);
  const place = { region: 'us', source: 'cluster us' };
  dns.places.learn({ prefixes: [{ cidr: '127.0.0.0/8', place }], sites: [] });
  await expect.poll(() => resolver.resolve4('www.example.com')).toEqual(['192.0.2.1']);
});

it('passes on to the server what is no question', async () => {
  await using server = await startDns({
    transfer: { zones: [{ zone: 'example.com', transfer: [{ addresses: ['127.0.0.0/8'] }] }] },
  });
  const socket = createSocket('udp4');
  const header = Buffer.from([0, 9, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0]);
  const name = Buffer.from('\x07example\x03com\x00', 'latin1');
  // IXFR since a serial, which a SOA tells (RFC 1995).
  const soa = [0xc0, 12, 0, 6, 0, 1, 0, 0, 0, 0, 0, 22, 0, 0, ...new Uint8Array(20)];
  const question = Buffer.concat([header, name, Buffer.from([0, 251, 0, 1, ...soa])]);
  socket.send(question, server.dns.address.port, '127.0.0.1');
  const [answer] = (await once(socket, 'message')) as [Buffer];
  expect([answer.readUInt16BE(0), (answer[3] ?? 0) & 0xf]).toEqual([9, 0]);
  socket.close();
});

it('gathers what threads and the server have noted of questions', async () => {
  await using server = await startDns({ queryLog: { size: 20 } });
  const { dns } = server;
  const { port } = dns.address;
  // The port of a client decides which thread its packet goes to: both have some of these.
  for (let count = 0; count < 30; count++) await askUdp(port, questionPacket('acme.com', { type: SOA }));
  await askTcp(port, questionPacket('acme.com'));
  const noted = (await dns.recentQueries(100, 'acme.com')) ?? [];
  expect(noted.length).toBeGreaterThan(20);
  expect(noted.map(({ at }) => at)).toEqual(noted.map(({ at }) => at).sort((one, other) => other - one));
  expect(noted[0]).toMatchObject({ transport: 'tcp', type: 'A', rcode: 'NOERROR' });
  expect(noted.at(-1)).toMatchObject({ transport: 'udp', type: 'SOA', client: '127.0.0.1' });
  expect(await dns.recentQueries(3)).toHaveLength(3);
  expect(await dns.recentQueries(3, 'example.com')).toEqual([]);
});

it('keeps to lists of clients in threads', async () => {
  const access = { query: new AddressList(['192.0.2.0/24']) };
  await using server = await startDns({ protection: { access } });
  await expect(server.resolver.resolveSoa('acme.com')).rejects.toMatchObject({ code: 'EREFUSED' });
});

it('fails where somebody else has the port', async () => {
  const other = createSocket('udp4');
  other.bind(0, '127.0.0.1');
  await once(other, 'listening');
  await expect(startDns({ port: other.address().port })).rejects.toMatchObject({
    name: 'ListenError',
    code: 'EADDRINUSE',
  });
  other.close();
});
