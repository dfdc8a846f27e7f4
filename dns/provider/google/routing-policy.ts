import type { Candidate, Choice } from '../../zone/index.ts';
import type { Places, PlaceTerms } from '../remote/places.ts';

/** Answered in place of a set's own data. */
export interface RoutingPolicy {
  readonly wrr?: { readonly items: readonly RoutingItem[] };
  readonly geo?: { readonly items: readonly RoutingItem[] };
  /** Of whom the addresses are looked at. */
  readonly healthCheck?: string;
}

interface RoutingItem {
  readonly weight?: number;
  readonly location?: string;
  readonly rrdatas?: readonly string[];
  /** In place of `rrdatas`: answered while they are well. */
  readonly healthCheckedTargets?: { readonly externalEndpoints: readonly string[] };
}

export interface RoutingOptions {
  readonly places: Places<string>;
  /** The name of a health check of Compute Engine. */
  readonly healthCheck?: string;
}

const REGION = /^[a-z]+-[a-z]+\d{1,2}$/;

/** Regions of Google Cloud. */
export const placeTerms: PlaceTerms<string> = {
  what: 'region of Google Cloud',
  parse: (text) => (REGION.test(text) ? text : undefined),
  nameOf: (place) => place,
};

/** A choice as Cloud DNS makes it; undefined where it cannot, or where there is nothing to choose from. */
export function routingPolicy(choice: Choice, { places, healthCheck }: RoutingOptions): RoutingPolicy | undefined {
  const targets = (data: readonly string[]): RoutingItem =>
    healthCheck === undefined ? { rrdatas: data } : { healthCheckedTargets: { externalEndpoints: data } };
  const check = healthCheck === undefined ? {} : { healthCheck };
  if (choice.candidates.length < 2) return undefined;
  if (choice.policy === 'weighted') {
    const items = choice.candidates.map(({ weight = 1, data }) => ({ weight, ...targets(data) }));
    return { wrr: { items: inOrder(items) }, ...check };
  }
  const byPlace = choice.policy === 'nearest' ? dataByPlace(choice.candidates, places) : undefined;
  if (byPlace === undefined || byPlace.size < 2) return undefined;
  const items = [...byPlace].map(([location, data]) => ({ location, ...targets([...data].sort()) }));
  return { geo: { items: inOrder(items) }, ...check };
}

/** It allows one item a place; undefined where nobody said the place of one. */
function dataByPlace(candidates: readonly Candidate[], places: Places<string>): Map<string, Set<string>> | undefined {
  const byPlace = new Map<string, Set<string>>();
  for (const { region = '', data } of candidates) {
    const place = places.of(region);
    if (place === undefined) return undefined;
    byPlace.set(place, new Set([...(byPlace.get(place) ?? []), ...data]));
  }
  return byPlace;
}

const nameOf = ({ location, ...item }: RoutingItem) => location ?? dataOf(item).join();

const inOrder = (items: readonly RoutingItem[]) => items.toSorted((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));

const dataOf = ({ rrdatas = [], healthCheckedTargets }: RoutingItem) =>
  [...rrdatas, ...(healthCheckedTargets?.externalEndpoints ?? [])].sort();

/** What a policy answers, all together. */
export const policyData = ({ wrr, geo }: RoutingPolicy): readonly string[] =>
  [...(wrr?.items ?? []), ...(geo?.items ?? [])].flatMap(dataOf);

/**
 * The choice that a policy makes. Items that would be made otherwise now are no candidates: the set differs from what is
 * wanted then, and is made anew. Candidates are called by what they are, for items have no names.
 */
export function choiceOf({ wrr, geo, healthCheck }: RoutingPolicy, options: RoutingOptions): Choice {
  const isAsWanted = (item: RoutingItem) =>
    healthCheck === options.healthCheck && (item.rrdatas ?? []).length > 0 === (options.healthCheck === undefined);
  const candidates = (items: readonly RoutingItem[], more: (item: RoutingItem) => Partial<Candidate> | undefined) =>
    inOrder(items.filter(isAsWanted)).flatMap((item): Candidate[] => {
      const found = more(item);
      return found === undefined ? [] : [{ name: nameOf(item), data: dataOf(item), ...found }];
    });
  if (wrr !== undefined) {
    return { policy: 'weighted', candidates: candidates(wrr.items, ({ weight = 0 }) => ({ weight })) };
  }
  const regionOf = ({ location = '' }: RoutingItem) => {
    const region = options.places.at(location);
    return region === undefined ? undefined : { region };
  };
  return { policy: 'nearest', candidates: candidates(geo?.items ?? [], regionOf) };
}
