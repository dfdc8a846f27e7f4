export { startFederation, type Federation, type FederationOptions } from './start-federation.ts';
export { dnsBeside } from './dns-beside.ts';
export { previewPublishing } from './dns-preview.ts';
export { federationResources } from './resources.ts';
export { clusterHealth } from './cluster-health.ts';
export { reporterInformers } from './reporter-informers.ts';
