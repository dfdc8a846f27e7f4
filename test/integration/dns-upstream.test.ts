import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { Resolver } from 'node:dns/promises';
import dns2 from 'dns2';
import { describe, expect, it } from 'vitest';
import { createDnsServer, forward, resolveAt, type DnsAddress, type DnsHandler } from '../../dns/server/index.ts';
import { createLocalDns } from '../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';

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

async function forwarder(servers: readonly DnsAddress[]) {
  const handler: DnsHandler = (query, inner) => forward(query, servers, inner);
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

describe('forward', () => {
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

describe('resolveAt', () => {
  it('gives record sets', async () => {
    await using up = await upstream();
    const found = await resolveAt([up.address], { name: 'alias.example.com', type: 'A' }, signal);
    expect(found.rcode).toBe('NOERROR');
    expect(found.answers).toEqual([
      { name: 'alias.example.com', type: 'CNAME', ttlSeconds: 9, data: ['one.example.com'] },
      { name: 'one.example.com', type: 'A', ttlSeconds: 9, data: ['127.0.8.1'] },
    ]);
    const missing = await resolveAt([up.address], { name: 'nope.example.com', type: 'A' }, signal);
    expect([missing.rcode, missing.authority[0]?.type]).toEqual(['NXDOMAIN', 'SOA']);
  });
});
