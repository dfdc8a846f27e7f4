import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createLocalDns, type LocalDnsOptions, type RecordSet } from '../../dns/provider/index.ts';
import { createMetrics, silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { startBind } from '../harness/bind.ts';
import { freeDnsPort, type DnsProcess } from '../harness/dns-process.ts';
import { withoutDnsServers } from '../harness/dns-servers.ts';
import { startKnot } from '../harness/knot.ts';
import { startNsd } from '../harness/nsd.ts';
import { dig, digMissing } from './dig.ts';
import { parseTsigKey } from '../../dns/tsig/index.ts';

const ZONE = 'example.com';
const SECRET = 'c2VjcmV0IG9mIHR3byBzZXJ2ZXJz';
const key = parseTsigKey({ name: 'transfer', secret: SECRET });
const SIGNED = ['-y', `hmac-sha256:transfer:${SECRET}`];

const address = (name: string, ...data: string[]): RecordSet => ({
  name: `${name}.${ZONE}`,
  type: 'A',
  ttlSeconds: 60,
  data,
});
const upsert = (...sets: RecordSet[]) => ({ upsert: sets, remove: [] });

type Transfer = Partial<NonNullable<LocalDnsOptions['transfer']>['zones'][number]>;

async function startZone(transfer: Transfer, { port = 0, directory }: { port?: number; directory?: string } = {}) {
  const metrics = createMetrics();
  const dns = createLocalDns({
    zones: [{ name: ZONE, nameservers: [{ name: `ns1.${ZONE}`, addresses: ['127.0.0.1'] }] }],
    host: '127.0.0.1',
    port,
    ...(directory === undefined ? {} : { directory }),
    clock,
    log,
    metrics,
    transfer: { keys: [key], zones: [{ zone: ZONE, ...transfer }] },
  });
  const running = await start([dns]);
  return {
    dns,
    metrics,
    zone: await dns.zone(ZONE),
    [Symbol.asyncDispose]: async () => running[Symbol.asyncDispose](),
  };
}

describe.skipIf(digMissing)('a zone transfer', () => {
  const byKey = { transfer: [{ key: 'transfer' }] };

  it('gives the whole zone between its SOAs to who signs', async () => {
    await using server = await startZone(byKey);
    await server.zone.apply(upsert(address('a', '192.0.2.1', '192.0.2.2'), address('*.b', '192.0.2.3')));
    const lines = (await dig(server.dns.address, [...SIGNED, 'axfr', ZONE, '+noall', '+answer', '+onesoa'])).split(
      '\n',
    );
    const records = lines.filter((line) => !line.startsWith(';')).map((line) => line.split(/\s+/));
    expect(records.map(([name, , , type, data]) => `${name ?? ''} ${type ?? ''} ${data ?? ''}`).sort()).toEqual([
      '*.b.example.com. A 192.0.2.3',
      'a.example.com. A 192.0.2.1',
      'a.example.com. A 192.0.2.2',
      'example.com. NS ns1.example.com.',
      'example.com. SOA ns1.example.com.',
      'ns1.example.com. A 127.0.0.1',
    ]);
  });

  it.each([
    ['without a signature', [], /Transfer failed/],
    ['signed with another secret', ['-y', 'hmac-sha256:transfer:AAAAAAAA'], /tsig verify failure \(BADSIG\)|BADSIG/],
    ['signed with an unknown key', ['-y', `hmac-sha256:other:${SECRET}`], /BADKEY/],
    ['signed with another algorithm', ['-y', `hmac-sha512:transfer:${SECRET}`], /BADKEY/],
  ])('is refused %s', async (_, signature, says) => {
    await using server = await startZone(byKey);
    expect(await dig(server.dns.address, [...signature, 'axfr', ZONE])).toMatch(says);
  });

  it('is given by address where the rules say so, and to nobody where they say nothing', async () => {
    await using open = await startZone({ transfer: [{ addresses: ['127.0.0.0/8'] }] });
    expect(await dig(open.dns.address, ['axfr', ZONE, '+short'])).toContain('127.0.0.1');
    await using closed = await startZone({});
    expect(await dig(closed.dns.address, [...SIGNED, 'axfr', ZONE])).toContain('Transfer failed');
    expect(await dig(closed.dns.address, [...SIGNED, 'axfr', 'elsewhere.test'])).toContain('Transfer failed');
  });

  it('gives the changes since a serial as one change, and nothing to who has it all', async () => {
    await using server = await startZone({ transfer: [{ addresses: ['127.0.0.1'] }] });
    const serialNow = async () => Number((await dig(server.dns.address, ['soa', ZONE, '+short'])).split(' ')[2]);
    await server.zone.apply(upsert(address('a', '192.0.2.1', '192.0.2.2')));
    const serial = await serialNow();
    await server.zone.apply(upsert(address('a', '192.0.2.1', '192.0.2.9')));
    await server.zone.apply(upsert(address('passing', '192.0.2.3')));
    await server.zone.apply({ upsert: [], remove: [{ name: `passing.${ZONE}`, type: 'A' }] });
    const changes = async (args: readonly string[]) => {
      const lines = await dig(server.dns.address, [...args, '+noall', '+answer']);
      return lines.split('\n').map((line) => line.split(/\s+/).slice(3).join(' '));
    };
    const soa = (number: number): unknown =>
      expect.stringContaining(`SOA ns1.example.com. hostmaster.example.com. ${number} `);
    const latest = await serialNow();
    const expected = [soa(latest), soa(serial), 'A 192.0.2.2', soa(latest), 'A 192.0.2.9', soa(latest)];
    expect(await changes([`ixfr=${serial}`, ZONE])).toEqual(expected);
    expect(await changes([`ixfr=${serial}`, ZONE, '+notcp'])).toEqual(expected);
    expect(await changes([`ixfr=${latest}`, ZONE])).toEqual([soa(latest)]);
    // Long ago: all of it.
    expect(await changes(['ixfr=1', ZONE])).toHaveLength(6);
  });

  it('goes in as many messages as it takes', async () => {
    await using server = await startZone(byKey);
    const sets = Array.from({ length: 5000 }, (_, i) => address(`host-${i}`, `192.0.${i >> 8}.${i & 255}`));
    await server.zone.apply(upsert(...sets));
    const text = await dig(server.dns.address, [...SIGNED, 'axfr', ZONE]);
    expect(text.match(/^host-\d+\.example\.com\.\s/gm)).toHaveLength(5000);
    expect(text).toMatch(/XFR size: 5004 records \(messages (?:[2-9]|\d\d), /);
  });

  it('signs the answers to signed questions, within what the client takes', async () => {
    await using server = await startZone({});
    await server.zone.apply(upsert(address('many', ...Array.from({ length: 60 }, (_, i) => `192.0.2.${i}`))));
    const good = await dig(server.dns.address, [...SIGNED, 'ns1.example.com', '+noedns']);
    expect(good).toMatch(/status: NOERROR/);
    expect(good).toMatch(/TSIG PSEUDOSECTION/);
    expect(good).not.toMatch(/verify/);
    for (const size of ['+noedns', '+bufsize=800', '+bufsize=4096']) {
      const long = await dig(server.dns.address, [...SIGNED, 'many.example.com', size, '+ignore']);
      const bytes = Number(/MSG SIZE {2}rcvd: (\d+)/.exec(long)?.[1]);
      expect(bytes).toBeLessThanOrEqual({ '+noedns': 512, '+bufsize=800': 800 }[size] ?? 1232);
      expect(long).not.toMatch(/verify|Warning/);
    }
    expect(await dig(server.dns.address, [...SIGNED, 'many.example.com', '+short'])).toContain('192.0.2.59');
    const bad = await dig(server.dns.address, ['-y', 'hmac-sha256:transfer:AAAAAAAA', 'ns1.example.com']);
    expect(bad).toMatch(/status: NOTAUTH/);
  });
});

const secondaries: readonly [string, (primary: number) => Promise<DnsProcess>][] = [
  [
    'Knot',
    async (primary) =>
      startKnot({
        config: [
          'key:',
          '  - id: transfer',
          '    algorithm: hmac-sha256',
          `    secret: ${SECRET}`,
          'remote:',
          '  - id: primary',
          `    address: 127.0.0.1@${primary}`,
          '    key: transfer',
          'acl:',
          '  - id: news',
          '    key: transfer',
          '    action: notify',
        ].join('\n'),
        zones: [{ name: ZONE, config: 'master: primary\nacl: news' }],
      }),
  ],
  [
    'BIND',
    async (primary) =>
      startBind({
        config: `key "transfer" { algorithm hmac-sha256; secret "${SECRET}"; };`,
        zones: [
          {
            name: ZONE,
            config: `type secondary; primaries { 127.0.0.1 port ${primary} key transfer; }; allow-notify { key transfer; };`,
          },
        ],
      }),
  ],
  [
    'NSD',
    async (primary) =>
      startNsd({
        config: ['key:', '  name: transfer', '  algorithm: hmac-sha256', `  secret: "${SECRET}"`].join('\n'),
        zones: [
          {
            name: ZONE,
            config: `  request-xfr: 127.0.0.1@${primary} transfer\n  allow-notify: 127.0.0.1 transfer`,
          },
        ],
      }),
  ],
];

describe.skipIf(withoutDnsServers('knotd', 'named', 'nsd') || digMissing)('a secondary', () => {
  it.each(secondaries)('%s has what we have, after each change and each start', async (_, startSecondary) => {
    const directory = await mkdtemp(join(tmpdir(), 'koinon-primary-'));
    onTestFinished(async () => rm(directory, { recursive: true }));
    const place = { port: await freeDnsPort(), directory };
    const transfer = [{ key: 'transfer' }];
    await using quiet = new AsyncDisposableStack();
    const first = quiet.use(await startZone({ transfer }, place));
    await using secondary = await startSecondary(first.dns.address.port);
    const at = { host: '127.0.0.1', port: secondary.port };
    const has = (name: string, type = 'a') =>
      expect.poll(async () => dig(at, [`${name}.${ZONE}`, type, '+short']), { timeout: 40_000, interval: 50 });
    await has('ns1').toBe('127.0.0.1');

    // It asks again every minute: this is known to it only when somebody tells.
    await first.zone.apply(upsert(address('untold', '192.0.2.1')));
    await quiet.disposeAsync();
    await using primary = await startZone({ transfer, notify: [{ ...at, key: 'transfer' }] }, place);
    await has('untold').toBe('192.0.2.1');

    await primary.zone.apply(upsert(address('a', '192.0.2.1')));
    await has('a').toBe('192.0.2.1');
    await primary.zone.apply(upsert({ ...address('a', '192.0.2.2'), ttlSeconds: 5 }));
    await has('a').toBe('192.0.2.2');
    await primary.zone.apply({
      upsert: [{ name: `a.${ZONE}`, type: 'CNAME', ttlSeconds: 60, data: [`ns1.${ZONE}`] }],
      remove: [{ name: `a.${ZONE}`, type: 'A' }],
    });
    await has('a', 'cname').toBe('ns1.example.com.');
    await primary.zone.apply({ upsert: [], remove: [{ name: `a.${ZONE}`, type: 'CNAME' }] });
    await has('a', 'any').toBe('');
    const text = await primary.metrics.metrics();
    const count = (kind: string) => Number(new RegExp(`kind="${kind}"} (\\d+)`).exec(text)?.[1] ?? 0);
    expect(count('IXFR')).toBeGreaterThanOrEqual(4);
    expect(count('AXFR')).toBeLessThanOrEqual(1);
    expect(text).toMatch(/dns_notifies_total{zone="example.com",result="acknowledged"} [5-9]/);
  });
});
