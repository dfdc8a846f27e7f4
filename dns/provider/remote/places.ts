import type { ProviderSettings } from '../config/provider-settings.ts';

/** Where the regions of clusters are, in a provider's terms. */
export interface Places<Place> {
  /** Undefined for a region that nobody said the place of. */
  of(region: string): Place | undefined;
  /** The region that has this place; undefined for a place that none has. */
  at(place: Place): string | undefined;
}

export interface PlaceTerms<Place> {
  /** Undefined where the text is no place. */
  readonly parse: (text: string) => Place | undefined;
  /** What a text must be to be a place, for messages. */
  readonly what: string;
  /** The provider's own name of a place, which a cluster's region may have without being told of. */
  readonly nameOf: (place: Place) => string | undefined;
}

/** `regions`, a list of `<region of a cluster>=<place>`. Throws `ProviderConfigError`. */
export function parsePlaces<Place>(settings: ProviderSettings, terms: PlaceTerms<Place>): Places<Place> {
  const said = new Map<string, Place>();
  const byPlace = new Map<string, string>();
  for (const entry of settings.list('regions')) {
    const [region = '', text = '', ...rest] = entry.split('=').map((part) => part.trim());
    if (region === '' || text === '' || rest.length > 0) {
      throw settings.problem('regions', `has "${entry}", not "region=place"`);
    }
    const place = terms.parse(text);
    if (place === undefined) throw settings.problem('regions', `has "${text}", which is no ${terms.what}`);
    said.set(region, place);
    const key = JSON.stringify(place);
    if (!byPlace.has(key)) byPlace.set(key, region);
  }
  const own = (region: string) => {
    const place = terms.parse(region);
    return place === undefined || terms.nameOf(place) === undefined ? undefined : place;
  };
  return {
    of: (region) => said.get(region) ?? own(region),
    at: (place) => byPlace.get(JSON.stringify(place)) ?? terms.nameOf(place),
  };
}
