export { startFederation, type Federation, type FederationOptions } from './start-federation.ts';
export { federationResources } from './resources.ts';
