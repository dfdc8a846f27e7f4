import type { ResourceRecordSetRegion } from '@aws-sdk/client-route-53';
import type { ProviderSettings } from '../config/provider-settings.ts';
import type { Location, Locations } from './routing.ts';

const COORDINATES = /^(-?\d{1,2}(?:\.\d{1,2})?)\/(-?\d{1,3}(?:\.\d{1,2})?)$/;

/**
 * `regions`, a list of `<region of a cluster>=<region of AWS>` or `…=<latitude>/<longitude>`. A cluster's region that is
 * one of AWS needs no saying. Throws `ProviderConfigError`.
 */
export function parseLocations(settings: ProviderSettings, awsRegions: readonly string[]): Locations {
  const isAws = (name: string): name is ResourceRecordSetRegion => awsRegions.includes(name);
  const said = new Map<string, Location>();
  for (const entry of settings.list('regions')) {
    const [region = '', place = '', ...rest] = entry.split('=').map((part) => part.trim());
    if (region === '' || place === '' || rest.length > 0) {
      throw settings.problem('regions', `has "${entry}", not "region=place"`);
    }
    const location = isAws(place) ? { awsRegion: place } : coordinates(place);
    if (location === undefined) {
      throw settings.problem('regions', `has "${place}", neither a region of AWS nor latitude/longitude`);
    }
    said.set(region, location);
  }
  return createLocations(said, isAws);
}

function coordinates(text: string): Location | undefined {
  const [, latitude, longitude] = COORDINATES.exec(text) ?? [];
  if (latitude === undefined || longitude === undefined) return undefined;
  return Math.abs(Number(latitude)) <= 90 && Math.abs(Number(longitude)) <= 180 ? { latitude, longitude } : undefined;
}

function createLocations(
  said: ReadonlyMap<string, Location>,
  isAws: (name: string) => name is ResourceRecordSetRegion,
): Locations {
  const byPlace = new Map<string, string>();
  for (const [region, location] of said) {
    const key = JSON.stringify(location);
    if (!byPlace.has(key)) byPlace.set(key, region);
  }
  return {
    of: (region) => said.get(region) ?? (isAws(region) ? { awsRegion: region } : undefined),
    at: (location) => {
      const region = byPlace.get(JSON.stringify(location));
      if (region !== undefined) return region;
      return 'awsRegion' in location && isAws(location.awsRegion) ? location.awsRegion : undefined;
    },
  };
}
