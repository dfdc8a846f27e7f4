export type { Asker, Chooser, ChoiceReason, Chosen, Outcome } from './chooser.ts';
export { createChooser } from './create-chooser.ts';
export { clientAddress, formatPrefix, parseClientAddress, type ClientAddress } from './client-address.ts';
export { openGeo } from './geo.ts';
export type { ClusterSite, GeoLookup, GeoOptions, GeoPlace, Place, PlacedPrefix } from './place.ts';
export {
  createPlaces,
  type ChangingPlaces,
  type LearnedPlaces,
  type Places,
  type PlacesOptions,
  type PlaceSource,
} from './places.ts';
