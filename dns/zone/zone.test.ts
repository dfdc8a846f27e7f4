import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookup } from './lookup.ts';
import { isWithin, parentOf } from './name.ts';
import type { AnyRecordSet, RecordChanges, RecordSet, RecordType } from './record-set.ts';
import type { ZoneSnapshot } from './zone-delta.ts';
import { createZone } from './zone-builder.ts';
import { publishedSets, type Zone } from './zone.ts';
import { zoneSet } from './zone-set.ts';

const options = { name: 'example.com', nameservers: [{ name: 'ns.example.com', addresses: ['192.0.2.53'] }] };
const empty = (...sets: RecordSet[]) => createZone(options, 7, sets);
const set = (name: string, type: RecordType, ...data: string[]): RecordSet => ({ name, type, ttlSeconds: 180, data });
const upsert = (...sets: RecordSet[]): RecordChanges => ({ upsert: sets, remove: [] });

describe('a zone', () => {
  it('grows its serial with every change', () => {
    const zone = empty();
    zone.change(upsert(set('a.example.com', 'A', '192.0.2.1')));
    expect(zone.serial).toBe(8);
    expect(lookup(zoneSet([zone]), 'example.com', 'SOA')?.answers[0]?.data[0]).toContain(' 8 ');
  });

  it.each([
    [0xfffffffe, 0xffffffff],
    [0xffffffff, 1],
  ])('goes on after serial %i with %i', (before, after) => {
    const zone = createZone({ name: 'example.com' }, before);
    zone.change(upsert(set('a.example.com', 'A', '192.0.2.1')));
    expect(zone.serial).toBe(after);
  });

  it('does not change when nothing does', () => {
    const zone = empty(set('a.example.com', 'A', '192.0.2.2', '192.0.2.1', '192.0.2.1'));
    expect(zone.change(upsert(set('a.example.com', 'A', '192.0.2.1', '192.0.2.2')))).toEqual([]);
    expect(zone.change({ upsert: [], remove: [{ name: 'b.example.com', type: 'A' }] })).toEqual([]);
    expect(zone.serial).toBe(7);
  });

  it('forgets names that nothing is left of or below', () => {
    const zone = empty(set('a.b.c.example.com', 'A', '192.0.2.1'), set('c.example.com', 'TXT', 'x'));
    zone.change({ upsert: [], remove: [{ name: 'a.b.c.example.com', type: 'A' }] });
    const rcode = (name: string) => lookup(zoneSet([zone]), name, 'A')?.rcode;
    expect([rcode('b.c.example.com'), rcode('c.example.com')]).toEqual(['NXDOMAIN', 'NOERROR']);
  });

  it('judges a CNAME by the state after the change, and stays as it was when that cannot be', () => {
    const address = set('a.example.com', 'A', '192.0.2.1');
    const zone = empty(address);
    const alias = set('a.example.com', 'CNAME', 'b.example.com');
    const other = set('c.example.com', 'A', '192.0.2.1');
    expect(() => zone.change(upsert(other, alias))).toThrow(/CNAME beside A/);
    expect([publishedSets(zone), zone.serial]).toEqual([[address], 7]);
    zone.change({ upsert: [alias], remove: [{ name: 'a.example.com', type: 'A' }] });
    expect(publishedSets(zone)).toEqual([alias]);
  });

  it('tells which names changed, and those that came and went with them', () => {
    const zone = empty(set('b.example.com', 'A', '192.0.2.1'));
    const names = (changes: RecordChanges) => zone.change(changes).map((change) => [change.names].flat().sort());
    expect(names(upsert(set('x.y.b.example.com', 'TXT', 'x'), set('b.example.com', 'A', '192.0.2.1')))).toEqual([
      ['x.y.b.example.com', 'y.b.example.com'],
    ]);
    expect(names({ upsert: [], remove: [{ name: 'x.y.b.example.com', type: 'TXT' }] })).toEqual([
      ['x.y.b.example.com', 'y.b.example.com'],
    ]);
    expect(zone.change(upsert(set('d.example.com', 'NS', 'ns.example.org')))[0]?.names).toBe('all');
    expect(zone.change(upsert(set('d.example.com', 'NS', 'ns.example.net')))[0]?.names).toEqual(['d.example.com']);
  });

  it('knows its latest changes, whole sets at a time', () => {
    const one = set('a.example.com', 'A', '192.0.2.1');
    const two = set('a.example.com', 'A', '192.0.2.2');
    const zone = empty(one);
    zone.change(upsert(two));
    zone.change({ upsert: [], remove: [two] });
    expect(zone.changesSince(7)).toEqual([
      { from: 7, to: 8, removed: [one], added: [two] },
      { from: 8, to: 9, removed: [two], added: [] },
    ]);
    expect(zone.changesSince(9)).toEqual([]);
    expect([zone.changesSince(6), zone.changesSince(10)]).toEqual([undefined, undefined]);
  });

  it.each<[string, RecordSet, string]>([
    ['a name outside', set('a.example.org', 'A', '192.0.2.1'), 'OutsideZone'],
    ['a name that only ends alike', set('badexample.com', 'A', '192.0.2.1'), 'OutsideZone'],
    ['a CNAME at the apex', set('example.com', 'CNAME', 'a.example.com'), 'CnameConflict'],
    ['two CNAME targets', set('a.example.com', 'CNAME', 'b.example.com', 'c.example.com'), 'Invalid'],
    ['no data', set('a.example.com', 'A'), 'Invalid'],
    ['a bad address', set('a.example.com', 'A', '192.0.2.256'), 'Invalid'],
    ['an IPv6 address in A', set('a.example.com', 'A', '2001:db8::1'), 'Invalid'],
    ['an IPv4 address in AAAA', set('a.example.com', 'AAAA', '192.0.2.1'), 'Invalid'],
    ['upper case', set('A.example.com', 'A', '192.0.2.1'), 'Invalid'],
    ['a trailing dot', set('a.example.com.', 'A', '192.0.2.1'), 'Invalid'],
    ['an empty label', set('a..example.com', 'A', '192.0.2.1'), 'Invalid'],
    ['a label of 64', set(`${'a'.repeat(64)}.example.com`, 'A', '192.0.2.1'), 'Invalid'],
    ['a target with a trailing dot', set('a.example.com', 'CNAME', 'b.example.com.'), 'Invalid'],
    ['SRV without target', set('a.example.com', 'SRV', '0 0 80'), 'Invalid'],
    ['SRV with too large a port', set('a.example.com', 'SRV', '0 0 65536 a.example.com'), 'Invalid'],
    ['a text that is too long', set('a.example.com', 'TXT', 'x'.repeat(65_500)), 'Invalid'],
    ['a TTL below zero', { ...set('a.example.com', 'A', '192.0.2.1'), ttlSeconds: -1 }, 'Invalid'],
    ['an address written as an unknown type', set('a.example.com', 'TYPE1', '\\# 4 c0000201'), 'Invalid'],
    ['DNAME', set('a.example.com', 'TYPE39', '\\# 1 00'), 'Invalid'],
    ['OPT', set('a.example.com', 'TYPE41', '\\# 0'), 'Invalid'],
    ['a type beyond the last', set('a.example.com', 'TYPE65536', '\\# 0'), 'Invalid'],
    [
      'a choice of what the set does not have',
      {
        ...set('a.example.com', 'A', '192.0.2.1'),
        choice: { policy: 'nearest', candidates: [{ name: 'x', data: ['192.0.2.2'] }] },
      },
      'Invalid',
    ],
    ["the zone's own name servers", set('example.com', 'NS', 'ns.example.org'), 'Invalid'],
    ["the zone's own name server's address", set('ns.example.com', 'A', '192.0.2.1'), 'Invalid'],
  ])('refuses %s', (_, bad, code) => {
    expect(() => empty().change(upsert(bad))).toThrow(expect.objectContaining({ code }));
  });

  it.each<[string, RecordSet[], RegExp]>([
    ['outside of it', [set('a.example.org', 'A', '192.0.2.1')], /is not in zone/],
    ['of its name servers', [set('example.com', 'NS', 'ns.example.net')], /there twice/],
    [
      'with a CNAME beside others',
      [set('a.example.com', 'CNAME', 'b.test'), set('a.example.com', 'A', '192.0.2.1')],
      /CNAME/,
    ],
    ['at its apex', [set('example.com', 'CNAME', 'b.test')], /CNAME/],
  ])('is not made with records of its options %s', (_, records, message) => {
    expect(() => createZone({ ...options, records }, 1)).toThrow(message);
  });

  it('keeps the records of its options', () => {
    const own = set('www.example.com', 'A', '192.0.2.80');
    const zone = createZone({ ...options, records: [own] }, 1);
    expect(zone.sets('www.example.com')).toEqual([own]);
    expect(publishedSets(zone)).toEqual([]);
    expect(() => zone.change({ upsert: [], remove: [own] })).toThrow(/the zone's own/);
    expect(() => zone.change(upsert(set('www.example.com', 'CNAME', 'a.test')))).toThrow(/CNAME beside A/);
    zone.change(upsert(set('www.example.com', 'AAAA', '2001:db8::1')));
    expect(publishedSets(zone)).toHaveLength(1);
  });

  it('writes IPv6 addresses in one way', () => {
    const zone = empty(set('a.example.com', 'AAAA', '2001:DB8:0:0::1', '2001:db8::1'));
    expect(publishedSets(zone)[0]?.data).toEqual(['2001:db8::1']);
  });

  it('has just the nodes that its records need, and a snapshot what it had, whatever was changed in what order', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => [...labels, 'example.com'].join('.'));
    const step = fc.record({ name, drop: fc.boolean(), type: fc.constantFrom<RecordType>('A', 'TXT') });
    const plan = fc.record({ steps: fc.array(step, { maxLength: 40 }), readFrom: fc.nat(40), readOne: fc.nat(3) });
    fc.assert(
      fc.property(plan, ({ steps, readFrom, readOne }) => {
        const zone = empty();
        const model = new Map<string, RecordSet>();
        const everSeen = new Set<string>();
        let reading: Reading | undefined;
        for (const [index, { name: owner, drop, type }] of steps.entries()) {
          if (index === readFrom) reading = new Reading(zone, model);
          if (index % 4 === readOne) reading?.next();
          const record = set(owner, type, type === 'A' ? '192.0.2.1' : 'x');
          zone.change(drop ? { upsert: [], remove: [record] } : upsert(record));
          if (drop) model.delete(`${owner} ${type}`);
          else model.set(`${owner} ${type}`, record);
          everSeen.add(owner);
        }
        reading?.finish();
        const nodes = new Set(['example.com', 'ns.example.com']);
        for (const { name: owner } of model.values()) for (const at of pathOf(owner)) nodes.add(at);
        for (const at of new Set([...everSeen].flatMap(pathOf))) {
          expect([at, zone.node(at) !== undefined]).toEqual([at, nodes.has(at)]);
        }
        expect(new Set(publishedSets(zone))).toEqual(new Set(model.values()));
      }),
    );
  });
});

const pathOf = (owner: string) => {
  const path: string[] = [];
  for (let at = owner; isWithin(at, 'example.com'); at = parentOf(at) ?? '') path.push(at);
  return path;
};

/** Somebody who reads a zone slowly, and what is to be read. */
class Reading {
  readonly #snapshot: ZoneSnapshot;
  readonly #sets: Iterator<AnyRecordSet, undefined>;
  readonly #expected: ReadonlySet<AnyRecordSet>;
  readonly #read: AnyRecordSet[] = [];

  constructor(zone: Zone, model: ReadonlyMap<string, RecordSet>) {
    this.#snapshot = zone.snapshot();
    this.#sets = this.#snapshot.sets();
    this.#expected = new Set(model.values());
  }

  next(): boolean {
    const read = this.#sets.next();
    if (read.done === true) return false;
    const { name } = read.value;
    if (name !== 'example.com' && name !== 'ns.example.com') this.#read.push(read.value);
    return true;
  }

  finish(): void {
    while (this.next());
    this.#snapshot[Symbol.dispose]();
    expect(this.#read).toHaveLength(this.#expected.size);
    expect(new Set(this.#read)).toEqual(this.#expected);
  }
}
