import type { Candidate } from '../zone/index.ts';
import type { Place } from './place.ts';
import type { Places } from './places.ts';

/** How far a candidate is from a place: classes before milliseconds. The order of the kinds is that of nearness. */
export type Distance =
  | { readonly kind: 'cluster' | 'zone' | 'region' }
  /** In a region that the place names: the first, the second... */
  | { readonly kind: 'preferred'; readonly at: number }
  | { readonly kind: 'measured'; readonly ms: number }
  | { readonly kind: 'unknown' };

/** Candidates of one distance. */
export interface Tier {
  readonly distance: Distance;
  /** Indexes among the candidates of the choice. */
  readonly members: readonly number[];
}

const order: readonly Distance['kind'][] = ['cluster', 'zone', 'region', 'preferred', 'measured', 'unknown'];

/** What is measured varies: candidates so much slower than the fastest are as near as that. */
const SLACK = 1.2;
const SLACK_MS = 5;

/** All candidates by how near they are to a place, the nearest first. None is left out. */
export function tiersFrom(place: Place | undefined, candidates: readonly Candidate[], places: Places): readonly Tier[] {
  const ranked = candidates
    .map((candidate, index) => ({ index, distance: distanceTo(candidate, place, places) }))
    .sort((a, b) => compare(a.distance, b.distance) || a.index - b.index);
  const tiers: { distance: Distance; members: number[] }[] = [];
  for (const { index, distance } of ranked) {
    const last = tiers.at(-1);
    if (last !== undefined && isAsNear(last.distance, distance)) last.members.push(index);
    else tiers.push({ distance, members: [index] });
  }
  return tiers;
}

function distanceTo(candidate: Candidate, place: Place | undefined, places: Places): Distance {
  if (place === undefined) return { kind: 'unknown' };
  const { cluster, region, prefer = [] } = place;
  if (cluster === candidate.name) return { kind: 'cluster' };
  if (isInZone(candidate, place)) return { kind: 'zone' };
  if (region !== undefined && candidate.region === region) return { kind: 'region' };
  const at = candidate.region === undefined ? -1 : prefer.indexOf(candidate.region);
  if (at !== -1) return { kind: 'preferred', at };
  const ms = roundTripMs(candidate.name, place, places);
  return ms === undefined ? { kind: 'unknown' } : { kind: 'measured', ms };
}

/** Zones of two regions may be called alike. */
function isInZone(candidate: Candidate, { zone, region }: Place): boolean {
  if (zone === undefined || candidate.zones?.includes(zone) !== true) return false;
  return region === undefined || candidate.region === undefined || region === candidate.region;
}

/** As measured from the clusters that are nearest to the place themselves. */
function roundTripMs(to: string, place: Place, places: Places): number | undefined {
  const own = place.cluster === undefined ? undefined : places.site(place.cluster)?.roundTripMs?.[to];
  if (own !== undefined) return own;
  const from = (isNear: (site: Places['sites'][number]) => boolean) => {
    const times = places.sites.flatMap((site) => (isNear(site) ? (site.roundTripMs?.[to] ?? []) : []));
    return times.length === 0 ? undefined : Math.min(...times);
  };
  const { zone, region } = place;
  const sameRegion = (site: { readonly region?: string }) => region === undefined || site.region === region;
  const inZone = zone === undefined ? undefined : from((site) => site.zones.includes(zone) && sameRegion(site));
  return inZone ?? (region === undefined ? undefined : from((site) => site.region === region));
}

function compare(a: Distance, b: Distance): number {
  if (a.kind === 'preferred' && b.kind === 'preferred') return a.at - b.at;
  if (a.kind === 'measured' && b.kind === 'measured') return a.ms - b.ms;
  return order.indexOf(a.kind) - order.indexOf(b.kind);
}

function isAsNear(nearest: Distance, other: Distance): boolean {
  if (nearest.kind === 'measured' && other.kind === 'measured') return other.ms <= nearest.ms * SLACK + SLACK_MS;
  return compare(nearest, other) === 0;
}
