import type { Candidate, Choice } from '../../zone/index.ts';
import type { Places, PlaceTerms } from '../remote/places.ts';

/** Answered in place of a set's own data. */
export interface RoutingPolicy {
  readonly wrr?: { readonly items: readonly RoutingItem[] };
  readonly geo?: { readonly items: readonly RoutingItem[] };
  readonly primaryBackup?: PrimaryBackup;
  /** Of whom the addresses are looked at. */
  readonly healthCheck?: string;
}

interface Targets {
  /** Absent for what is within networks of Google. */
  readonly externalEndpoints?: readonly string[];
}

/** The first while one of them is well, and else the nearest of the next. */
interface PrimaryBackup {
  readonly primaryTargets?: Targets;
  readonly backupGeoTargets?: { readonly items: readonly RoutingItem[] };
}

interface RoutingItem {
  readonly weight?: number;
  readonly location?: string;
  readonly rrdatas?: readonly string[];
  /** In place of `rrdatas`: answered while they are well. */
  readonly healthCheckedTargets?: Targets;
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
export function routingPolicy(choice: Choice, options: RoutingOptions): RoutingPolicy | undefined {
  const { healthCheck } = options;
  const policy = choice.candidates.length < 2 ? undefined : makers[choice.policy](choice.candidates, options);
  return policy === undefined || healthCheck === undefined ? policy : { ...policy, healthCheck };
}

type Maker = (candidates: readonly Candidate[], options: RoutingOptions) => RoutingPolicy | undefined;

const makers: Readonly<Record<Choice['policy'], Maker>> = {
  weighted: (candidates, options) => {
    const items = candidates.map(({ weight = 1, data }) => ({ weight, ...targets(data, options) }));
    return { wrr: { items: inOrder(items) } };
  },
  nearest: (candidates, options) => {
    const items = itemsByPlace(candidates, options);
    return items === undefined || items.length < 2 ? undefined : { geo: { items } };
  },
  // It knows only by a health check when it is the others' turn.
  failover: (candidates, options) => {
    const [first, second] = [...new Set(candidates.map(({ order = 0 }) => order))].sort((a, b) => a - b);
    const at = (wanted: number | undefined) => candidates.filter(({ order = 0 }) => order === wanted);
    const items = options.healthCheck === undefined ? undefined : itemsByPlace(at(second), options);
    if (items === undefined || items.length === 0) return undefined;
    const externalEndpoints = [...new Set(at(first).flatMap(({ data }) => data))].sort();
    return { primaryBackup: { primaryTargets: { externalEndpoints }, backupGeoTargets: { items } } };
  },
};

const targets = (data: readonly string[], { healthCheck }: RoutingOptions): RoutingItem =>
  healthCheck === undefined ? { rrdatas: data } : { healthCheckedTargets: { externalEndpoints: data } };

function itemsByPlace(candidates: readonly Candidate[], options: RoutingOptions): readonly RoutingItem[] | undefined {
  const byPlace = dataByPlace(candidates, options.places);
  if (byPlace === undefined) return undefined;
  return inOrder([...byPlace].map(([location, data]) => ({ location, ...targets([...data].sort(), options) })));
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
export const policyData = ({ wrr, geo, primaryBackup }: RoutingPolicy): readonly string[] => [
  ...[wrr, geo, primaryBackup?.backupGeoTargets].flatMap((all) => all?.items ?? []).flatMap(dataOf),
  ...(primaryBackup?.primaryTargets?.externalEndpoints ?? []),
];

/**
 * The choice that a policy makes. Items that would be made otherwise now are no candidates: the set differs from what is
 * wanted then, and is made anew. Candidates are called by what they are, for items have no names.
 */
export function choiceOf(policy: RoutingPolicy, options: RoutingOptions): Choice {
  const { wrr, geo, primaryBackup } = policy;
  const isOurs = policy.healthCheck === options.healthCheck;
  const isAsWanted = ({ rrdatas = [] }: RoutingItem) =>
    isOurs && rrdatas.length > 0 === (options.healthCheck === undefined);
  const candidates = (items: readonly RoutingItem[], more: (item: RoutingItem) => Partial<Candidate> | undefined) =>
    inOrder(items.filter(isAsWanted)).flatMap((item): Candidate[] => {
      const found = more(item);
      return found === undefined ? [] : [{ name: nameOf(item), data: dataOf(item), ...found }];
    });
  const inRegion = ({ location = '' }: RoutingItem) => {
    const region = options.places.at(location);
    return region === undefined ? undefined : { region };
  };
  if (wrr !== undefined) {
    return { policy: 'weighted', candidates: candidates(wrr.items, ({ weight = 0 }) => ({ weight })) };
  }
  if (primaryBackup === undefined) return { policy: 'nearest', candidates: candidates(geo?.items ?? [], inRegion) };
  const { primaryTargets = {}, backupGeoTargets: { items } = { items: [] } } = primaryBackup;
  const primary = { healthCheckedTargets: primaryTargets };
  const backups = candidates(items, inRegion).map((one) => ({ ...one, order: 1 }));
  return { policy: 'failover', candidates: [...candidates([primary], () => ({})), ...backups] };
}
