import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { Resolver } from 'node:dns/promises';
import dns2 from 'dns2';
import { describe, expect, it } from 'vitest';
import { createLocalDns, type LocalDns, type RecordSet } from '../../dns/provider/index.ts';
import { createDnsServer } from '../../dns/server/index.ts';
import { createMetrics, FakeClock, silentLogger as log, start, systemClock } from '../../src/component-base/index.ts';
import { dig, digMissing } from './dig.ts';

const host = '127.0.0.1';
const svc = 'nginx.mynamespace.myfederation.svc';

const records: RecordSet[] = [
  { name: `${svc}.example.com`, type: 'A', ttlSeconds: 180, data: ['127.11.200.1', '127.12.200.1'] },
  { name: `${svc}.us.example.com`, type: 'A', ttlSeconds: 180, data: ['127.11.200.1'] },
  { name: `${svc}.eu.example.com`, type: 'CNAME', ttlSeconds: 180, data: [`${svc}.example.com`] },
  {
    name: 'large.example.com',
    type: 'A',
    ttlSeconds: 5,
    data: Array.from({ length: 200 }, (_, i) => `127.0.9.${i}`),
  },
  { name: 'text.example.com', type: 'TXT', ttlSeconds: 5, data: ['heritage=koinon,owner=me'] },
];

async function serving(): Promise<AsyncDisposable & { readonly dns: LocalDns; readonly port: number }> {
  const dns = createLocalDns({ zones: [{ name: 'example.com' }], host, port: 0, clock: systemClock, log });
  const running = await start([dns]);
  const zone = await dns.zone('example.com');
  await zone.apply({ upsert: records, remove: [] });
  return { dns, port: dns.address.port, [Symbol.asyncDispose]: () => running.stop() };
}

describe('the DNS server', () => {
  it("answers Node's own resolver", async () => {
    await using server = await serving();
    const resolver = new Resolver();
    resolver.setServers([`${host}:${server.port}`]);
    expect((await resolver.resolve4(`${svc}.eu.example.com`)).sort()).toEqual(['127.11.200.1', '127.12.200.1']);
    expect(await resolver.resolveTxt('text.example.com')).toEqual([['heritage=koinon,owner=me']]);
    expect(await resolver.resolve4('large.example.com')).toHaveLength(200);
    await expect(resolver.resolve4('nope.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    await expect(resolver.resolve6(`${svc}.example.com`)).rejects.toMatchObject({ code: 'ENODATA' });
    await expect(resolver.resolve4('example.org')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('answers the clients of dns2 over UDP and TCP', async () => {
    await using server = await serving();
    const at = { dns: host, port: server.port };
    for (const ask of [dns2.UDPClient(at), dns2.TCPClient(at)]) {
      const { answers } = await ask(`${svc}.us.example.com`);
      expect(answers).toMatchObject([{ address: '127.11.200.1', ttl: 180 }]);
    }
  });

  it('answers what was just published', async () => {
    await using server = await serving();
    const resolver = new Resolver();
    resolver.setServers([`${host}:${server.port}`]);
    await expect(resolver.resolve4('new.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
    const zone = await server.dns.zone('example.com');
    await zone.apply({
      upsert: [{ name: 'new.example.com', type: 'A', ttlSeconds: 5, data: ['127.0.9.9'] }],
      remove: [],
    });
    expect(await resolver.resolve4('new.example.com')).toEqual(['127.0.9.9']);
  });

  it('counts answers by zone, rcode and transport, kept ones too', async () => {
    const metrics = createMetrics();
    const zones = [{ name: 'example.com' }, { name: 'example.net' }];
    const dns = createLocalDns({ zones, host, port: 0, clock: systemClock, log, metrics });
    await using _running = await start([dns]);
    const resolver = new Resolver();
    resolver.setServers([`${host}:${dns.address.port}`]);
    for (let round = 0; round < 5; round++) await resolver.resolveSoa('example.com');
    await expect(resolver.resolve4('nope.example.net')).rejects.toThrow('ENOTFOUND');
    await expect(resolver.resolve4('example.org')).rejects.toThrow('EREFUSED');
    const counted = (await metrics.metrics()).split('\n').filter((line) => /^dns_responses_total.* [1-9]/.test(line));
    expect(counted.sort()).toEqual([
      expect.stringMatching(/zone="",rcode="REFUSED",proto="udp"} [1-9]/),
      'dns_responses_total{zone="example.com",rcode="NOERROR",proto="udp"} 5',
      'dns_responses_total{zone="example.net",rcode="NXDOMAIN",proto="udp"} 1',
    ]);
  });

  it('names the address that it cannot have', async () => {
    await using server = await serving();
    const second = createDnsServer({
      handler: () => ({ rcode: 'REFUSED' }),
      host,
      port: server.port,
      clock: systemClock,
      log,
    });
    await expect(start([second])).rejects.toThrow(`cannot listen on udp ${host}:${server.port}: the address is in use`);

    const taken = createServer().listen(0, host);
    await once(taken, 'listening');
    const { port } = taken.address() as { port: number };
    const third = createDnsServer({ handler: () => ({ rcode: 'REFUSED' }), host, port, clock: systemClock, log });
    await expect(start([third])).rejects.toThrow(`cannot listen on tcp ${host}:${port}: the address is in use`);
    taken.close();
  });

  it('leaves its place, and its metrics, to another when it cannot listen', async () => {
    await using server = await serving();
    const metrics = createMetrics();
    const at = (port: number) =>
      createDnsServer({ handler: () => ({ rcode: 'REFUSED' }), host, port, clock: systemClock, log, metrics });
    await expect(start([at(server.port)])).rejects.toThrow('cannot listen');
    await using _running = await start([at(0)]);
  });

  it('answers many questions of one connection, in pieces and after the client ended its side', async () => {
    await using server = await serving();
    const one = dnsQuestion('text.example.com', 16);
    const framed = Buffer.concat(Array.from({ length: 100 }, () => [Buffer.from([0, one.length]), one]).flat());
    const socket = connect({ host, port: server.port, allowHalfOpen: true });
    socket.write(framed.subarray(0, 1001));
    await once(socket, 'data');
    socket.end(framed.subarray(1001));
    let bytes = 0;
    socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
    await once(socket, 'end');
    const answerLength = 2 + one.length + 12 + 'heritage=koinon,owner=me'.length + 1;
    await expect.poll(() => bytes % answerLength).toBe(0);
    socket.destroy();
  });

  it('closes connections on which nothing happens', async () => {
    const clock = new FakeClock();
    const server = createDnsServer({ handler: () => ({ rcode: 'REFUSED' }), host, port: 0, clock, log, idleMs: 500 });
    await using _running = await start([server]);
    const socket = connect(server.address);
    await once(socket, 'connect');
    await expect.poll(() => clock.pending).toBe(1);
    const closed = once(socket, 'close');
    await clock.advance(501);
    await closed;
    expect(clock.pending).toBe(0);
  });

  it('makes room for new connections by closing those on which nothing happens, also for one client', async () => {
    const clock = new FakeClock();
    const slow = Promise.withResolvers<undefined>();
    const asked = { count: 0 };
    const server = createDnsServer({
      handler: async () => {
        asked.count++;
        await slow.promise;
        return { rcode: 'REFUSED' };
      },
      host,
      port: 0,
      clock,
      log,
      maxConnections: 10,
      maxConnectionsPerClient: 2,
    });
    await using _running = await start([server]);
    const open = async () => {
      const socket = connect(server.address);
      await once(socket, 'connect');
      return socket;
    };
    const first = await open();
    await expect.poll(() => clock.pending).toBe(1);
    const second = await open();
    await expect.poll(() => clock.pending).toBe(2);
    const firstClosed = once(first, 'close');
    const third = await open();
    await firstClosed;
    const question = dnsQuestion('a.test', 1);
    for (const socket of [second, third]) socket.write(Buffer.concat([Buffer.from([0, question.length]), question]));
    const answered = [second, third].map((socket) => once(socket, 'data'));
    await expect.poll(() => asked.count).toBe(2);
    const refused = await open();
    await once(refused, 'close');
    slow.resolve(undefined);
    await Promise.all(answered);
    for (const socket of [second, third]) socket.destroy();
  });

  it('lets slow answers of a handler overtake each other', async () => {
    const slow = Promise.withResolvers<undefined>();
    const server = createDnsServer({
      handler: async ({ name }) => {
        if (name === 'slow.test') await slow.promise;
        return { rcode: 'NOERROR', answers: [{ name, type: 'A', ttlSeconds: 1, data: ['127.0.0.9'] }] };
      },
      host,
      port: 0,
      clock: systemClock,
      log,
    });
    await using _running = await start([server]);
    const socket = connect(server.address);
    for (const name of ['slow.test', 'quick.test']) {
      const packet = dnsQuestion(name, 1);
      socket.write(Buffer.concat([Buffer.from([0, packet.length]), packet]));
    }
    const [first] = (await once(socket, 'data')) as [Buffer];
    expect(first.includes('quick')).toBe(true);
    slow.resolve(undefined);
    const [second] = (await once(socket, 'data')) as [Buffer];
    expect(second.includes('slow')).toBe(true);
    socket.destroy();
  });

  it('leaves nothing behind when it ends', async () => {
    const resources = () => process.getActiveResourcesInfo().filter((name) => /UDP|TCP|Timeout/.test(name)).length;
    const before = resources();
    for (let round = 0; round < 20; round++) {
      await using server = await serving();
      const socket = connect(server.dns.address);
      await once(socket, 'connect');
      socket.on('error', () => undefined);
    }
    await expect.poll(resources).toBeLessThanOrEqual(before);
  });
});

describe.skipIf(digMissing)('dig', () => {
  it('gets addresses, aliases and refusals', async () => {
    await using server = await serving();
    const at = server.dns.address;
    expect((await dig(at, [`${svc}.example.com`, '+short'])).split('\n').sort()).toEqual([
      '127.11.200.1',
      '127.12.200.1',
    ]);
    expect(await dig(at, [`${svc}.eu.example.com`, '+noall', '+answer'])).toMatch(/180\s+IN\s+CNAME/);
    expect(await dig(at, ['example.org'])).toMatch(/status: REFUSED/);
    expect(await dig(at, ['example.com', 'SOA', '+short'])).toMatch(
      /^ns1\.example\.com\. hostmaster\.example\.com\. \d+ /,
    );
  });

  it('sees a clean answer in every respect', async () => {
    await using server = await serving();
    const at = server.dns.address;
    const text = await dig(at, [`${svc}.us.example.com`, '+norec']);
    expect(text).toMatch(/flags: qr aa; QUERY: 1, ANSWER: 1, AUTHORITY: 0, ADDITIONAL: 1/);
    expect(text).toMatch(/EDNS: version: 0, flags:; udp: 1232/);
    expect(text).not.toMatch(/WARNING|malformed|mismatch/i);
    expect(await dig(at, ['large.example.com', '+ignore'])).toMatch(/flags: qr aa tc/);
    expect((await dig(at, ['large.example.com', '+short'])).split('\n')).toHaveLength(200);
    expect(await dig(at, ['nope.example.com'])).toMatch(/status: NXDOMAIN[^]*\t5\tIN\tSOA/);
    expect(await dig(at, ['one.example.com', '+edns=1', '+noednsneg'])).toMatch(/status: BADVERS/);
    expect(await dig(at, ['example.com', 'AXFR'])).toMatch(/Transfer failed/);
    expect(await dig(at, ['example.com', 'ANY', '+tcp'])).toMatch(/ANSWER: 1/);
    expect(await dig(at, ['example.com', '+cookie=0102030405060708'])).toMatch(
      /COOKIE: 0102030405060708[0-9a-f]{32} \(good\)/,
    );
    expect(await dig(at, ['example.com', '+opcode=STATUS'])).toMatch(/status: NOTIMP/);
    expect(await dig(at, ['example.com', '+keepalive', '+tcp'])).toMatch(/TCP.KEEPALIVE: 10.0 secs/);
  });

  it('is told who answers where that is no secret', async () => {
    const identity = { name: 'ns1.example.com', version: 'koinon' };
    const handler = () => ({ rcode: 'REFUSED' }) as const;
    const server = createDnsServer({ handler, host, port: 0, clock: systemClock, log, identity });
    await using _running = await start([server]);
    const ask = (name: string, ...more: string[]) => dig(server.address, [name, 'CH', 'TXT', ...more]);
    expect(await ask('version.bind', '+short')).toBe('"koinon"');
    expect(await ask('id.server', '+nsid')).toMatch(
      /NSID: .*\("ns1.example.com"\)[^]*id\.server\.\s+0\s+CH\s+TXT\s+"ns1.example.com"/,
    );
    expect(await ask('authors.bind')).toMatch(/status: REFUSED/);
  });
});

function dnsQuestion(name: string, type: number): Buffer {
  const labels = name.split('.').flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Buffer.from([0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, type, 0, 1]);
}
