import { expect, it } from 'vitest';
import { createLocalDns } from '../../../dns/provider/index.ts';
import { dnsZones } from '../../../federation/fleet/index.ts';
import { silentLogger as log, start, systemClock as clock } from '../../../src/component-base/index.ts';
import { dig, digMissing } from '../dig.ts';

/** Of every type that can be written in a fleet file. */
const records = [
  'eu.nginx.acme.com CNAME nginx.mynamespace.myfederation.svc.eu.example.com',
  '@ 60 A 192.0.2.80',
  '@ MX 10 mail',
  'mail AAAA 2001:db8::25',
  '@ TXT "v=spf1 mx -all"',
  'long TXT "one" "two"',
  '@ CAA 0 issue "ca.example; policy=ev"',
  '@ HTTPS 1 . alpn=h2,h3 ipv4hint=192.0.2.80',
  '_dns SVCB 1 dns.acme.com. port=853',
  '_sip._tcp.acme.com SRV 0 5 5060 sip',
  '*.people.acme.com PTR acme.com',
  'key TYPE108 \\# 6 00005e005300',
  'far NS ns.elsewhere.test.',
];

it.skipIf(digMissing)('dig sees the zones and records that a fleet file lists', async () => {
  const zones = await dnsZones(
    { zones: [{ name: 'acme.com', nameservers: [{ name: 'ns1.acme.com', addresses: ['192.0.2.53'] }], records }] },
    { name: 'myfederation', domain: 'example.com' },
  );
  const dns = createLocalDns({ zones, host: '127.0.0.1', port: 0, clock, log });
  await using _running = await start([dns]);
  const name = 'nginx.mynamespace.myfederation.svc.eu.example.com';
  const own = await dns.zone('example.com');
  await own.apply({ upsert: [{ name, type: 'A', ttlSeconds: 180, data: ['192.0.2.1'] }], remove: [] });

  const expected: readonly (readonly [question: string, ...answers: string[]])[] = [
    ['eu.nginx.acme.com A', `eu.nginx.acme.com. 180 IN CNAME ${name}.`, `${name}. 180 IN A 192.0.2.1`],
    ['acme.com A', 'acme.com. 60 IN A 192.0.2.80'],
    ['acme.com NS', 'acme.com. 180 IN NS ns1.acme.com.'],
    ['acme.com MX', 'acme.com. 180 IN MX 10 mail.acme.com.'],
    ['acme.com TXT', 'acme.com. 180 IN TXT "v=spf1 mx -all"'],
    ['long.acme.com TXT', 'long.acme.com. 180 IN TXT "one" "two"'],
    ['acme.com CAA', 'acme.com. 180 IN CAA 0 issue "ca.example; policy=ev"'],
    ['acme.com HTTPS', 'acme.com. 180 IN HTTPS 1 . alpn="h2,h3" ipv4hint=192.0.2.80'],
    ['_dns.acme.com SVCB', '_dns.acme.com. 180 IN SVCB 1 dns.acme.com. port=853'],
    ['_sip._tcp.acme.com SRV', '_sip._tcp.acme.com. 180 IN SRV 0 5 5060 sip.acme.com.'],
    ['me.people.acme.com PTR', 'me.people.acme.com. 180 IN PTR acme.com.'],
    ['key.acme.com EUI48', 'key.acme.com. 180 IN EUI48 00-00-5e-00-53-00'],
  ];
  const questions = expected.flatMap(([question]) => question.split(' '));
  const answered = await dig(dns.address, ['+noall', '+answer', ...questions]);
  const lines = answered.split('\n').map((line) => line.split(/\s+/).join(' '));
  expect(lines).toEqual(expected.flatMap(([, ...answers]) => answers));
  expect(await dig(dns.address, ['+norec', 'www.far.acme.com', 'A'])).toContain('AUTHORITY: 1');

  const published = {
    upsert: [{ name: 'acme.com', type: 'A' as const, ttlSeconds: 5, data: ['192.0.2.9'] }],
    remove: [],
  };
  const acme = await dns.zone('acme.com');
  await expect(acme.apply(published)).rejects.toThrow("acme.com A is the zone's own");
});
