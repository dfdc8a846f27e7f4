import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createLocalDns, type LocalDns, type RecordSet } from '../../../dns/provider/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { startBind } from '../../harness/bind.ts';
import { dnsProgram, withoutDnsServers } from '../../harness/dns-servers.ts';
import { startUnbound } from '../../harness/unbound.ts';
import { dig, digMissing } from '../dig.ts';

const zone = 'example.com';
const host = '127.0.0.1';
const soon = { timeout: 15_000, interval: 50 };
/** More than fits into a packet, fewer than the hundred that BIND keeps. */
const many = Array.from({ length: 90 }, (_, index) => `192.0.2.${index}`);

const sets: readonly RecordSet[] = [
  { name: `web.${zone}`, type: 'A', ttlSeconds: 30, data: ['192.0.2.1', '192.0.2.2'] },
  { name: `web.${zone}`, type: 'AAAA', ttlSeconds: 30, data: ['2001:db8::1'] },
  { name: `us.web.${zone}`, type: 'CNAME', ttlSeconds: 30, data: [`web.${zone}`] },
  { name: `a.b.c.us.web.${zone}`, type: 'CNAME', ttlSeconds: 30, data: [`us.web.${zone}`] },
  { name: `*.any.${zone}`, type: 'A', ttlSeconds: 30, data: ['192.0.2.3'] },
  { name: `many.${zone}`, type: 'A', ttlSeconds: 30, data: many },
  { name: `_http._tcp.${zone}`, type: 'SRV', ttlSeconds: 30, data: [`0 100 80 web.${zone}`] },
  { name: `moving.${zone}`, type: 'A', ttlSeconds: 1, data: ['192.0.2.4'] },
  {
    name: `near.${zone}`,
    type: 'A',
    ttlSeconds: 30,
    data: ['192.0.2.11', '192.0.2.12'],
    choice: {
      policy: 'nearest',
      candidates: [
        { name: 'us', data: ['192.0.2.11'], region: 'us' },
        { name: 'eu', data: ['192.0.2.12'], region: 'eu' },
      ],
    },
  },
];

async function primary() {
  const dns: LocalDns = createLocalDns({
    zones: [{ name: zone, negativeTtlSeconds: 1 }],
    places: {
      configured: [
        { cidr: '198.51.100.0/24', place: { region: 'us', source: 'configuration' } },
        { cidr: '203.0.113.0/24', place: { region: 'eu', source: 'configuration' } },
      ],
    },
    host,
    port: 0,
    clock,
    log,
  });
  const running = await start([dns]);
  await (await dns.zone(zone)).apply({ upsert: [...sets], remove: [] });
  return { dns, [Symbol.asyncDispose]: () => running.stop() };
}

const resolvers = {
  unbound: (dns: LocalDns) => startUnbound({ zone, primary: dns.address }),
  BIND: (dns: LocalDns) =>
    startBind({
      zones: [],
      config: `zone "${zone}" { type forward; forward only; forwarders { ${host} port ${dns.address.port}; }; };`,
      probe: zone,
      recursive: true,
    }),
};

describe.skipIf(digMissing).each(Object.entries(resolvers))('behind %s', (_, startResolver) => {
  it.skipIf(withoutDnsServers('unbound', 'named'))('every answer is what it is in front', async () => {
    await using main = await primary();
    await using resolver = await startResolver(main.dns);
    const behind = { host, port: resolver.port };
    const short = async (...args: string[]) => (await dig(behind, [...args, '+short'])).split('\n').sort();
    const status = async (...args: string[]) => /status: (\w+)/.exec(await dig(behind, args))?.[1];

    expect(await short(`web.${zone}`)).toEqual(['192.0.2.1', '192.0.2.2']);
    expect(await short(`WeB.ExAmPlE.cOm`, 'AAAA')).toEqual(['2001:db8::1']);
    expect(await short(`a.b.c.us.web.${zone}`)).toEqual(['192.0.2.1', '192.0.2.2', `us.web.${zone}.`, `web.${zone}.`]);
    expect(await short(`what.ever.any.${zone}`)).toEqual(['192.0.2.3']);
    expect(await short(`many.${zone}`)).toEqual([...many].sort());
    expect(await short(`_http._tcp.${zone}`, 'SRV')).toEqual([`0 100 80 web.${zone}.`]);
    expect(await status(`none.${zone}`)).toBe('NXDOMAIN');
    expect(await status(`web.${zone}`, 'TXT')).toBe('NOERROR');
    expect(await status(`c.us.web.${zone}`)).toBe('NOERROR');
  });

  it.skipIf(withoutDnsServers('unbound', 'named'))('a change is seen when its TTL is over', async () => {
    await using main = await primary();
    await using resolver = await startResolver(main.dns);
    const short = (name: string) => dig({ host, port: resolver.port }, [name, '+short']);
    expect(await short(`moving.${zone}`)).toBe('192.0.2.4');
    expect(await short(`new.${zone}`)).toBe('');
    const change: RecordSet[] = [
      { name: `moving.${zone}`, type: 'A', ttlSeconds: 1, data: ['192.0.2.5'] },
      { name: `new.${zone}`, type: 'A', ttlSeconds: 1, data: ['192.0.2.6'] },
    ];
    await (await main.dns.zone(zone)).apply({ upsert: change, remove: [] });
    await expect.poll(() => short(`moving.${zone}`), soon).toBe('192.0.2.5');
    await expect.poll(() => short(`new.${zone}`), soon).toBe('192.0.2.6');
  });
});

it.skipIf(digMissing || withoutDnsServers('unbound'))(
  'a resolver that tells clients’ subnets keeps an answer for each of them',
  async () => {
    await using main = await primary();
    await using unbound = await startUnbound({ zone, primary: main.dns.address });
    const from = async (subnet: string) =>
      (await dig({ host, port: unbound.port }, [`near.${zone}`, '+short', `+subnet=${subnet}`])).split('\n').sort();
    for (let again = 0; again < 2; again++) {
      expect(await from('198.51.100.7/32')).toEqual(['192.0.2.11']);
      expect(await from('203.0.113.7/32')).toEqual(['192.0.2.12']);
      expect(await from('192.0.2.7/32')).toEqual(['192.0.2.11', '192.0.2.12']);
    }
  },
);

it.skipIf(withoutDnsServers('kdig'))(
  'kdig reads answers over both transports, with cookies and padding asked for',
  async () => {
    await using main = await primary();
    const { program, env } = dnsProgram('kdig');
    const { port } = main.dns.address;
    for (const more of [[], ['+tcp'], ['+cookie'], ['+ignore', '+bufsize=512'], ['+nsid'], ['+padding=128']]) {
      const args = [`@${host}`, '-p', String(port), '+retry=0', `web.${zone}`, 'A', ...more];
      const { stdout } = await promisify(execFile)(program, args, { env });
      expect(stdout, more.join(' ')).toMatch(/status: NOERROR/);
      expect(stdout, more.join(' ')).toContain('192.0.2.2');
      expect(stdout, more.join(' ')).not.toMatch(/WARNING|malformed/i);
    }
  },
);
