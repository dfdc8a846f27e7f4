import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProviderChanges, RecordSet } from '../dns-provider.ts';
import { ClaimedNames } from './claimed-names.ts';
import { claimName, claimSet, parseClaim } from './claim.ts';
import type { OwnedChanges } from './zone-ownership.ts';

const N = 'web.example.com';
const web = 'service/shop/web';
const set = (type: RecordSet['type'], ...data: string[]): RecordSet => ({ name: N, type, ttlSeconds: 60, data });
const a = (...data: string[]) => set('A', ...data);
const alias = (target: string) => set('CNAME', target);
const asIs = (given: RecordSet) => given;

/** A zone that several publish in, each by what it read when it wrote. */
class Zone {
  readonly sets = new Map<string, RecordSet>();

  put(...sets: RecordSet[]): this {
    for (const one of sets) this.sets.set(`${one.name} ${one.type}`, one);
    return this;
  }

  /** Refused, as by a provider, where something is not as it was read. */
  apply({ upsert, remove, replaces = [] }: ProviderChanges): boolean {
    const read = new Zone().put(...replaces).sets;
    const keys = [...upsert, ...remove].map(({ name, type }) => `${name} ${type}`);
    if (!keys.every((key) => isDeepStrictEqual(read.get(key), this.sets.get(key)))) return false;
    for (const { name, type } of remove) this.sets.delete(`${name} ${type}`);
    this.put(...upsert);
    return true;
  }

  /** All but claims. */
  get answers(): Record<string, string> {
    const sets = [...this.sets.values()].filter(({ name }) => !name.includes('._koinon.'));
    return Object.fromEntries(sets.map(({ name, type, data }) => [`${name} ${type}`, data.join()]));
  }

  /** All data but texts. */
  answersAt(name: string): readonly string[] {
    const sets = [...this.sets.values()].filter((one) => one.name === name && one.type !== 'TXT');
    return sets.flatMap(({ data }) => data).sort();
  }

  /** One look and what follows from it. */
  publish(owner: string, desired: readonly RecordSet[], resource = web): OwnedChanges {
    const names = new ClaimedNames(owner, asIs);
    names.take([...this.sets.values()]);
    const planned = names.plan(resource, desired);
    for (const changes of planned.phases) expect(this.apply(changes)).toBe(true);
    return planned;
  }
}

describe('a claim', () => {
  it('is read as it was written, beside the name and not at it', () => {
    const claim = {
      owner: 'fed',
      resource: web,
      parts: [
        { type: 'A', ttlSeconds: 60, data: Array.from({ length: 40 }, (_, i) => `192.0.2.${i}`).sort() },
        { type: 'CNAME', ttlSeconds: 5, data: [] },
      ],
    };
    const written = claimSet(N, claim);
    expect(written.name).toBe(`fed._koinon.${N}`);
    expect(written.data).toContain('heritage=koinon,koinon/owner=fed,koinon/resource=service/shop/web');
    expect(written.data.every((text) => Buffer.byteLength(text) <= 255)).toBe(true);
    expect(parseClaim(written)).toEqual({ name: N, claim });
  });

  it('of a wildcard has a name of its own', () => {
    const written = claimSet('*.example.com', { owner: 'fed', resource: web, parts: [] });
    expect(written.name).toBe('fed._koinon._any.example.com');
    expect(parseClaim(written)?.name).toBe('*.example.com');
  });

  it.each([
    ['another heritage', ['heritage=external-dns,external-dns/owner=fed,external-dns/resource=service/shop/web']],
    ['another owner than its name says', ['heritage=koinon,koinon/owner=other,koinon/resource=service/shop/web']],
    ['no resource', ['heritage=koinon,koinon/owner=fed']],
  ])('is none with %s', (_, data) => {
    expect(parseClaim({ name: claimName('fed', N), type: 'TXT', ttlSeconds: 1, data })).toBeUndefined();
  });
});

describe('ClaimedNames', () => {
  it('claims before it publishes, and gives up only afterwards', () => {
    const zone = new Zone();
    const kinds = ({ phases }: OwnedChanges) =>
      phases.map(({ upsert, remove }) => [...upsert, ...remove].map(({ type }) => type).join());
    expect(kinds(zone.publish('fed', [a('10.0.0.1')]))).toEqual(['TXT', 'A']);
    expect(kinds(zone.publish('fed', [a('10.0.0.2')]))).toEqual(['A,TXT']);
    expect(kinds(zone.publish('fed', [alias('x.example')]))).toEqual(['TXT', 'CNAME,A', 'TXT']);
    expect(kinds(zone.publish('fed', []))).toEqual(['CNAME', 'TXT']);
    expect(zone.sets.size).toBe(0);
  });

  it('takes up where it was interrupted, after every phase', () => {
    const wishes = [[a('10.0.0.1')], [alias('x.example')], [a('10.0.0.2'), set('AAAA', '2001:db8::1')], []];
    for (const before of wishes) {
      for (const after of wishes) {
        for (let done = 0; done < 3; done++) {
          const zone = new Zone();
          zone.publish('fed', before);
          const names = new ClaimedNames('fed', asIs);
          names.take([...zone.sets.values()]);
          for (const changes of names.plan(web, after).phases.slice(0, done)) zone.apply(changes);
          expect(zone.publish('fed', before).conflicts).toEqual([]);
          expect(zone.answers).toEqual(new Zone().put(...before).answers);
        }
      }
    }
  });

  it('does nothing where all is right', () => {
    const zone = new Zone();
    zone.publish('fed', [a('10.0.0.2', '10.0.0.1')]);
    expect(zone.publish('fed', [a('10.0.0.1', '10.0.0.2')])).toEqual({ phases: [], conflicts: [], isShared: false });
  });

  it('says what it replaces, so that a provider can tell when somebody was faster', () => {
    const zone = new Zone();
    zone.publish('fed', [a('10.0.0.1')]);
    const { phases } = zone.publish('fed', [a('10.0.0.2')]);
    expect(phases[0]?.replaces).toContainEqual(a('10.0.0.1'));
  });

  it('repairs what somebody changed or removed of ours', () => {
    const zone = new Zone();
    zone.publish('fed', [a('10.0.0.1')]);
    zone.put(a('10.0.0.1', '10.9.9.9'));
    zone.publish('fed', [a('10.0.0.1')]);
    expect(zone.answers).toEqual({ [`${N} A`]: '10.0.0.1' });
    zone.sets.delete(`${N} A`);
    zone.publish('fed', [a('10.0.0.1')]);
    expect(zone.answers).toEqual({ [`${N} A`]: '10.0.0.1' });
  });

  it.each<[string, RecordSet, RecordSet[]]>([
    ['addresses', a('192.0.2.1'), [a('10.0.0.1')]],
    ['an alias', alias('x.example'), [a('10.0.0.1')]],
    ['anything, where an alias should be', set('TXT', 'v=spf1 -all'), [alias('x.example')]],
    ['the same addresses', a('10.0.0.1'), [a('10.0.0.1')]],
  ])('leaves a name alone that has %s of somebody else', (_, foreign, desired) => {
    const zone = new Zone().put(foreign);
    const { phases, conflicts } = zone.publish('fed', desired);
    expect(phases).toEqual([]);
    expect(conflicts.map(({ name }) => name)).toEqual([N]);
    zone.publish('fed', []);
    expect([...zone.sets.values()]).toEqual([foreign]);
  });

  it('stands beside records of other types that are somebody else’s', () => {
    const foreign = set('TXT', 'v=spf1 -all');
    const zone = new Zone().put(foreign);
    zone.publish('fed', [a('10.0.0.1')]);
    expect(zone.answers).toEqual({ [`${N} TXT`]: 'v=spf1 -all', [`${N} A`]: '10.0.0.1' });
    zone.publish('fed', []);
    expect([...zone.sets.values()]).toEqual([foreign]);
  });

  it('gives a name to the first of two resources', () => {
    const zone = new Zone();
    zone.publish('fed', [a('10.0.0.1')]);
    const { conflicts } = zone.publish('fed', [a('10.0.0.2')], 'service/shop/other');
    expect(conflicts).toEqual([{ name: N, reason: 'it is of service/shop/web' }]);
    expect(zone.answers).toEqual({ [`${N} A`]: '10.0.0.1' });
  });

  it('shares the addresses of a name, at the lowest TTL, and takes only its own away', () => {
    const zone = new Zone();
    zone.publish('blue', [{ ...a('10.0.0.1'), ttlSeconds: 30 }]);
    expect(zone.publish('green', [a('10.1.0.1')]).isShared).toBe(true);
    expect(zone.sets.get(`${N} A`)).toEqual({ ...a('10.0.0.1', '10.1.0.1'), ttlSeconds: 30 });
    zone.publish('blue', [a('10.0.0.2')]);
    expect(zone.answers).toEqual({ [`${N} A`]: '10.0.0.2,10.1.0.1' });
    zone.publish('blue', []);
    expect(zone.answers).toEqual({ [`${N} A`]: '10.1.0.1' });
    expect(zone.publish('green', [a('10.1.0.1')]).phases).toEqual([]);
  });

  it('lets an alias give way to addresses of another owner, and come back', () => {
    const zone = new Zone();
    zone.publish('blue', [alias('x.example')]);
    zone.publish('green', [a('10.1.0.1')]);
    expect(zone.answers).toEqual({ [`${N} A`]: '10.1.0.1' });
    expect(zone.publish('blue', [alias('x.example')]).phases).toEqual([]);
    zone.publish('green', []);
    zone.publish('blue', [alias('x.example')]);
    expect(zone.answers).toEqual({ [`${N} CNAME`]: 'x.example' });
  });

  it('agrees with every other owner in the end, whoever wrote last, and touches nothing foreign', () => {
    const wish = fc.oneof(
      fc.constant([] as RecordSet[]),
      fc.constantFrom('10.0.0.1', '10.0.0.2', '10.0.0.3').map((address) => [a(address)]),
      fc.constantFrom('2001:db8::1', '2001:db8::2').map((address) => [set('AAAA', address)]),
      fc.constantFrom('x.example', 'y.example').map((target) => [alias(target)]),
    );
    const owner = fc.constantFrom('blue', 'green', 'red');
    const step = fc.record({ owner, wish, phases: fc.integer({ min: 0, max: 3 }) });
    const steps = fc.array(step, { maxLength: 8 });
    // One owner is elected: it is not two.
    const oneEach = fc.uniqueArray(step, { selector: ({ owner: name }) => name });
    fc.assert(
      fc.property(steps, oneEach, fc.boolean(), (history, meanwhile, isTaken) => {
        const foreign = [{ ...a('192.0.2.1'), name: 'www.example.com' }, ...(isTaken ? [set('TXT', 'x')] : [])];
        const zone = new Zone().put(...foreign);
        const wishes = new Map([...history, ...meanwhile].map((step) => [step.owner, step.wish]));
        for (const step of history) zone.publish(step.owner, step.wish);
        disturb(zone, meanwhile);
        for (let round = 0; round < 3; round++) for (const [name, sets] of wishes) zone.publish(name, sets);

        for (const [name, sets] of wishes) expect(zone.publish(name, sets).phases).toEqual([]);
        expect(zone.answers).toMatchObject(new Zone().put(...foreign).answers);
        expect(zone.answersAt(N)).toEqual(expected([...wishes], isTaken));
        for (const [name] of wishes) zone.publish(name, []);
        expect([...zone.sets.values()]).toEqual(foreign);
      }),
    );
  });
});

interface Step {
  readonly owner: string;
  readonly wish: readonly RecordSet[];
  readonly phases: number;
}

/** All read before any writes, and some never finish. */
function disturb(zone: Zone, steps: readonly Step[]): void {
  const plans = steps.map(({ owner, wish, phases }) => {
    const names = new ClaimedNames(owner, asIs);
    names.take([...zone.sets.values()]);
    return names.plan(web, wish).phases.slice(0, phases);
  });
  for (const phases of plans) phases.every((changes) => zone.apply(changes));
}

function expected(wishes: readonly (readonly [string, readonly RecordSet[]])[], isTaken: boolean): readonly string[] {
  const addresses = wishes.flatMap(([, sets]) => sets.filter(({ type }) => type !== 'CNAME'));
  if (addresses.length > 0) return [...new Set(addresses.flatMap(({ data }) => data))].sort();
  const [first] = wishes.filter(([, sets]) => sets.length > 0).sort(([one], [other]) => (one < other ? -1 : 1));
  return isTaken ? [] : (first?.[1].flatMap(({ data }) => data) ?? []);
}
