export { joinCluster } from './join-cluster.ts';
export { unjoinCluster } from './unjoin-cluster.ts';
export { publishFederationInfo, readFederationInfo, type FederationInfo } from './federation-info.ts';
