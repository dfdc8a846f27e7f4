import { readFile } from 'node:fs/promises';
import type { CityResponse } from 'mmdb-lib';
import type { Logger } from '../../src/component-base/index.ts';
import { formatAddress } from './client-address.ts';
import type { GeoLookup, GeoOptions, GeoPlace, Place } from './place.ts';

/** Loads the database, and what reads it. Rejects with an `Error` that names the file. */
export async function openGeo(options: GeoOptions, log: Logger): Promise<GeoLookup> {
  const { database, places } = options;
  const { Reader } = await import('mmdb-lib');
  const reader = await readerOf(database, (content) => new Reader<CityResponse>(content));
  const { databaseType } = reader.metadata;
  if (tellsNoCountries.test(databaseType)) {
    throw new Error(`${database} is a database of type ${databaseType}, which tells no countries`);
  }
  const { all, find } = placesBy(places);
  return {
    places: all,
    options,
    locate: remembering(
      whereReadable(
        (address) => {
          const [record, scope] = reader.getWithPrefixLength(formatAddress(address));
          return { place: record === null ? undefined : find(record), scope };
        },
        (err) => {
          log.warn({ err, database }, 'record of the database of places not readable; there may be more');
        },
      ),
    ),
  };
}

/** MaxMind's other databases; whoever makes one of their own may call it what they like. */
const tellsNoCountries = /ASN|ISP|Domain|Connection-Type|Anonymous|DensityIncome|Static-IP|User-(?:Count|Type)/;

/** What the places of the options are by what a record says: the smaller area counts more. */
function placesBy(places: readonly GeoPlace[]) {
  const byArea = new Map<string, Place>();
  const byContinent = new Map<string, Place>();
  const all = places.map(({ subdivisions = [], countries = [], continents = [], ...place }): Place => {
    const known = { ...place, source: 'geo' };
    for (const area of [...subdivisions, ...countries]) byArea.set(area, known);
    for (const continent of continents) byContinent.set(continent, known);
    return known;
  });
  const find = ({ country, registered_country, continent, subdivisions = [] }: CityResponse): Place | undefined => {
    const code = country?.iso_code ?? registered_country?.iso_code ?? '';
    // The largest is the first.
    const smaller = subdivisions.map((division) => `${code}-${division.iso_code}`).reverse();
    const known = [...smaller, code].map((area) => byArea.get(area));
    return known.find((place) => place !== undefined) ?? byContinent.get(continent?.code ?? '');
  };
  return { all, find };
}

type Locate = GeoLookup['locate'];

/** What cannot be read says nothing of an address, and of no other: whoever asks from there is answered all the same. */
function whereReadable(locate: Locate, onFirstError: (err: unknown) => void): Locate {
  let hasFailed = false;
  return (address) => {
    try {
      return locate(address);
    } catch (err) {
      if (!hasFailed) onFirstError(err);
      hasFailed = true;
      return { place: undefined, scope: address.length * 8 };
    }
  };
}

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
