export { ClusterClients, type ClientChange, type MemberClientFactory } from './cluster-clients.ts';
export { clusterController } from './cluster-controller.ts';
export { credentialsOf } from './credentials.ts';
export { FederatedInformer, type ClusterChange } from './federated-informer.ts';
export { defaultHealthTimings, reachTimings, type HealthTimings } from './health-timings.ts';
export { essentialsOfNode } from './node-amounts.ts';
export type { HubView, Vote } from './reach-verdict.ts';
export type { ReachSource } from './status-keeper.ts';
export { WakeUp } from './wake-up.ts';
