import { parseClientAddress, type ClientAddress } from './client-address.ts';
import type { ClusterSite, GeoLookup, Place, PlacedPrefix } from './place.ts';
import { PrefixTable } from './prefix-table.ts';

/** Where clients are, at one moment. Immutable. */
export interface Places {
  /** The place of an address, and how many of its bits that depends on. */
  find(address: ClientAddress): { readonly place: Place | undefined; readonly scope: number };
  /** The cluster's round trips, by the clusters that they were measured to. */
  site(cluster: string): ClusterSite | undefined;
  readonly sites: readonly ClusterSite[];
  /** All that `find` can give. */
  readonly all: readonly Place[];
}

/** What is known from elsewhere than the configuration. */
export interface LearnedPlaces {
  readonly prefixes: readonly PlacedPrefix[];
  readonly sites: readonly ClusterSite[];
}

export interface PlacesOptions {
  /** Where a prefix was learned too, this counts. */
  readonly configured?: readonly PlacedPrefix[];
  /** Asked for addresses that no prefix covers. */
  readonly geo?: GeoLookup;
}

export interface PlaceSource {
  /** What it gave stays as it was; another value after any change. */
  current(): Places;
}

/** Places that may become known while they are used. */
export interface ChangingPlaces extends PlaceSource {
  readonly options: PlacesOptions;
  /** In place of what was learned before. */
  learn(learned: LearnedPlaces): void;
  learned(): LearnedPlaces;
  /** Calls `listener` for what is learned, until what it returns is called. */
  onLearn(listener: (learned: LearnedPlaces) => void): () => void;
}

const NOWHERE: LearnedPlaces = { prefixes: [], sites: [] };

/** Throws `TypeError` where a configured prefix is none. */
export function createPlaces(options: PlacesOptions = {}): ChangingPlaces {
  let current = placesOf(options, NOWHERE);
  let known = NOWHERE;
  let last = JSON.stringify(NOWHERE);
  const listeners = new Set<(learned: LearnedPlaces) => void>();
  return {
    options,
    current: () => current,
    learn: (learned) => {
      const text = JSON.stringify(learned);
      if (text === last) return;
      current = placesOf(options, learned);
      known = learned;
      last = text;
      for (const listener of listeners) listener(learned);
    },
    learned: () => known,
    onLearn: (listener) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
}

function placesOf({ configured = [], geo }: PlacesOptions, { prefixes, sites }: LearnedPlaces): Places {
  const all = new Map<string, Place>();
  for (const place of geo?.places ?? []) all.set(JSON.stringify(place), place);
  const known = new Map<string, number>();
  const list: Place[] = [];
  const idOf = (place: Place) => {
    const text = JSON.stringify(place);
    const id = known.get(text) ?? list.push(place) - 1;
    known.set(text, id);
    all.set(text, place);
    return id;
  };
  const table = new PrefixTable();
  for (const { prefix, place } of unambiguous(prefixes)) table.set(prefix, idOf(place));
  for (const { cidr, place } of configured) {
    const prefix = parseClientAddress(cidr);
    if (prefix === undefined) throw new TypeError(`${cidr} is no prefix of addresses`);
    table.set(prefix, idOf(place));
  }
  const byName = new Map(sites.map((site) => [site.name, site]));
  return {
    find: (address) => {
      const { value, scope } = table.find(address);
      const place = list[value];
      if (place !== undefined || geo === undefined) return { place, scope };
      const found = geo.locate(address.bytes);
      return { place: found.place, scope: Math.min(Math.max(scope, found.scope), address.prefixLength) };
    },
    site: (cluster) => byName.get(cluster),
    sites,
    all: [...all.values()],
  };
}

/** Two clusters may use the same addresses within: nobody can tell whose client such a one is. */
function unambiguous(
  prefixes: readonly PlacedPrefix[],
): readonly { readonly prefix: ClientAddress; readonly place: Place }[] {
  const byPrefix = new Map<string, { readonly prefix: ClientAddress; readonly place: Place } | undefined>();
  for (const { cidr, place } of prefixes) {
    const prefix = parseClientAddress(cidr);
    if (prefix === undefined) continue;
    const key = `${prefix.bytes.join('.')}/${prefix.prefixLength}`;
    const other = byPrefix.get(key);
    const isFirst = !byPrefix.has(key);
    byPrefix.set(key, isFirst || other?.place.cluster === place.cluster ? { prefix, place } : undefined);
  }
  return [...byPrefix.values()].filter((entry) => entry !== undefined);
}
