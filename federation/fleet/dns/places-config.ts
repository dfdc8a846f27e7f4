import { isIP } from 'node:net';
import { resolve } from 'node:path';

/** Clients of these prefixes are there. */
export interface PlaceConfig {
  readonly cidrs: readonly string[];
  readonly region?: string;
  readonly zone?: string;
  /** Regions to send them to after their own, the best first. */
  readonly prefer?: readonly string[];
}

/** Clients of these parts of countries, countries or continents are there; what is smaller counts more. */
export interface GeoPlaceConfig {
  /** ISO 3166-2, as `US-CA`; only databases of cities tell them. */
  readonly subdivisions?: readonly string[];
  /** ISO 3166-1, two letters. */
  readonly countries?: readonly string[];
  /** AF, AN, AS, EU, NA, OC, SA. */
  readonly continents?: readonly string[];
  readonly region?: string;
  readonly prefer?: readonly string[];
}

export interface PlacesConfig {
  readonly places?: readonly PlaceConfig[];
  /** A MaxMind database (`.mmdb`) of countries or cities, and what its words mean here. */
  readonly geo?: { readonly database: string; readonly places: readonly GeoPlaceConfig[] };
}

export type PlacesFile = PlacesConfig;

const MAX_PLACES = 10_000;
const MAX_CIDRS = 10_000;
const words = (items: object) => ({ type: 'array', minItems: 1, maxItems: 300, uniqueItems: true, items });
const name = { type: 'string', minLength: 1, maxLength: 63 };
const regions = words(name);

export const placesSchemas = {
  places: {
    type: 'array',
    maxItems: MAX_PLACES,
    items: {
      type: 'object',
      additionalProperties: false,
      required: ['cidrs'],
      properties: {
        cidrs: {
          type: 'array',
          minItems: 1,
          maxItems: MAX_CIDRS,
          uniqueItems: true,
          items: { type: 'string', format: 'cidr' },
        },
        region: name,
        zone: name,
        prefer: regions,
      },
    },
  },
  geo: {
    type: 'object',
    additionalProperties: false,
    required: ['database', 'places'],
    properties: {
      database: { type: 'string', minLength: 1 },
      places: {
        type: 'array',
        minItems: 1,
        maxItems: MAX_PLACES,
        items: {
          type: 'object',
          additionalProperties: false,
          properties: {
            subdivisions: words({ type: 'string', pattern: '^[A-Z]{2}-[A-Z0-9]{1,3}$' }),
            countries: words({ type: 'string', pattern: '^[A-Z]{2}$' }),
            continents: words({ type: 'string', enum: ['AF', 'AN', 'AS', 'EU', 'NA', 'OC', 'SA'] }),
            region: name,
            prefer: regions,
          },
        },
      },
    },
  },
};

/** `192.0.2.0/24`, or one address. */
export function isPrefix(text: string): boolean {
  const [address = '', length, ...more] = text.split('/');
  const width = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  const isLength = length === undefined || (/^\d{1,3}$/.test(length) && Number(length) <= width);
  return width > 0 && isLength && more.length === 0;
}

export function resolvePlaces({ places, geo }: PlacesFile, directory: string): PlacesConfig {
  return {
    ...(places === undefined ? {} : { places }),
    ...(geo === undefined ? {} : { geo: { ...geo, database: resolve(directory, geo.database) } }),
  };
}
