import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookup, type LookupResult } from './lookup.ts';
import { parseRecordLine, setsOfRecords } from './record-text.ts';
import type { QueryType, RecordSet } from './record-set.ts';
import { createZone } from './zone-builder.ts';
import { zoneSet, type ZoneSet } from './zone-set.ts';
import type { Zone } from './zone.ts';

const zoneOf = (name: string, ...lines: string[]): Zone =>
  createZone(
    { name, ttlSeconds: 300, negativeTtlSeconds: 7, nameservers: [{ name: `ns.${name}` }] },
    1,
    setsOfRecords(lines.map((line) => parseRecordLine(name, line, 180))),
  );

const told = ({ rcode, authoritative, answers, authority, additional }: LookupResult) => {
  const lines = (mark: string, sets: readonly RecordSet[] | LookupResult['answers']) =>
    sets.flatMap(({ name, type, ttlSeconds, data }) =>
      type === 'SOA' ? [`${mark}${name} SOA ${ttlSeconds}`] : data.map((item) => `${mark}${name} ${type} ${item}`),
    );
  const head = authoritative ? rcode : `${rcode} referral`;
  return [head, ...lines('', answers), ...lines('~', authority), ...lines('+', additional)];
};

const ask = (zones: ZoneSet, name: string, type: QueryType) => {
  const result = lookup(zones, name, type);
  return result === undefined ? ['not ours'] : told(result);
};

type Case = readonly [name: string, type: QueryType, ...expected: string[]];

const cases = (...all: Case[]) => all.map(([name, type, ...expected]) => ({ name, type, expected }));

describe('RFC 4592 §2.2.1, wildcards', () => {
  const zones = zoneSet([
    zoneOf(
      'example',
      '*.example. TXT "this is a wildcard"',
      '*.example. MX 10 host1.example.',
      'sub.*.example. TXT "this is not a wildcard"',
      'host1.example. A 192.0.2.1',
      '_ssh._tcp.host1.example. SRV 0 0 22 host1.example.',
      '_ssh._tcp.host2.example. SRV 0 0 22 host2.example.',
      'subdel.example. NS ns.example.com.',
      'subdel.example. NS ns.example.net.',
    ),
  ]);
  const negative = '~example SOA 7';

  it.each(
    cases(
      ['host3.example', 'MX', 'NOERROR', 'host3.example MX 10 host1.example', '+host1.example A 192.0.2.1'],
      ['host3.example', 'A', 'NOERROR', negative],
      ['foo.bar.example', 'TXT', 'NOERROR', 'foo.bar.example TXT this is a wildcard'],
      ['host1.example', 'MX', 'NOERROR', negative],
      ['host2.example', 'MX', 'NOERROR', negative],
      ['_tcp.host2.example', 'MX', 'NOERROR', negative],
      ['sub.*.example', 'MX', 'NOERROR', negative],
      ['_telnet._tcp.host1.example', 'SRV', 'NXDOMAIN', negative],
      [
        'host.subdel.example',
        'A',
        'NOERROR referral',
        '~subdel.example NS ns.example.com',
        '~subdel.example NS ns.example.net',
      ],
      ['ghost.*.example', 'MX', 'NXDOMAIN', negative],
      ['*.example', 'TXT', 'NOERROR', '*.example TXT this is a wildcard'],
    ),
  )('$name $type', ({ name, type, expected }) => {
    expect(ask(zones, name, type)).toEqual(expected);
  });

  it('follows a CNAME that a wildcard makes (§3.3.1)', () => {
    const aliased = zoneSet([zoneOf('example', '*.example. CNAME host.example.', 'host.example. A 192.0.2.1')]);
    expect(ask(aliased, 'a.b.example', 'A')).toEqual([
      'NOERROR',
      'a.b.example CNAME host.example',
      'host.example A 192.0.2.1',
    ]);
    expect(ask(aliased, 'a.example', 'CNAME')).toEqual(['NOERROR', 'a.example CNAME host.example']);
  });

  it('lets a delegation hide a wildcard above it (§4.2), and makes none of NS at one', () => {
    const cut = zoneSet([zoneOf('example', '*.example. A 192.0.2.1', 'sub.example. NS ns.example.net.')]);
    expect(ask(cut, 'sub.example', 'A')[0]).toBe('NOERROR referral');
    expect(ask(cut, 'x.sub.example', 'A')[0]).toBe('NOERROR referral');
  });
});

describe('RFC 1034 §4.3.2, delegations', () => {
  const zones = zoneSet([
    zoneOf(
      'example.com',
      'child.example.com. NS ns.child.example.com.',
      'ns.child.example.com. A 192.0.2.53',
      'child.example.com. TYPE43 \\# 2 0102',
      'deep.child.example.com. NS ns.example.net.',
      'into.example.com. CNAME www.child.example.com.',
    ),
  ]);
  const referral = ['~child.example.com NS ns.child.example.com', '+ns.child.example.com A 192.0.2.53'];

  it.each(
    cases(
      ['child.example.com', 'NS', 'NOERROR referral', ...referral],
      ['child.example.com', 'A', 'NOERROR referral', ...referral],
      ['child.example.com', 'ANY', 'NOERROR referral', ...referral],
      ['ns.child.example.com', 'A', 'NOERROR referral', ...referral],
      ['x.deep.child.example.com', 'A', 'NOERROR referral', ...referral],
      ['child.example.com', 'TYPE43', 'NOERROR', 'child.example.com TYPE43 \\# 2 0102'],
      ['x.child.example.com', 'TYPE43', 'NOERROR referral', ...referral],
      ['into.example.com', 'A', 'NOERROR', 'into.example.com CNAME www.child.example.com', ...referral],
    ),
  )('$name $type', ({ name, type, expected }) => {
    expect(ask(zones, name, type)).toEqual(expected);
  });

  it('answers from the innermost of zones that we have both, but for DS, which the outer one has (RFC 4035 §3.1.4.1)', () => {
    const both = zoneSet([
      zoneOf('example.com', 'child.example.com. NS ns.child.example.com.', 'child.example.com. TYPE43 \\# 2 0102'),
      zoneOf('child.example.com', 'www A 192.0.2.1'),
    ]);
    expect(ask(both, 'www.child.example.com', 'A')).toEqual(['NOERROR', 'www.child.example.com A 192.0.2.1']);
    expect(ask(both, 'child.example.com', 'NS')).toEqual(['NOERROR', 'child.example.com NS ns.child.example.com']);
    expect(ask(both, 'child.example.com', 'TYPE43')).toEqual(['NOERROR', 'child.example.com TYPE43 \\# 2 0102']);
  });
});

describe('RFC 2308, 8020, 8482 and 3597', () => {
  const zones = zoneSet([
    zoneOf(
      'example.com',
      'a.b.example.com. A 192.0.2.1',
      'a.b.example.com. TXT x',
      'a.b.example.com. TYPE65280 \\# 1 ff',
      'alias.example.com. CNAME b.example.com.',
      'gone.example.com. CNAME nowhere.example.com.',
      'typed.example.com. CNAME a.b.example.com.',
    ),
    createZone({ name: 'short.test', ttlSeconds: 3, negativeTtlSeconds: 60 }, 1),
  ]);
  const negative = '~example.com SOA 7';

  it.each(
    cases(
      // RFC 2308 §5: the lesser of the SOA's TTL and its last field.
      ['x.short.test', 'A', 'NXDOMAIN', '~short.test SOA 3'],
      // §2.1, §2.2: chains that end in no such name, and in no data.
      ['gone.example.com', 'A', 'NXDOMAIN', 'gone.example.com CNAME nowhere.example.com', negative],
      ['alias.example.com', 'A', 'NOERROR', 'alias.example.com CNAME b.example.com', negative],
      // RFC 8020: there is nothing below a name that is not there, and a name above one that is does exist.
      ['x.y.nowhere.example.com', 'A', 'NXDOMAIN', negative],
      ['b.example.com', 'A', 'NOERROR', negative],
      ['x.a.b.example.com', 'A', 'NXDOMAIN', negative],
      // RFC 8482 §4.1: one set; an alias is not followed.
      ['a.b.example.com', 'ANY', 'NOERROR', 'a.b.example.com A 192.0.2.1'],
      ['alias.example.com', 'ANY', 'NOERROR', 'alias.example.com CNAME b.example.com'],
      ['b.example.com', 'ANY', 'NOERROR', negative],
      ['x.example.com', 'ANY', 'NXDOMAIN', negative],
      // RFC 3597: types that nobody knows are like any other.
      ['a.b.example.com', 'TYPE65280', 'NOERROR', 'a.b.example.com TYPE65280 \\# 1 ff'],
      ['a.b.example.com', 'TYPE65281', 'NOERROR', negative],
      [
        'typed.example.com',
        'TYPE65280',
        'NOERROR',
        'typed.example.com CNAME a.b.example.com',
        'a.b.example.com TYPE65280 \\# 1 ff',
      ],
    ),
  )('$name $type', ({ name, type, expected }) => {
    expect(ask(zones, name, type)).toEqual(expected);
  });
});

describe('what an answer depends on', () => {
  const label = fc.constantFrom('a', 'b', '*');
  const name = fc.array(label, { minLength: 1, maxLength: 3 }).map((labels) => `${labels.join('.')}.example.com`);
  const record = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ name, type: fc.constant('A' as const), item: fc.constantFrom('192.0.2.1', '192.0.2.2') }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        name,
        type: fc.constant('CNAME' as const),
        item: name.map((it) => it.replaceAll('*', 'a')),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        name,
        type: fc.constant('MX' as const),
        item: name.map((it) => `1 ${it.replaceAll('*', 'b')}`),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ name, type: fc.constant('NS' as const), item: name.map((it) => it.replaceAll('*', 'a')) }),
    },
  );
  const step = fc.record({ record, drop: fc.boolean() });
  const question = fc.record({ name, type: fc.constantFrom<QueryType>('A', 'MX', 'NS', 'ANY') });

  it('is all that it depends on', () => {
    fc.assert(
      fc.property(
        fc.array(step, { maxLength: 30 }),
        fc.array(question, { minLength: 20, maxLength: 20 }),
        (steps, questions) => {
          const zone = zoneOf('example.com');
          const zones = zoneSet([zone]);
          const asked = questions.map((it) => ({ ...it, result: lookup(zones, it.name, it.type) }));
          for (const {
            record: { name: owner, type, item },
            drop,
          } of steps) {
            const set: RecordSet = { name: owner, type, ttlSeconds: 180, data: [item] };
            const there = zone.sets(owner).filter((it): it is RecordSet => it.type !== 'SOA' && !zone.isOwn(it));
            const isAlias = type === 'CNAME' || there.some((it) => it.type === 'CNAME');
            const [change] = zone.change({ upsert: drop ? [] : [set], remove: drop || isAlias ? there : [] });
            for (const question of asked) {
              const isTold =
                change?.names === 'all' || change?.names.some((it) => question.result?.dependsOn.includes(it));
              const result = lookup(zones, question.name, question.type);
              if (isTold !== true) expect(told(result!)).toEqual(told(question.result!));
              question.result = result;
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
