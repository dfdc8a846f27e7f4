import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { createLocalDns, type LocalDnsOptions } from '../../dns/provider/index.ts';
import { parseTsigKey } from '../../dns/tsig/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { startBind } from '../harness/bind.ts';
import { withoutDnsServers } from '../harness/dns-servers.ts';
import { dig, digMissing } from './dig.ts';

const ZONE = 'example.com';
const SECRET = 'c2VjcmV0IG9mIHR3byBzZXJ2ZXJz';
const KEY = `hmac-sha256:updates:${SECRET}`;
const UNSIGNED = '';
const keys = ['updates', 'others'].map((name) => parseTsigKey({ name, secret: SECRET }));

interface Place {
  readonly host: string;
  readonly port: number;
}

async function startZone(zone: Partial<NonNullable<LocalDnsOptions['transfer']>['zones'][number]>) {
  const dns = createLocalDns({
    zones: [{ name: ZONE, nameservers: [{ name: `ns1.${ZONE}`, addresses: ['127.0.0.1'] }] }],
    host: '127.0.0.1',
    port: 0,
    clock,
    log,
    transfer: {
      keys,
      zones: [{ zone: ZONE, transfer: [{ addresses: ['127.0.0.1'] }], ...zone }],
      protects: (name) => name.endsWith(`.svc.${ZONE}`),
    },
  });
  const running = await start([dns]);
  return { at: dns.address, [Symbol.asyncDispose]: async () => running[Symbol.asyncDispose]() };
}

/** What the server says to each of the updates. */
async function update(at: Place, updates: readonly (readonly string[])[], key = KEY): Promise<string[]> {
  const lines = updates.flatMap((one) => [...one.map(withAbsoluteName), 'send', 'answer']);
  const child = spawn('nsupdate', key === UNSIGNED ? [] : ['-y', key]);
  child.stdin.end([`server ${at.host} ${at.port}`, `zone ${ZONE}`, 'ttl 60', ...lines, ''].join('\n'));
  const [output] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  return [...output.matchAll(/status: (\w+)/g)].map(([, status = '']) => status);
}

const withAbsoluteName = (line: string) => line.replace(/^(\w+ \w+ \S*[^. ])(?= |$)/, `$1.${ZONE}.`);

async function contents(at: Place): Promise<string[]> {
  const lines = await dig(at, ['axfr', ZONE, '+noall', '+answer']);
  const records = lines.split('\n').map((line) => line.toLowerCase().split(/\s+/).join(' '));
  return records.filter((record) => !record.includes(' soa ')).sort();
}

/** Each at names of its own, so that in the end the zone shows what became of it. */
const updates: readonly (readonly string[])[] = [
  ['update add a1 A 192.0.2.1', 'update add a1 A 192.0.2.2', 'update add a1 TXT "two words"'],
  ['prereq yxdomain a1', 'update add b1 A 192.0.2.1'],
  ['prereq yxdomain none', 'update add b2 A 192.0.2.1'],
  ['prereq nxdomain a1', 'update add b3 A 192.0.2.1'],
  ['prereq nxdomain b4', 'update add b4 A 192.0.2.1'],
  ['prereq yxrrset a1 A', 'update add b5 A 192.0.2.1'],
  ['prereq yxrrset a1 AAAA', 'update add b6 A 192.0.2.1'],
  ['prereq yxrrset none A', 'update add b6 A 192.0.2.1'],
  ['prereq nxrrset a1 A', 'update add b7 A 192.0.2.1'],
  ['prereq nxrrset a1 AAAA', 'update add b8 A 192.0.2.1'],
  ['prereq yxrrset a1 A 192.0.2.2', 'prereq yxrrset a1 A 192.0.2.1', 'update add b9 A 192.0.2.1'],
  ['prereq yxrrset a1 A 192.0.2.2', 'update add b10 A 192.0.2.1'],
  ['prereq yxrrset a1 A 192.0.2.2', 'prereq yxrrset a1 A 192.0.2.3', 'update add b11 A 192.0.2.1'],
  ['prereq yxrrset a1 TXT "two words"', 'update add b12 A 192.0.2.1'],
  ['prereq yxdomain a1', 'prereq nxrrset a1 TXT', 'update add b13 A 192.0.2.1'],
  ['prereq yxdomain elsewhere.test.'],
  ['prereq nxdomain elsewhere.test.', 'update add b14 A 192.0.2.1'],
  ['update add elsewhere.test. A 192.0.2.1'],
  ['update add c1 A 192.0.2.1', 'update add elsewhere.test. A 192.0.2.1'],
  // Several TTLs become one.
  ['update add d1 30 A 192.0.2.1', 'update add d1 90 A 192.0.2.2'],
  ['update add d2 30 A 192.0.2.1', 'update add d2 90 A 192.0.2.1'],
  ['update add d3 0 A 192.0.2.1'],
  // Aliases beside data are passed over.
  ['update add e1 A 192.0.2.1', 'update add e1 CNAME a1.example.com.'],
  ['update add e2 CNAME a1.example.com.', 'update add e2 A 192.0.2.1'],
  ['update add e3 CNAME a1.example.com.', 'update add e3 CNAME b1.example.com.'],
  ['update add e4 CNAME a1.example.com.', 'update delete e4 CNAME', 'update add e4 A 192.0.2.1'],
  ['update add e5 A 192.0.2.1'],
  ['prereq yxrrset e5 A', 'update delete e5', 'update add e5 CNAME a1.example.com.'],
  // Deletions.
  ['update add f1 A 192.0.2.1', 'update add f1 A 192.0.2.2', 'update delete f1 A 192.0.2.1'],
  ['update add f2 A 192.0.2.1', 'update add f2 TXT x', 'update delete f2 A'],
  ['update add f3 A 192.0.2.1', 'update add f3 TXT x', 'update delete f3'],
  ['update add f4 A 192.0.2.1', 'update delete f4 A 192.0.2.1'],
  ['update delete none A 192.0.2.1', 'update delete none A', 'update delete none'],
  ['update add f5 A 192.0.2.1', 'update delete f5 A 192.0.2.9'],
  ['update delete example.com.', 'update delete example.com. NS', 'update delete example.com. SOA'],
  ['update delete example.com. NS ns1.example.com.'],
  // Names below names, wildcards, cuts.
  ['update add x.y.g1 A 192.0.2.1', 'prereq nxdomain y.g1'],
  ['prereq yxdomain y.g1', 'update add g2 A 192.0.2.1'],
  ['update add *.g3 A 192.0.2.1'],
  ['prereq nxdomain h.g3', 'update add h.g3 TXT h'],
  ['update add g4 NS ns1.elsewhere.test.', 'update add below.g4 A 192.0.2.1'],
  // Types.
  ['update add h1 AAAA 2001:DB8:0:0::1', 'update add h1 AAAA ::ffff:192.0.2.1'],
  ['update add _s._tcp.h2 SRV 0 1 80 A1.Example.COM.'],
  ['update add h3 MX 10 mail.elsewhere.test.', 'update add h3 CAA 0 issue "ca.example.net"'],
  ['update add h4 TXT "one" "two" "\\"quoted\\" and \\\\ back"'],
  ['update add h5 TYPE65280 \\# 4 0A000001'],
  ['update delete h5 TYPE65280 \\# 4 0A000001', 'update add h6 PTR a1.example.com.'],
  ['update add h7 HTTPS 1 . alpn=h2', 'update add h7 SVCB 0 a1.example.com.'],
  ['prereq yxrrset _s._tcp.h2 SRV 0 1 80 a1.example.com.', 'update add h8 A 192.0.2.1'],
  // Case does not matter.
  ['prereq yxdomain A1.EXAMPLE.com.', 'update add I1.Example.Com. A 192.0.2.1', 'update add i1 A 192.0.2.2'],
];

describe.skipIf(withoutDnsServers('named') || digMissing)('dynamic updates', () => {
  it('are answered, and leave the zone, as with BIND', async () => {
    await using bind = await startBind({
      config: `key "updates" { algorithm hmac-sha256; secret "${SECRET}"; };`,
      zones: [
        {
          name: ZONE,
          text: [
            `$ORIGIN ${ZONE}.`,
            '@ 180 SOA ns1 hostmaster 1 60 30 604800 5',
            '@ 180 NS ns1',
            'ns1 180 A 127.0.0.1',
            '',
          ].join('\n'),
          config: 'allow-update { key updates; }; allow-transfer { any; };',
        },
      ],
    });
    const theirs = { host: '127.0.0.1', port: bind.port };
    await using server = await startZone({ update: [{ key: 'updates' }] });

    const told = await update(theirs, updates);
    expect(told).toHaveLength(updates.length);
    const told2 = await update(server.at, updates);
    const table = (answers: readonly string[]) =>
      updates.map((one, index) => `${answers[index] ?? ''}: ${one.join('; ')}`);
    expect(table(told2)).toEqual(table(told));
    expect(await contents(server.at)).toEqual(await contents(theirs));
  });
});

describe.skipIf(digMissing)('who may make a dynamic update', () => {
  const one = [['update add a A 192.0.2.1']];

  it.each<[string, string, UpdateRules, string]>([
    ['nobody where nothing is said', 'REFUSED', undefined, KEY],
    ['who has the key', 'NOERROR', [{ key: 'updates' }], KEY],
    ['nobody without the key', 'REFUSED', [{ key: 'updates' }], UNSIGNED],
    ['nobody with another key', 'REFUSED', [{ key: 'updates' }], `hmac-sha256:others:${SECRET}`],
    ['nobody with a key that is not known', 'NOTAUTH', [{ key: 'updates' }], `hmac-sha256:unknown:${SECRET}`],
    ['nobody with another secret', 'NOTAUTH', [{ key: 'updates' }], 'hmac-sha256:updates:AAAAAAAA'],
    ['who is at an address', 'NOERROR', [{ addresses: ['127.0.0.0/8'] }], UNSIGNED],
    ['nobody who is elsewhere', 'REFUSED', [{ addresses: ['10.0.0.0/8', '2001:db8::/32'] }], UNSIGNED],
    ['who has the key at an address', 'NOERROR', [{ key: 'updates', addresses: ['127.0.0.1'] }], KEY],
    ['nobody who has the key elsewhere', 'REFUSED', [{ key: 'updates', addresses: ['10.0.0.1'] }], KEY],
    ['who may change these names', 'NOERROR', [{ key: 'updates', names: [`a.${ZONE}`] }], KEY],
    ['nobody who may change others', 'REFUSED', [{ key: 'updates', names: [`b.${ZONE}`] }], KEY],
  ])('%s: %s', async (_, status, rules, key) => {
    await using server = await startZone(rules === undefined ? {} : { update: rules });
    expect(await update(server.at, one, key)).toEqual([status]);
    const isThere = (await contents(server.at)).includes(`a.${ZONE}. 60 in a 192.0.2.1`);
    expect(isThere).toBe(status === 'NOERROR');
  });

  it('leaves alone what is protected, and what is the zone itself', async () => {
    await using server = await startZone({ update: [{ key: 'updates' }] });
    const told = await update(server.at, [
      ['update add web.shop.acme.svc A 192.0.2.1'],
      ['update delete web.shop.acme.svc'],
      ['update add example.com. NS ns9.example.com.'],
      ['update add ns1 A 192.0.2.9'],
      ['update add fine A 192.0.2.9'],
    ]);
    expect(told).toEqual(['REFUSED', 'REFUSED', 'REFUSED', 'REFUSED', 'NOERROR']);
  });

  it('is one of many who want the same name for themselves', async () => {
    await using server = await startZone({ update: [{ addresses: ['127.0.0.1'] }] });
    const claims = Array.from({ length: 8 }, async (_, index) =>
      update(server.at, [['prereq nxdomain a', `update add a A 192.0.2.${index}`]], UNSIGNED),
    );
    const told = (await Promise.all(claims)).flat().sort();
    expect(told).toEqual(['NOERROR', ...Array.from({ length: 7 }, () => 'YXDOMAIN')]);
  });
});

type UpdateRules = NonNullable<LocalDnsOptions['transfer']>['zones'][number]['update'];
