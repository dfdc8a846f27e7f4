export type { Asker, Chooser, ChoiceReason, Chosen, Outcome } from './chooser.ts';
export { createChooser } from './create-chooser.ts';
export { clientAddress, formatPrefix, parseClientAddress, type ClientAddress } from './client-address.ts';
export { openGeo, type GeoOptions, type GeoPlace } from './geo.ts';
export type { ClusterSite, GeoLookup, Place, PlacedPrefix } from './place.ts';
export {
  createPlaces,
  type ChangingPlaces,
  type LearnedPlaces,
  type Places,
  type PlacesOptions,
  type PlaceSource,
} from './places.ts';
