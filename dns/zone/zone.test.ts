import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lookup } from './lookup.ts';
import { isWithin, parentOf } from './name.ts';
import type { RecordSet, RecordType } from './record-set.ts';
import { changeZone, createZone, publishedSets } from './zone.ts';
import { zoneSet } from './zone-set.ts';

const empty = createZone(
  { name: 'example.com', nameservers: [{ name: 'ns.example.com', addresses: ['192.0.2.53'] }] },
  7,
);
const set = (name: string, type: RecordType, ...data: string[]): RecordSet => ({ name, type, ttlSeconds: 180, data });
const upsert = (...sets: RecordSet[]) => changeZone(empty, { upsert: sets, remove: [] });

describe('changeZone', () => {
  it('leaves the zone before as it was and makes the serial grow', () => {
    const after = upsert(set('a.example.com', 'A', '192.0.2.1'));
    expect(publishedSets(empty)).toEqual([]);
    expect(publishedSets(after)).toHaveLength(1);
    expect([empty.serial, after.serial]).toEqual([7, 8]);
    expect(lookup(zoneSet([after]), 'example.com', 'SOA')?.answers[0]?.data[0]).toContain(' 8 ');
  });

  it('is the same zone when nothing changes', () => {
    const after = upsert(set('a.example.com', 'A', '192.0.2.2', '192.0.2.1', '192.0.2.1'));
    expect(changeZone(after, { upsert: [set('a.example.com', 'A', '192.0.2.1', '192.0.2.2')], remove: [] })).toBe(
      after,
    );
    expect(changeZone(after, { upsert: [], remove: [{ name: 'b.example.com', type: 'A' }] })).toBe(after);
  });

  it('forgets names that nothing is left of or below', () => {
    const deep = upsert(set('a.b.c.example.com', 'A', '192.0.2.1'), set('c.example.com', 'TXT', 'x'));
    const after = changeZone(deep, { upsert: [], remove: [{ name: 'a.b.c.example.com', type: 'A' }] });
    const rcode = (name: string) => lookup(zoneSet([after]), name, 'A')?.rcode;
    expect([rcode('b.c.example.com'), rcode('c.example.com')]).toEqual(['NXDOMAIN', 'NOERROR']);
  });

  it('judges a CNAME by the state after the change', () => {
    const address = upsert(set('a.example.com', 'A', '192.0.2.1'));
    const alias = set('a.example.com', 'CNAME', 'b.example.com');
    expect(() => changeZone(address, { upsert: [alias], remove: [] })).toThrow(/CNAME beside A/);
    const after = changeZone(address, { upsert: [alias], remove: [{ name: 'a.example.com', type: 'A' }] });
    expect(publishedSets(after)).toEqual([alias]);
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
    ['a text that is too long', set('a.example.com', 'TXT', 'x'.repeat(256)), 'Invalid'],
    ['a TTL below zero', { ...set('a.example.com', 'A', '192.0.2.1'), ttlSeconds: -1 }, 'Invalid'],
    ["the zone's own name servers", set('example.com', 'NS', 'ns.example.org'), 'Invalid'],
    ["the zone's own name server's address", set('ns.example.com', 'A', '192.0.2.1'), 'Invalid'],
  ])('refuses %s', (_, bad, code) => {
    expect(() => upsert(bad)).toThrow(expect.objectContaining({ code }));
  });

  it('writes IPv6 addresses in one way', () => {
    const after = upsert(set('a.example.com', 'AAAA', '2001:DB8:0:0::1', '2001:db8::1'));
    expect(publishedSets(after)[0]?.data).toEqual(['2001:db8::1']);
  });

  it('has just the nodes that its records need, whatever was changed in what order', () => {
    const label = fc.constantFrom('a', 'b', 'c');
    const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => [...labels, 'example.com'].join('.'));
    const step = fc.record({ name, drop: fc.boolean(), type: fc.constantFrom<RecordType>('A', 'TXT') });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let zone = empty;
        const model = new Map<string, RecordSet>();
        for (const { name: owner, drop, type } of steps) {
          const record = set(owner, type, type === 'A' ? '192.0.2.1' : 'x');
          zone = changeZone(zone, drop ? { upsert: [], remove: [record] } : { upsert: [record], remove: [] });
          if (drop) model.delete(`${owner} ${type}`);
          else model.set(`${owner} ${type}`, record);
        }
        const nodes = new Set(['example.com', 'ns.example.com']);
        for (const { name: owner } of model.values()) {
          for (let at = owner; isWithin(at, 'example.com'); at = parentOf(at) ?? '') nodes.add(at);
        }
        expect(new Set(zone.nodes.keys())).toEqual(nodes);
        expect(new Set(publishedSets(zone))).toEqual(new Set(model.values()));
      }),
    );
  });
});
