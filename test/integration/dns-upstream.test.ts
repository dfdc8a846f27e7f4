import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import dns2 from 'dns2';
import { describe, expect, it } from 'vitest';
import {
  createDnsServer,
  createUpstreams,
  type DnsAddress,
  type DnsHandler,
  type UpstreamLimits,
} from '../../dns/server/index.ts';
import { createLocalDns } from '../../dns/provider/index.ts';
import {
  FakeClock,
  silentLogger as log,
  start,
  systemClock as clock,
  type Clock,
} from '../../src/component-base/index.ts';

const host = '127.0.0.1';
const signal = new AbortController().signal;

async function upstream() {
  const dns = createLocalDns({ zones: [{ name: 'example.com' }], host, port: 0, clock, log });
  const running = await start([dns]);
  const data = Array.from({ length: 120 }, (_, i) => `127.0.8.${i}`);
  const zone = await dns.zone('example.com');
  await zone.apply({
    upsert: [
      { name: 'one.example.com', type: 'A', ttlSeconds: 9, data: ['127.0.8.1'] },
      { name: 'alias.example.com', type: 'CNAME', ttlSeconds: 9, data: ['one.example.com'] },
      { name: 'large.example.com', type: 'A', ttlSeconds: 9, data },
    ],
    remove: [],
  });
  return { address: dns.address, [Symbol.asyncDispose]: () => running.stop() };
}

interface Keeping {
  readonly clock: Clock;
  readonly limits?: () => UpstreamLimits;
}

async function forwarder(servers: readonly DnsAddress[], keeping: Keeping = { clock }) {
  const upstreams = createUpstreams(keeping);
  const handler: DnsHandler = (query, inner) => upstreams.forward(query, servers, inner);
  const server = createDnsServer({ handler, host, port: 0, clock, log });
  const running = await start([server]);
  const resolver = new Resolver({ timeout: 5000, tries: 1 });
  resolver.setServers([`${host}:${server.address.port}`]);
  return { resolver, address: server.address, [Symbol.asyncDispose]: () => running.stop() };
}

/** A port on which nobody listens. */
async function silentPort(): Promise<DnsAddress> {
  const socket = createSocket('udp4').bind(0, host);
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  return { host, port };
}

describe('other servers', () => {
  it('passes on answers, small and large, and failures', async () => {
    await using up = await upstream();
    await using down = await forwarder([up.address]);
    expect(await down.resolver.resolve4('alias.example.com', { ttl: true })).toEqual([
      { address: '127.0.8.1', ttl: 9 },
    ]);
    expect(await down.resolver.resolve4('large.example.com')).toHaveLength(120);
    await expect(down.resolver.resolve4('nope.example.com')).rejects.toMatchObject({ code: 'ENOTFOUND' });
  });

  it('keeps the case that the client wrote', async () => {
    await using up = await upstream();
    await using down = await forwarder([up.address]);
    const { questions } = await dns2.UDPClient({ dns: host, port: down.address.port })('OnE.eXample.com');
    expect(questions[0]?.name).toBe('OnE.eXample.com');
  });

  it('asks the next server when one is not there or not willing', async () => {
    await using up = await upstream();
    await using unwilling = await forwarder([]);
    await using down = await forwarder([await silentPort(), unwilling.address, up.address]);
    expect(await down.resolver.resolve4('one.example.com')).toEqual(['127.0.8.1']);
  });

  it('fails when no server is there', async () => {
    await using down = await forwarder([await silentPort()]);
    await expect(down.resolver.resolve4('one.example.com')).rejects.toMatchObject({ code: 'ESERVFAIL' });
  });

  it('waits no longer than a client does for a server that is silent', async () => {
    const socket = createSocket('udp4').bind(0, host);
    await once(socket, 'listening');
    await using up = await upstream();
    await using down = await forwarder([{ host, port: socket.address().port }, up.address]);
    expect(await down.resolver.resolve4('one.example.com')).toEqual(['127.0.8.1']);
    socket.close();
  });
});

describe('a name of other servers', () => {
  it('is known by its record sets', async () => {
    await using up = await upstream();
    const upstreams = createUpstreams({ clock });
    const ask = (name: string) => upstreams.resolve([up.address], { name, type: 'A', edns: undefined }, signal);
    const found = await ask('alias.example.com');
    expect(found.rcode).toBe('NOERROR');
    expect(found.answers).toEqual([
      { name: 'alias.example.com', type: 'CNAME', ttlSeconds: 9, data: ['one.example.com'] },
      { name: 'one.example.com', type: 'A', ttlSeconds: 9, data: ['127.0.8.1'] },
    ]);
    const missing = await ask('nope.example.com');
    expect([missing.rcode, missing.authority[0]?.type]).toEqual(['NXDOMAIN', 'SOA']);
  });
});

/** Answers each question with the next of what it is told, and counts. */
async function scripted(...answers: readonly DnsHandler[]) {
  let asked = 0;
  const handler: DnsHandler = async (query, inner) => {
    const answer = answers[Math.min(asked++, answers.length - 1)];
    if (answer === undefined) throw new Error('no answer');
    return answer(query, inner);
  };
  const server = createDnsServer({ handler, host, port: 0, clock, log });
  const running = await start([server]);
  return {
    address: server.address,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

const address =
  (last: number, ttlSeconds = 30): DnsHandler =>
  ({ name }) => ({ rcode: 'NOERROR', answers: [{ name, type: 'A', ttlSeconds, data: [`127.0.9.${last}`] }] });
const none: DnsHandler = () => ({
  rcode: 'NXDOMAIN',
  authority: [{ name: 'test', type: 'SOA', ttlSeconds: 600, data: ['ns.test hostmaster.test 1 7200 1800 86400 20'] }],
});
const fails: DnsHandler = () => ({ rcode: 'SERVFAIL', authoritative: false });

describe('what other servers said', () => {
  it('is kept as long as they allow, and grows older', async () => {
    const fake = new FakeClock();
    await using up = await scripted(address(1), address(2));
    await using down = await forwarder([up.address], { clock: fake });
    const ask = () => down.resolver.resolve4('a.test', { ttl: true });
    expect(await ask()).toEqual([{ address: '127.0.9.1', ttl: 30 }]);
    await fake.advance(29_000);
    expect(await ask()).toEqual([{ address: '127.0.9.1', ttl: 1 }]);
    expect(up.asked).toBe(1);
    await fake.advance(1_000);
    expect(await ask()).toEqual([{ address: '127.0.9.2', ttl: 30 }]);
  });

  it('is kept no longer than we want', async () => {
    const fake = new FakeClock();
    await using up = await scripted(address(1), address(2));
    const limits = () => ({ successSeconds: 5, denialSeconds: 5, staleSeconds: 0 });
    await using down = await forwarder([up.address], { clock: fake, limits });
    await down.resolver.resolve4('a.test');
    await fake.advance(5_000);
    expect(await down.resolver.resolve4('a.test')).toEqual(['127.0.9.2']);
  });

  it('is kept when it is that there is none, as long as the SOA says', async () => {
    const fake = new FakeClock();
    await using up = await scripted(none, address(2));
    await using down = await forwarder([up.address], { clock: fake });
    for (let again = 0; again < 3; again++) {
      await expect(down.resolver.resolve4('a.test')).rejects.toMatchObject({ code: 'ENOTFOUND' });
      await fake.advance(6_000);
    }
    expect(up.asked).toBe(1);
    await fake.advance(2_000);
    expect(await down.resolver.resolve4('a.test')).toEqual(['127.0.9.2']);
  });

  it('is given once more while nobody answers, but not for ever, and a failure is not kept', async () => {
    const fake = new FakeClock();
    await using up = await scripted(address(1), fails, fails, fails, address(2));
    await using down = await forwarder([up.address], { clock: fake });
    await down.resolver.resolve4('a.test');
    await fake.advance(60_000);
    expect(await down.resolver.resolve4('a.test', { ttl: true })).toEqual([{ address: '127.0.9.1', ttl: 5 }]);
    await fake.advance(3_600_000);
    await expect(down.resolver.resolve4('a.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    await expect(down.resolver.resolve4('a.test')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    expect(await down.resolver.resolve4('a.test')).toEqual(['127.0.9.2']);
  });

  it('is asked for once by many who ask at once', async () => {
    const go = Promise.withResolvers<undefined>();
    await using up = await scripted(async (query, inner) => {
      await go.promise;
      return address(1)(query, inner);
    });
    await using down = await forwarder([up.address]);
    const all = Array.from({ length: 20 }, () => down.resolver.resolve4('a.test'));
    go.resolve(undefined);
    expect(new Set((await Promise.all(all)).flat())).toEqual(new Set(['127.0.9.1']));
    expect(up.asked).toBe(1);
  });
});
