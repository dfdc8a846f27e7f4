export { joinCluster, type Joined } from './join-cluster.ts';
export { planJoin, type JoinPlan } from './join-plan.ts';
export type { JoinOptions } from './join-options.ts';
export type { Trust } from './stored-credentials.ts';
export { unjoinCluster, type UnjoinResult } from './unjoin-cluster.ts';
export { storedClient } from './stored-client.ts';
export { membershipController } from './membership-controller.ts';
export { publishFederationInfo, readFederationInfo, type FederationInfo } from './federation-info.ts';
