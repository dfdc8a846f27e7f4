export {
  ClusterClients,
  type ClientChange,
  type ClusterClientsDeps,
  type MemberClient,
  type MemberClientFactory,
  type MemberTarget,
} from './cluster-clients.ts';
export { clusterController } from './cluster-controller.ts';
export { credentialsOf, type MemberCredentials } from './credentials.ts';
export {
  FederatedInformer,
  type ClusterChange,
  type FederatedEvent,
  type FederatedInformerDeps,
} from './federated-informer.ts';
export { defaultHealthTimings, type HealthTimings } from './health-timings.ts';
export type { MemberHealthDeps } from './member-health.ts';
export { WakeUp } from './wake-up.ts';
