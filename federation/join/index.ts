export { joinCluster, type Joined } from './join-cluster.ts';
export { type JoinOptions } from './join-options.ts';
export { unjoinCluster, type UnjoinResult } from './unjoin-cluster.ts';
export { publishFederationInfo, readFederationInfo, type FederationInfo } from './federation-info.ts';
export { membershipController } from './membership-controller.ts';
