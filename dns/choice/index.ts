export type { Asker, Chooser, ChoiceReason, Chosen, Outcome } from './chooser.ts';
export { clientAddress, formatPrefix, parseClientAddress, type ClientAddress } from './client-address.ts';
export type { ClusterSite, GeoLookup, Place, PlacedPrefix } from './place.ts';
