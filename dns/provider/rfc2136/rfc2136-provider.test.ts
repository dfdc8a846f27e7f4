import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance, type ProviderUnderTest } from '../../../test/conformance/dns-provider.ts';
import { sharedZoneConformance } from '../../../test/conformance/shared-zone.ts';
import { startBind } from '../../../test/harness/bind.ts';
import { withoutDnsServers } from '../../../test/harness/dns-servers.ts';
import { startKnot } from '../../../test/harness/knot.ts';
import { startTcpProxy } from '../../../test/harness/tcp-proxy.ts';
import { parseTsigKey } from '../../tsig/index.ts';
import type { RecordSet } from '../dns-provider.ts';
import { createLocalDns } from '../local-dns.ts';
import { PrimaryServer } from './primary-server.ts';
import { createRfc2136Provider } from './rfc2136-provider.ts';
import { zoneReader } from './zone-reader.ts';

const SECRET = 'c2VjcmV0IG9mIHRoZSB0ZXN0cyBvZiBrb2lub24gMTIzNA==';
const key = parseTsigKey({ name: 'koinon', secret: SECRET });

/** A zone for each test, for nothing makes zones while a server runs. */
const ZONES = Array.from({ length: 40 }, (_, index) => `z${index}.example.com`);

const textOf = (more = '') =>
  `$TTL 60\n@ SOA ns.example.net. hostmaster.example.net. 1 60 60 600 5\n@ NS ns.example.net.\n${more}`;

const foreign = 'here HINFO "a" "b"\nalso A 192.0.2.1\nalso RP a b\n*.wild A 192.0.2.9\n';

const servers = {
  named: () =>
    startBind({
      config: `key koinon { algorithm hmac-sha256; secret "${SECRET}"; };`,
      zones: [...ZONES, 'foreign.test'].map((name) => ({
        name,
        text: textOf(name === 'foreign.test' ? foreign : ''),
        config: 'allow-update { key koinon; }; allow-transfer { key koinon; };',
      })),
    }),
  knotd: () =>
    startKnot({
      config: [
        'key:',
        '  - id: koinon',
        '    algorithm: hmac-sha256',
        `    secret: ${SECRET}`,
        'acl:',
        '  - id: koinon',
        '    key: koinon',
        '    action: [update, transfer]',
      ].join('\n'),
      template: 'acl: koinon',
      zones: [...ZONES, 'foreign.test'].map((name) => ({
        name,
        text: textOf(name === 'foreign.test' ? foreign : ''),
      })),
    }),
};

/** Ours, which others write to as well. */
async function startKoinon(): Promise<TestServer> {
  const names = [...ZONES, 'foreign.test'];
  const access = [{ key: key.name }];
  const dns = createLocalDns({
    zones: names.map((name) => ({ name })),
    transfer: { keys: [key], zones: names.map((zone) => ({ zone, transfer: access, update: access })) },
    host: '127.0.0.1',
    port: 0,
    clock,
    log,
  });
  const running = await start([dns]);
  const [hinfo, rp] = ['\\# 4 01610162', '\\# 6 016100016200'];
  const ttlSeconds = 60;
  await (
    await dns.zone('foreign.test')
  ).apply({
    upsert: [
      { name: 'here.foreign.test', type: 'TYPE13', ttlSeconds, data: [hinfo] },
      { name: 'also.foreign.test', type: 'A', ttlSeconds, data: ['192.0.2.1'] },
      { name: 'also.foreign.test', type: 'TYPE17', ttlSeconds, data: [rp] },
      { name: '*.wild.foreign.test', type: 'A', ttlSeconds, data: ['192.0.2.9'] },
    ],
    remove: [],
  });
  return { port: dns.address.port, [Symbol.asyncDispose]: () => running.stop() };
}

type TestServer = AsyncDisposable & { readonly port: number };

describe.each(['named', 'knotd', 'koinon'] as const)('RFC 2136 at %s', (program) => {
  describe.skipIf(program === 'koinon' ? false : withoutDnsServers(program))(program, () => {
    let server: TestServer;
    let tests = 0;

    beforeAll(async () => {
      server = await (program === 'koinon' ? startKoinon() : servers[program]());
    });

    afterAll(() => server[Symbol.asyncDispose]());

    const address = () => ({ host: '127.0.0.1', port: server.port });

    const create = async (): Promise<ProviderUnderTest> => {
      // An address that nobody connects from: its port is free when it is taken again.
      const proxy = await startTcpProxy(address(), { host: '127.0.0.3' });
      return {
        provider: createRfc2136Provider({ address: { host: proxy.host, port: proxy.port }, key, clock }),
        rival: createRfc2136Provider({ address: address(), key, clock }),
        zone: ZONES[tests++]!,
        interrupt: async () => {
          await proxy.set('cut');
          return () => proxy.set('up');
        },
        [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
      };
    };
    dnsProviderConformance(program, create);
    sharedZoneConformance(program, create);

    it('puts no CNAME beside types that it does not read, and loses nothing', async () => {
      const zone = await createRfc2136Provider({ address: address(), key, clock }).zone('foreign.test');
      const alias = (name: string): RecordSet => ({ name, type: 'CNAME', ttlSeconds: 60, data: ['a.test'] });
      const before = await zone.list();
      const refused = { code: 'CnameConflict' };
      await expect(zone.apply({ upsert: [alias('here.foreign.test')], remove: [] })).rejects.toMatchObject(refused);
      const also = {
        upsert: [alias('also.foreign.test')],
        remove: [{ name: 'also.foreign.test', type: 'A' as const }],
      };
      await expect(zone.apply(also)).rejects.toMatchObject(refused);
      expect(await zone.list()).toEqual(before);
    });

    it('does not take what a wildcard answers for what is there', async () => {
      const zone = await createRfc2136Provider({ address: address(), key, clock }).zone('foreign.test');
      const set: RecordSet = { name: 'a.wild.foreign.test', type: 'A', ttlSeconds: 60, data: ['192.0.2.9'] };
      await zone.apply({ upsert: [set], remove: [], replaces: [] });
      expect(await zone.list()).toContainEqual(set);
      await zone.apply({ upsert: [], remove: [set] });
      expect(await zone.list()).not.toContainEqual(set);
    });

    it('tells what a server refuses of a change from what it lets nobody do, and makes the rest', async () => {
      const zone = await createRfc2136Provider({ address: address(), key, clock }).zone('foreign.test');
      // BIND checks that there are addresses.
      const mail: RecordSet = { name: 'm.foreign.test', type: 'MX', ttlSeconds: 60, data: ['1 none.foreign.test'] };
      const good: RecordSet = { name: 'good.foreign.test', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] };
      const [first, second] = await Promise.allSettled(
        [mail, good].map((set) => zone.apply({ upsert: [set], remove: [] })),
      );
      if (program === 'named') expect(first).toMatchObject({ status: 'rejected', reason: { code: 'Invalid' } });
      expect(second).toMatchObject({ status: 'fulfilled' });
      expect(await zone.list()).toContainEqual(good);
    });

    it('says that a set is larger than an update can be', async () => {
      const zone = await createRfc2136Provider({ address: address(), key, clock }).zone('foreign.test');
      const data = Array.from({ length: 300 }, (_, index) => `${'x'.repeat(240)}${index}`);
      const large: RecordSet = { name: 'large.foreign.test', type: 'TXT', ttlSeconds: 60, data };
      await expect(zone.apply({ upsert: [large], remove: [] })).rejects.toMatchObject({ code: 'Invalid' });
    });

    it('gives up a server that says nothing', async () => {
      await using proxy = await startTcpProxy(address(), { host: '127.0.0.3' });
      const options = { address: { host: proxy.host, port: proxy.port }, key, clock };
      const zone = await createRfc2136Provider({ ...options, timeoutMs: 20_000 }).zone('foreign.test');
      expect(await zone.list()).not.toEqual([]);
      await proxy.set('silent');
      const impatient = createRfc2136Provider({ ...options, timeoutMs: 100 });
      await expect(impatient.zone('foreign.test')).rejects.toThrow('no answer in time');
      const reader = zoneReader('foreign.test', new PrimaryServer({ ...options, timeoutMs: 100 }));
      const listed = reader(undefined, new AbortController().signal);
      await expect(listed).rejects.toMatchObject({ code: 'Unavailable' });
      await expect(listed).rejects.toThrow('no answer in time');
    });

    it.each([
      ['another key', parseTsigKey({ name: 'other', secret: SECRET }), 'BADKEY'],
      ['another secret', parseTsigKey({ name: 'koinon', secret: 'YW5vdGhlciBzZWNyZXQ=' }), 'BADSIG'],
    ])('says that %s is not taken', async (_, other, error) => {
      const failure = createRfc2136Provider({ address: address(), key: other, clock }).zone(ZONES[0]!);
      await expect(failure).rejects.toMatchObject({
        code: 'Denied',
        message: expect.stringContaining(error) as unknown,
      });
    });

    it('says that the server does not let us, where there is no key', async () => {
      const zone = await createRfc2136Provider({ address: address(), clock }).zone(ZONES.at(-1)!);
      const set: RecordSet = { name: ZONES.at(-1)!, type: 'A', ttlSeconds: 60, data: ['192.0.2.9'] };
      await expect(zone.apply({ upsert: [set], remove: [] })).rejects.toMatchObject({ name: 'DnsProviderError' });
      await expect(zone.list()).rejects.toMatchObject({ name: 'DnsProviderError' });
    });
  });
});
