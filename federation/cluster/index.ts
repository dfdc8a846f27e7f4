export { ClusterClients, type ClientChange, type MemberClientFactory } from './cluster-clients.ts';
export { clusterController } from './cluster-controller.ts';
export { FederatedInformer, type ClusterChange } from './federated-informer.ts';
export { defaultHealthTimings, type HealthTimings } from './health-timings.ts';
export { essentialsOfNode } from './node-amounts.ts';
export { WakeUp } from './wake-up.ts';
