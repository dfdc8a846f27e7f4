import { describe, expect, it } from 'vitest';
import { createZone, type AnyRecordSet, type RecordSet } from '../zone/index.ts';
import {
  decodeUpdate,
  encodeUpdate,
  requirePrerequisites,
  updateChanges,
  type Prerequisite,
  type Update,
} from './index.ts';

const zone = createZone({ name: 'example.com' }, 7, [
  { name: 'a.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1', '192.0.2.2'] },
  { name: 'a.example.com', type: 'TXT', ttlSeconds: 60, data: ['kept'] },
  { name: 'alias.example.com', type: 'CNAME', ttlSeconds: 60, data: ['a.example.com'] },
  { name: 'x.below.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.9'] },
]);

const requestWith = (prerequisites: readonly Prerequisite[], updates: readonly Update[]) =>
  decodeUpdate(encodeUpdate({ id: 1, zone: 'example.com', prerequisites, updates }));

const a = 'a.example.com';
const none = 'none.example.com';

describe('a prerequisite', () => {
  const check = (one: Prerequisite) => () => {
    requirePrerequisites(requestWith([one], []).prerequisites, zone);
  };

  it.each<Prerequisite>([
    { kind: 'name in use', name: a },
    { kind: 'name not in use', name: none },
    { kind: 'name not in use', name: 'below.example.com' },
    { kind: 'set exists', name: a, type: 'TXT' },
    { kind: 'set absent', name: a, type: 'AAAA' },
    { kind: 'set is', name: a, type: 'A', data: ['192.0.2.2', '192.0.2.1'] },
  ])('that holds: %j', (one) => {
    expect(check(one)).not.toThrow();
  });

  it.each<[string, Prerequisite]>([
    ['NXDOMAIN', { kind: 'name in use', name: none }],
    ['NXDOMAIN', { kind: 'name in use', name: 'below.example.com' }],
    ['YXDOMAIN', { kind: 'name not in use', name: a }],
    ['NXRRSET', { kind: 'set exists', name: a, type: 'AAAA' }],
    ['YXRRSET', { kind: 'set absent', name: a, type: 'A' }],
    ['NXRRSET', { kind: 'set is', name: a, type: 'A', data: ['192.0.2.1'] }],
    ['NXRRSET', { kind: 'set is', name: a, type: 'A', data: ['192.0.2.1', '192.0.2.2', '192.0.2.3'] }],
    ['NXRRSET', { kind: 'set is', name: none, type: 'A', data: ['192.0.2.1'] }],
    ['NOTZONE', { kind: 'name in use', name: 'elsewhere.test' }],
    ['NOTZONE', { kind: 'name in use', name: 'notexample.com' }],
  ])('is answered %s where it does not: %j', (rcode, one) => {
    expect(check(one)).toThrow(expect.objectContaining({ rcode }));
  });
});

describe('updates', () => {
  const after = (...updates: Update[]) => {
    const changed = createZone({ name: 'example.com' }, 7, []);
    const seeds = ['a', 'alias', 'x.below'].flatMap((name) => [...zone.sets(`${name}.example.com`)]);
    changed.change({ upsert: seeds as RecordSet[], remove: [] }); // @NOTE they were published above
    changed.change(updateChanges(requestWith([], updates).updates, changed, () => true));
    return changed;
  };
  const add = (set: Partial<AnyRecordSet>): Update => ({
    kind: 'add',
    set: { name: a, type: 'A', ttlSeconds: 60, data: ['192.0.2.3'], ...set },
  });

  it('add records beside those that are there, and say for how long all are kept', () => {
    expect(after(add({ ttlSeconds: 5 })).sets(a)).toContainEqual({
      name: a,
      type: 'A',
      ttlSeconds: 5,
      data: ['192.0.2.1', '192.0.2.2', '192.0.2.3'],
    });
  });

  it('change nothing where a record is there already', () => {
    expect(updateChanges(requestWith([], [add({ data: ['192.0.2.2'] })]).updates, zone, () => true).remove).toEqual([]);
    expect(after(add({ data: ['192.0.2.2'] })).sets(a)).toEqual(zone.sets(a));
  });

  it.each<[string, Update]>([
    ['an alias where there is data', add({ type: 'CNAME', data: ['x.below.example.com'] })],
    ['data where there is an alias', add({ name: 'alias.example.com' })],
    ['deletions of what is not there', { kind: 'delete records', name: a, type: 'A', data: ['192.0.2.77'] }],
    ['deletions of sets that are not there', { kind: 'delete set', name: none, type: 'A' }],
    ['a deletion of the name servers of the zone', { kind: 'delete set', name: 'example.com', type: 'NS' }],
    [
      'a deletion of one of them',
      { kind: 'delete records', name: 'example.com', type: 'NS', data: ['ns1.example.com'] },
    ],
    ['a deletion of all at the apex', { kind: 'delete name', name: 'example.com' }],
  ])('pass over %s', (_, update) => {
    const { upsert, remove } = updateChanges(requestWith([], [update]).updates, zone, () => true);
    expect({ upsert, remove }).toEqual({ upsert: [], remove: [] });
  });

  it('give an alias another target', () => {
    const target = add({ name: 'alias.example.com', type: 'CNAME', data: ['x.below.example.com'] });
    expect(after(target).sets('alias.example.com')).toMatchObject([{ data: ['x.below.example.com'] }]);
  });

  it('delete a record, a set, a name', () => {
    const one = after({ kind: 'delete records', name: a, type: 'A', data: ['192.0.2.1'] });
    expect(one.sets(a)).toContainEqual({ name: a, type: 'A', ttlSeconds: 60, data: ['192.0.2.2'] });
    expect(after({ kind: 'delete set', name: a, type: 'A' }).sets(a)).toMatchObject([{ type: 'TXT' }]);
    expect(after({ kind: 'delete name', name: a }).sets(a)).toEqual([]);
  });

  it('are made one after the other', () => {
    const swapped = after({ kind: 'delete name', name: a }, add({ type: 'CNAME', data: ['x.below.example.com'] }));
    expect(swapped.sets(a)).toMatchObject([{ type: 'CNAME' }]);
  });

  it.each<[string, Update]>([
    ['NOTZONE', add({ name: 'elsewhere.test' })],
    ['FORMERR', add({ type: 'TYPE252', data: ['\\# 1 00'] })],
    ['REFUSED', { kind: 'delete name', name: 'protected.example.com' }],
    ['REFUSED', add({ name: 'example.com', type: 'SOA', data: ['ns1.example.com h.example.com 9 1 1 1 1'] })],
  ])('are refused as %s before any is made: %j', (rcode, update) => {
    const mayChange = (name: string) => name !== 'protected.example.com';
    const make = () => updateChanges(requestWith([], [add({}), update]).updates, zone, mayChange);
    expect(make).toThrow(expect.objectContaining({ rcode }));
  });
});
