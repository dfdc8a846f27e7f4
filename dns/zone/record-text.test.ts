import { describe, expect, it } from 'vitest';
import { parseRecordLine, setsOfRecords } from './record-text.ts';

const sets = (...lines: string[]) => setsOfRecords(lines.map((line) => parseRecordLine('acme.com', line, 180)));

describe('parseRecordLine', () => {
  it.each([
    [
      'eu.nginx.acme.com CNAME nginx.ns.fed.svc.eu.example.com',
      'eu.nginx.acme.com 180 CNAME nginx.ns.fed.svc.eu.example.com',
    ],
    ['EU.Nginx.Acme.COM. cname Nginx.Example.COM.', 'eu.nginx.acme.com 180 CNAME nginx.example.com'],
    ['www CNAME web', 'www.acme.com 180 CNAME web.acme.com'],
    ['@ 300 IN A 192.0.2.1', 'acme.com 300 A 192.0.2.1'],
    ['@ IN 1h30m A 192.0.2.1 ; the office', 'acme.com 5400 A 192.0.2.1'],
    ['*.acme.com AAAA 2001:DB8::1', '*.acme.com 180 AAAA 2001:db8::1'],
    ['@ MX 10 mail', 'acme.com 180 MX 10 mail.acme.com'],
    ['@ MX 0 .', 'acme.com 180 MX 0 .'],
    ['@ TXT "v=spf1 -all; no comment"', 'acme.com 180 TXT v=spf1 -all; no comment'],
    ['@ TXT v=spf1', 'acme.com 180 TXT v=spf1'],
    ['@ TXT a "b c"', 'acme.com 180 TXT "a" "b c"'],
    ['@ CAA 0 issue "letsencrypt.org"', 'acme.com 180 CAA 0 issue "letsencrypt.org"'],
    ['@ HTTPS 1 . alpn="h2,h3"', 'acme.com 180 HTTPS 1 . alpn=h2,h3'],
    ['_sip._tcp.acme.com\t60\tSRV 0 5 5060 sip', '_sip._tcp.acme.com 60 SRV 0 5 5060 sip.acme.com'],
    ['@ TYPE44 \\# 3 0A 0b0c', 'acme.com 180 TYPE44 \\# 3 0a0b0c'],
    ['sub NS ns.example.net.', 'sub.acme.com 180 NS ns.example.net'],
  ])('%s', (line, expected) => {
    const told = sets(line).map(({ name, ttlSeconds, type, data }) => [name, ttlSeconds, type, ...data].join(' '));
    expect(told).toEqual([expected]);
  });

  it.each([
    ['', /it is empty/],
    ['; only a comment', /it is empty/],
    ['www', /not "owner/],
    ['www A', /not an IPv4 address/],
    ['www A 192.0.2.1 192.0.2.2', /not an IPv4 address/],
    ['www IN IN A 192.0.2.1', /type IN is not published/],
    ['www 60 60 A 192.0.2.1', /type 60 is not published/],
    ['www CH A 192.0.2.1', /type CH is not published/],
    ['@ SOA a b 1 2 3 4 5', /type SOA is not published/],
    ['www TXT "open', /left open/],
    ['www.example.org A 192.0.2.1', /www\.example\.org is not in zone acme\.com/],
    ['_sip._tcp SRV 0 5 5060 sip', /_sip\._tcp is not in zone acme\.com/],
    ['www CNAME', /label/],
    ['bad_-.acme.com A 192.0.2.1', /label/],
    ['www 4294967296 A 192.0.2.1', /TTL/],
  ])('refuses "%s"', (line, message) => {
    expect(() => sets(line)).toThrow(message);
  });

  it('makes one set of records of a name and type, for one TTL', () => {
    expect(sets('www A 192.0.2.2', 'www 60 A 192.0.2.1', 'www A 192.0.2.2')).toEqual([
      { name: 'www.acme.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1', '192.0.2.2'] },
    ]);
    expect(() => sets('www 60 A 192.0.2.2', 'www 61 A 192.0.2.1')).toThrow(/different TTLs/);
    expect(() => sets('www CNAME a', 'www CNAME b')).toThrow(/one target/);
  });
});
