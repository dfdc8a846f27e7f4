import type { ResourceRecordSetRegion } from '@aws-sdk/client-route-53';
import type { PlaceTerms } from '../remote/places.ts';

/** Where clients of a region are: a region of AWS, by measured latency, or a place on earth, by distance. */
export type Location =
  { readonly awsRegion: ResourceRecordSetRegion } | { readonly latitude: string; readonly longitude: string };

const COORDINATES = /^(-?\d{1,2}(?:\.\d{1,2})?)\/(-?\d{1,3}(?:\.\d{1,2})?)$/;

/** A region of AWS, or `latitude/longitude` in degrees. */
export function locationTerms(awsRegions: readonly string[]): PlaceTerms<Location> {
  const isAws = (name: string): name is ResourceRecordSetRegion => awsRegions.includes(name);
  return {
    what: 'region of AWS and no latitude/longitude',
    parse: (text) => (isAws(text) ? { awsRegion: text } : coordinates(text)),
    nameOf: (location) => ('awsRegion' in location && isAws(location.awsRegion) ? location.awsRegion : undefined),
  };
}

function coordinates(text: string): Location | undefined {
  const [, latitude, longitude] = COORDINATES.exec(text) ?? [];
  if (latitude === undefined || longitude === undefined) return undefined;
  return Math.abs(Number(latitude)) <= 90 && Math.abs(Number(longitude)) <= 180 ? { latitude, longitude } : undefined;
}
