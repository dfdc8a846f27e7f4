export { joinCluster, type JoinOptions } from './join-cluster.ts';
export { memberRules } from './member-account.ts';
export { unjoinCluster, type UnjoinOptions, type UnjoinResult } from './unjoin-cluster.ts';
export { publishFederationInfo, readFederationInfo, type FederationInfo } from './federation-info.ts';
