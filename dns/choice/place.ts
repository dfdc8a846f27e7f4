/** Where clients are. What is not known of it is absent. */
export interface Place {
  readonly region?: string;
  readonly zone?: string;
  /** The cluster whose nodes or pods they are. */
  readonly cluster?: string;
  /** Regions to send them to after their own, the best first. */
  readonly prefer?: readonly string[];
  /** Who says so, for explanations: `configuration`, `cluster us`, `geo`. */
  readonly source: string;
}

/** Clients of these addresses are there. */
export interface PlacedPrefix {
  /** `192.0.2.0/24`. */
  readonly cidr: string;
  readonly place: Place;
}

/** A cluster, and what an answer sent out of it takes to the others. */
export interface ClusterSite {
  readonly name: string;
  readonly zones: readonly string[];
  readonly region?: string;
  /** Milliseconds of a round trip to other clusters, as measured there. */
  readonly roundTripMs?: Readonly<Record<string, number>>;
}

/** What parts of countries, countries and continents are called here. */
export interface GeoPlace {
  /** ISO 3166-2, as `US-CA`; only databases of cities tell them. */
  readonly subdivisions?: readonly string[];
  /** ISO 3166-1, two letters. */
  readonly countries?: readonly string[];
  /** Two letters, as MaxMind has them. */
  readonly continents?: readonly string[];
  readonly region?: string;
  readonly prefer?: readonly string[];
}

export interface GeoOptions {
  /** A file in MaxMind's format (`.mmdb`) that tells countries, as those of countries and of cities do. */
  readonly database: string;
  readonly places: readonly GeoPlace[];
}

/** A database of where addresses are. */
export interface GeoLookup {
  /** By which another thread can open it too. */
  readonly options?: GeoOptions;
  /** All that it can tell. */
  readonly places: readonly Place[];
  /** Where a client is, and how long the prefix is of which that is said. */
  locate(address: Uint8Array): { readonly place: Place | undefined; readonly scope: number };
}
