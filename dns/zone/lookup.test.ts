import { describe, expect, it } from 'vitest';
import { lookup } from './lookup.ts';
import type { QueryType, RecordSet, RecordType } from './record-set.ts';
import { createZone } from './zone-builder.ts';
import { zoneSet } from './zone-set.ts';

const set = (name: string, type: RecordType, ...data: string[]): RecordSet => ({ name, type, ttlSeconds: 180, data });

const records: RecordSet[] = [
  set('a.svc.example.com', 'A', '192.0.2.1', '192.0.2.2'),
  set('a.svc.example.com', 'TXT', 'hello'),
  set('b.svc.example.com', 'CNAME', 'a.svc.example.com'),
  set('c.svc.example.com', 'CNAME', 'b.svc.example.com'),
  set('gone.example.com', 'CNAME', 'missing.example.com'),
  set('away.example.com', 'CNAME', 'elsewhere.test'),
  set('other.example.com', 'CNAME', 'www.example.org'),
  set('loop1.example.com', 'CNAME', 'loop2.example.com'),
  set('loop2.example.com', 'CNAME', 'loop1.example.com'),
  set('_http._tcp.example.com', 'SRV', '0 1 80 a.svc.example.com'),
  set('*.wild.example.com', 'A', '192.0.2.9'),
  set('real.sub.wild.example.com', 'A', '192.0.2.10'),
  set('child.example.com', 'NS', 'ns.child.example.com'),
  set('ns.child.example.com', 'A', '192.0.2.53'),
];

const zones = zoneSet([
  createZone({ name: 'example.com', ttlSeconds: 300, negativeTtlSeconds: 7 }, 1, records),
  createZone({ name: 'example.org' }, 1, [set('www.example.org', 'A', '192.0.2.80')]),
]);

const ask = (name: string, type: QueryType) => {
  const result = lookup(zones, name, type);
  if (result === undefined) return 'not ours';
  const lines = result.answers.flatMap(({ name: owner, type: kind, data }) => data.map((d) => `${owner} ${kind} ${d}`));
  const { rcode, authority } = result;
  return [rcode, ...lines, ...authority.map((soa) => `(${soa.type} ${soa.name} ${soa.ttlSeconds})`)].join(' | ');
};

const negative = '(SOA example.com 7)';

describe('lookup', () => {
  it.each<[string, string, QueryType, string]>([
    [
      'gives all records of a set',
      'a.svc.example.com',
      'A',
      'NOERROR | a.svc.example.com A 192.0.2.1 | a.svc.example.com A 192.0.2.2',
    ],
    ['says there is none of a type', 'a.svc.example.com', 'AAAA', `NOERROR | ${negative}`],
    ['says there is none of an unknown type', 'a.svc.example.com', 'TYPE65', `NOERROR | ${negative}`],
    ['knows names that exist only as ancestors', 'svc.example.com', 'A', `NOERROR | ${negative}`],
    ['says a name is not there', 'nope.example.com', 'A', `NXDOMAIN | ${negative}`],
    ['says so below a name with data as well', 'x.a.svc.example.com', 'A', `NXDOMAIN | ${negative}`],
    [
      'follows a chain',
      'c.svc.example.com',
      'TXT',
      'NOERROR | c.svc.example.com CNAME b.svc.example.com | b.svc.example.com CNAME a.svc.example.com | a.svc.example.com TXT hello',
    ],
    [
      'gives a CNAME asked for as it is',
      'c.svc.example.com',
      'CNAME',
      'NOERROR | c.svc.example.com CNAME b.svc.example.com',
    ],
    [
      'takes the rcode of the end of a chain',
      'gone.example.com',
      'A',
      `NXDOMAIN | gone.example.com CNAME missing.example.com | ${negative}`,
    ],
    ['leaves targets of others to others', 'away.example.com', 'A', 'NOERROR | away.example.com CNAME elsewhere.test'],
    [
      'follows into another zone of ours',
      'other.example.com',
      'A',
      'NOERROR | other.example.com CNAME www.example.org | www.example.org A 192.0.2.80',
    ],
    [
      'ends a loop with what it has',
      'loop1.example.com',
      'A',
      'NOERROR | loop1.example.com CNAME loop2.example.com | loop2.example.com CNAME loop1.example.com',
    ],
    [
      'makes records of a wildcard',
      'any.thing.wild.example.com',
      'A',
      'NOERROR | any.thing.wild.example.com A 192.0.2.9',
    ],
    ['does not let a wildcard cover a name that exists', 'sub.wild.example.com', 'A', `NOERROR | ${negative}`],
    ['does not let a wildcard reach below a name that exists', 'x.sub.wild.example.com', 'A', `NXDOMAIN | ${negative}`],
    ['refers to those who have a part of the zone', 'x.child.example.com', 'A', 'NOERROR | (NS child.example.com 180)'],
    [
      'gives one set for ANY',
      'a.svc.example.com',
      'ANY',
      'NOERROR | a.svc.example.com A 192.0.2.1 | a.svc.example.com A 192.0.2.2',
    ],
    ['knows its name servers', 'example.com', 'NS', 'NOERROR | example.com NS ns1.example.com'],
    ['knows nothing of other zones', 'example.net', 'A', 'not ours'],
    ['is not fooled by an escaped dot', 'x\\.example.com', 'A', 'not ours'],
  ])('%s', (_, name, type, expected) => {
    expect(ask(name, type)).toBe(expected);
  });

  it('adds addresses of SRV targets and of name servers of a delegation', () => {
    const additional = (name: string, type: QueryType) =>
      lookup(zones, name, type)?.additional.map(({ name: owner, type: kind }) => `${owner} ${kind}`);
    expect(additional('_http._tcp.example.com', 'SRV')).toEqual(['a.svc.example.com A']);
    expect(additional('child.example.com', 'A')).toEqual(['ns.child.example.com A']);
    expect(lookup(zones, 'child.example.com', 'A')?.authoritative).toBe(false);
  });
});
