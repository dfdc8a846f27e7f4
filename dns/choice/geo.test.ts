import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { silentLogger as log } from '../../src/component-base/index.ts';
import { parseClientAddress } from './client-address.ts';
import { createPlaces } from './places.ts';
import { openGeo } from './geo.ts';

const cleanUps: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0)) await cleanUp();
});

type Value = string | number | { readonly [key: string]: Value };

/** A value as MaxMind's format writes it: type and size in a byte, then what it is. */
function encoded(value: Value): number[] {
  if (typeof value === 'string') return [0x40 | value.length, ...Buffer.from(value)];
  if (typeof value === 'number') return [0xc4, ...[24, 16, 8, 0].map((by) => (value >> by) & 0xff)];
  const entries = Object.entries(value);
  return [0xe0 | entries.length, ...entries.flatMap(([key, item]) => [...encoded(key), ...encoded(item)])];
}

/** A database of IPv4 networks, written down as its specification says. */
function database(networks: Readonly<Record<string, Value>>): Buffer {
  const nodes: [number, number][] = [[-1, -1]];
  const data: number[] = [];
  for (const [cidr, record] of Object.entries(networks)) {
    const { bytes, prefixLength } = parseClientAddress(cidr)!;
    const offset = data.length;
    data.push(...encoded(record));
    let node = 0;
    for (let depth = 0; depth < prefixLength; depth++) {
      const bit = (bytes[depth >> 3]! >> (7 - (depth & 7))) & 1;
      const isLast = depth === prefixLength - 1;
      if (isLast) nodes[node]![bit] = -2 - offset;
      else if (nodes[node]![bit] === -1) nodes[node]![bit] = nodes.push([-1, -1]) - 1;
      node = isLast ? node : nodes[node]![bit]!;
    }
  }
  const pointer = (value: number) => (value >= 0 ? value : value === -1 ? nodes.length : nodes.length + 14 - value);
  const tree = nodes.flat().flatMap((value) => [16, 8, 0].map((by) => (pointer(value) >> by) & 0xff));
  const metadata = encoded({
    binary_format_major_version: 2,
    binary_format_minor_version: 0,
    build_epoch: 0,
    database_type: 'GeoLite2-Country',
    ip_version: 4,
    node_count: nodes.length,
    record_size: 24,
  });
  const marker = [0xab, 0xcd, 0xef, ...Buffer.from('MaxMind.com')];
  return Buffer.from([...tree, ...Array.from({ length: 16 }, () => 0), ...data, ...marker, ...metadata]);
}

async function fileOf(content: Buffer): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'koinon-geo-'));
  cleanUps.push(() => rm(directory, { recursive: true }));
  const path = join(directory, 'places.mmdb');
  await writeFile(path, content);
  return path;
}

const path = () =>
  fileOf(
    database({
      '203.0.113.0/24': { country: { iso_code: 'DE' }, continent: { code: 'EU' } },
      '198.51.96.0/20': { registered_country: { iso_code: 'FR' }, continent: { code: 'EU' } },
      '192.0.2.128/25': { country: { iso_code: 'JP' }, continent: { code: 'AS' } },
    }),
  );
const places = [
  { countries: ['DE'], region: 'europe-west3', prefer: ['europe-west1'] },
  { continents: ['EU'], region: 'europe-west1' },
];

it('finds places by country, else by continent, and says of how much of the address', async () => {
  const geo = await openGeo({ database: await path(), places }, log);
  const find = (text: string) => {
    const { place, scope } = geo.locate(parseClientAddress(text)!.bytes);
    return [place?.region, scope];
  };
  for (let round = 0; round < 2; round++) {
    expect(find('203.0.113.9')).toEqual(['europe-west3', 24]);
    expect(find('198.51.100.9')).toEqual(['europe-west1', 20]);
    expect(find('192.0.2.200')).toEqual([undefined, 25]);
    expect(find('192.0.2.1')).toEqual([undefined, 25]);
    expect(find('10.0.0.1')).toEqual([undefined, 1]);
  }
});

it('is asked where no prefix says anything', async () => {
  const geo = await openGeo({ database: await path(), places }, log);
  const source = createPlaces({
    configured: [{ cidr: '203.0.113.0/28', place: { region: 'here', source: 'configuration' } }],
    geo,
  });
  const at = (text: string) => source.current().find(parseClientAddress(text)!);
  expect(at('203.0.113.1')).toMatchObject({ place: { region: 'here' }, scope: 28 });
  expect(at('203.0.113.0/24')).toMatchObject({ place: { region: 'europe-west3' }, scope: 24 });
  expect(at('203.0.113.16')).toMatchObject({ place: { region: 'europe-west3', source: 'geo' }, scope: 28 });
  expect(at('198.51.100.0/24')).toMatchObject({ place: { region: 'europe-west1' }, scope: 20 });
});

it('says which file is no database', async () => {
  const bad = await fileOf(Buffer.from('nothing of the kind'));
  await expect(openGeo({ database: bad, places }, log)).rejects.toThrow(/places\.mmdb is no database of places/);
});
