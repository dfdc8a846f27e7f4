import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parseFleetConfig } from '../config-file.ts';
import { readDnsServerFile } from './dns-file.ts';

const text = `
places:
  - { cidrs: [10.0.0.0/8, "2001:db8::/32"], region: europe, zone: europe-a, prefer: [us] }
geo:
  database: geo/places.mmdb
  places: [{ subdivisions: [US-CA], countries: [DE], continents: [EU], region: europe }]
`;

async function directory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'koinon-dns-file-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

it('reads of a file of its own what a fleet file has for the DNS server', async () => {
  await using home = await directory();
  const file = join(home.path, 'dns.yaml');
  await writeFile(file, text);
  const read = await readDnsServerFile(file);
  expect(read).toEqual({
    places: [{ cidrs: ['10.0.0.0/8', '2001:db8::/32'], region: 'europe', zone: 'europe-a', prefer: ['us'] }],
    geo: {
      database: join(home.path, 'geo/places.mmdb'),
      places: [{ subdivisions: ['US-CA'], countries: ['DE'], continents: ['EU'], region: 'europe' }],
    },
  });
  const indented = text.replaceAll('\n', '\n    ');
  const fleet = await parseFleetConfig(`federation:\n  dns:${indented}\n`, join(home.path, 'fleet.yaml'));
  expect(fleet.federation.dns).toEqual({ host: '127.0.0.1', port: 10053, ttlSeconds: 180, ...read });
});

it('refuses what is told by flags, and what it does not know', async () => {
  await using home = await directory();
  const file = join(home.path, 'dns.yaml');
  await writeFile(file, 'address: 127.0.0.1:53\n');
  await expect(readDnsServerFile(file)).rejects.toThrow(`${file}:1: unknown key "address"`);
});

it('takes threads that note questions', async () => {
  await using home = await directory();
  const file = join(home.path, 'dns.yaml');
  await writeFile(file, 'workers: 2\nqueryLog: { size: 10 }\n');
  expect(await readDnsServerFile(file)).toEqual({ workers: 2, queryLog: { size: 10 } });
});
