import { expect, it } from 'vitest';
import { createZone, type AnyRecordSet, type RecordSet, type Zone } from '../zone/index.ts';
import { changesOnly, wholeZone } from './transfer-content.ts';

const zoneOptions = { name: 'example.com' };

/** What a secondary keeps: each record by itself. */
type Copy = Set<string>;

const linesOf = ({ name, type, ttlSeconds, data }: AnyRecordSet) =>
  data.map((item) => `${name} ${ttlSeconds} ${type} ${item}`);

function copyOf(zone: Zone): Copy {
  using snapshot = zone.snapshot();
  return new Set([...wholeZone(snapshot).sets].flatMap(linesOf));
}

/** As a strict secondary takes in differences: what goes must be there, what comes must not. */
function takeIn(copy: Copy, sets: readonly AnyRecordSet[]): void {
  const [latest, from, ...rest] = sets;
  const middle = rest.findIndex(({ type }) => type === 'SOA');
  const removed = [from, ...rest.slice(0, middle)];
  const added = rest.slice(middle, -1);
  expect(rest.at(-1)).toEqual(latest);
  for (const line of removed.flatMap((set) => (set === undefined ? [] : linesOf(set)))) {
    expect(copy.delete(line)).toBe(true);
  }
  for (const line of added.flatMap(linesOf)) {
    expect(copy.has(line)).toBe(false);
    copy.add(line);
  }
}

function numbers(seed: number): (limit: number) => number {
  let state = seed;
  return (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
}

function randomChange(random: (limit: number) => number) {
  const name = `n${random(6)}.${zoneOptions.name}`;
  const type = random(4) === 0 ? ('TXT' as const) : ('A' as const);
  if (random(3) === 0) return { upsert: [], remove: [{ name, type }] };
  const data = Array.from({ length: 1 + random(3) }, () => (type === 'A' ? `192.0.2.${random(5)}` : `t${random(3)}`));
  const set: RecordSet = { name, type, ttlSeconds: [60, 5][random(2)] ?? 60, data };
  return { upsert: [set], remove: [] };
}

it.each([1, 2, 3, 4, 5])('takes copies of any age to what the zone is now (seed %i)', (seed) => {
  const random = numbers(seed);
  // Around the corner of serials.
  const zone = createZone(zoneOptions, 2 ** 32 - 20);
  const copies = [{ serial: zone.serial, copy: copyOf(zone) }];
  for (let change = 0; change < 60; change++) {
    zone.change(randomChange(random));
    copies.push({ serial: zone.serial, copy: copyOf(zone) });
  }
  const now = copyOf(zone);
  for (const { serial, copy } of copies) {
    const content = changesOnly(zone, serial);
    if (serial === zone.serial) expect(content?.kind).toBe('up to date');
    else {
      expect(content?.kind).toBe('IXFR');
      takeIn(copy, [...(content?.sets ?? [])]);
    }
    expect(copy).toEqual(now);
  }
});

it('has no changes for who is further behind than anybody remembers', () => {
  const zone = createZone(zoneOptions, 100);
  zone.change({ upsert: [{ name: 'a.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] }], remove: [] });
  expect(changesOnly(zone, 99)).toBeUndefined();
});
