export {
  startFederation,
  type Federation,
  type FederationOptions,
  type FederationServing,
} from './start-federation.ts';
export { federationResources } from './resources.ts';
