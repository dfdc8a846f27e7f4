import type { ResourceRecordSet, ResourceRecordSetRegion } from '@aws-sdk/client-route-53';
import type { Candidate, Choice } from '../../zone/index.ts';
import type { Places } from '../remote/places.ts';
import type { Location } from './locations.ts';

export type Locations = Places<Location>;

/** What makes one of several records of a name and type the one that is answered, as the API spells it. */
export type Routing = Pick<
  ResourceRecordSet,
  'SetIdentifier' | 'Weight' | 'Failover' | 'Region' | 'GeoProximityLocation'
>;

/** One of several records of a name and type. */
export interface RoutedData {
  readonly routing: Routing;
  readonly data: readonly string[];
}

/** The quota of records of one name and type that share a policy. */
const MAX_RECORDS = 100;
const MAX_WEIGHT = 255;

/** A choice as Route 53 makes it; undefined where it cannot, or where there is nothing to choose from. */
export function routedData(choice: Choice, locations: Locations, checked: boolean): readonly RoutedData[] | undefined {
  const { candidates } = choice;
  const routed = {
    weighted: () => weighted(candidates),
    // It refuses a first one of which nobody looks whether it is well.
    failover: () => (checked ? failover(candidates) : undefined),
    nearest: () => nearest(candidates, locations),
  }[choice.policy]();
  return routed === undefined || routed.length < 2 || routed.length > MAX_RECORDS ? undefined : routed;
}

function weighted(candidates: readonly Candidate[]): RoutedData[] {
  const weights = candidates.map(({ weight = 1 }) => weight);
  const most = Math.max(...weights);
  const scale = most > MAX_WEIGHT || !weights.every(Number.isInteger) ? MAX_WEIGHT / most : 1;
  return candidates.map(({ name, data, weight = 1 }) => {
    const Weight = weight === 0 ? 0 : Math.max(1, Math.round(weight * scale));
    return { routing: { SetIdentifier: name, Weight }, data };
  });
}

/** Two levels are all it has. The planner moves on when the first is gone. */
function failover(candidates: readonly Candidate[]): RoutedData[] {
  const [first, second] = [...new Set(candidates.map(({ order = 0 }) => order))].sort((a, b) => a - b);
  const level = (order: number | undefined, Failover: 'PRIMARY' | 'SECONDARY') => {
    const { name, data } = merged(candidates.filter((candidate) => (candidate.order ?? 0) === order));
    return { routing: { SetIdentifier: name, Failover }, data };
  };
  return second === undefined ? [] : [level(first, 'PRIMARY'), level(second, 'SECONDARY')];
}

/** One record a place, which is all that it allows: clusters of one region share it. */
function nearest(candidates: readonly Candidate[], locations: Locations): RoutedData[] | undefined {
  const places = new Map<string, { readonly location: Location; readonly candidates: Candidate[] }>();
  for (const candidate of candidates) {
    const location = locations.of(candidate.region ?? '');
    if (location === undefined) return undefined;
    const key = JSON.stringify(location);
    const place = places.get(key) ?? { location, candidates: [] };
    place.candidates.push(candidate);
    places.set(key, place);
  }
  const all = [...places.values()];
  // All records of a name have one policy: distance knows regions of AWS as well.
  const byDistance = all.some(({ location }) => !('awsRegion' in location));
  return all.map(({ location, candidates: there }) => {
    const { name, data } = merged(there);
    return { routing: { SetIdentifier: name, ...(byDistance ? distance(location) : latency(location)) }, data };
  });
}

const latency = (location: Location): Routing => ('awsRegion' in location ? { Region: location.awsRegion } : {});

function distance(location: Location): Routing {
  if ('awsRegion' in location) return { GeoProximityLocation: { AWSRegion: location.awsRegion } };
  const { latitude: Latitude, longitude: Longitude } = location;
  return { GeoProximityLocation: { Coordinates: { Latitude, Longitude } } };
}

function merged(candidates: readonly Candidate[]): { readonly name: string; readonly data: readonly string[] } {
  const name = candidates.map((candidate) => candidate.name).sort()[0] ?? '';
  return { name, data: [...new Set(candidates.flatMap(({ data }) => data))].sort() };
}

/** What records with such a routing choose by; undefined where it is none that is made here. */
export function policyOf({ Weight, Failover, Region, GeoProximityLocation }: Routing): Choice['policy'] | undefined {
  if (Weight !== undefined) return 'weighted';
  if (Failover !== undefined) return 'failover';
  return Region === undefined && GeoProximityLocation === undefined ? undefined : 'nearest';
}

/** The candidate that a record is; undefined where its place is none that is known. */
export function candidateOf({ routing, data }: RoutedData, locations: Locations): Candidate | undefined {
  const { SetIdentifier: name = '', Weight, Failover } = routing;
  if (Weight !== undefined) return { name, data, weight: Weight };
  if (Failover !== undefined) return { name, data, order: Failover === 'PRIMARY' ? 0 : 1 };
  const location = locationOf(routing);
  const region = location === undefined ? undefined : locations.at(location);
  return region === undefined ? undefined : { name, data, region };
}

function locationOf({ Region, GeoProximityLocation }: Routing): Location | undefined {
  if (Region !== undefined) return { awsRegion: Region };
  const { AWSRegion, Coordinates, Bias = 0 } = GeoProximityLocation ?? {};
  if (Bias !== 0) return undefined;
  // @NOTE regions are compared with those that are known, whatever this one is.
  if (AWSRegion !== undefined) return { awsRegion: AWSRegion as ResourceRecordSetRegion };
  const { Latitude: latitude, Longitude: longitude } = Coordinates ?? {};
  return latitude === undefined || longitude === undefined ? undefined : { latitude, longitude };
}
