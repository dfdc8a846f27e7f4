import { readFile } from 'node:fs/promises';
import type { CountryResponse } from 'mmdb-lib';
import { formatAddress } from './client-address.ts';
import type { GeoLookup, GeoOptions, Place } from './place.ts';

/** Loads the database, and what reads it. Rejects with an `Error` that names the file. */
export async function openGeo(options: GeoOptions): Promise<GeoLookup> {
  const { database, places } = options;
  const { Reader } = await import('mmdb-lib');
  const reader = await readerOf(database, (content) => new Reader<CountryResponse>(content));
  const byCountry = new Map<string, Place>();
  const byContinent = new Map<string, Place>();
  const all = places.map(({ countries = [], continents = [], ...place }): Place => {
    const known = { ...place, source: 'geo' };
    for (const country of countries) byCountry.set(country, known);
    for (const continent of continents) byContinent.set(continent, known);
    return known;
  });
  return {
    places: all,
    options,
    locate: remembering((address) => {
      const [record, scope] = reader.getWithPrefixLength(formatAddress(address));
      const country = record?.country?.iso_code ?? record?.registered_country?.iso_code ?? '';
      const place = byCountry.get(country) ?? byContinent.get(record?.continent?.code ?? '');
      return { place, scope };
    }),
  };
}

type Locate = GeoLookup['locate'];

/** Networks that were asked for, in one of two generations. */
const MAX_REMEMBERED = 32_768;

/** Decoding a record takes ten times what all else of an answer does. */
function remembering(locate: Locate): Locate {
  let young = new Map<string, ReturnType<Locate>>();
  let old = new Map<string, ReturnType<Locate>>();
  return (address) => {
    const bytes = address.length === 4 ? 3 : 6;
    const key = Buffer.from(address.buffer, address.byteOffset, bytes).toString('latin1');
    const known = young.get(key) ?? old.get(key);
    const found = known ?? locate(address);
    // Within the network addresses may be elsewhere.
    if (found.scope > bytes * 8) return found;
    if (young.size >= MAX_REMEMBERED) {
      old = young;
      young = new Map();
    }
    if (known === undefined) young.set(key, found);
    return found;
  };
}

async function readerOf<R>(database: string, read: (content: Buffer) => R): Promise<R> {
  const content = await readFile(database);
  try {
    return read(content);
  } catch (err) {
    const why = err instanceof Error ? err.message : String(err);
    throw new Error(`${database} is no database of places: ${why}`, { cause: err });
  }
}
