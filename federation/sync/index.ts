export type { FederatedType } from './federated-type.ts';
export { syncController } from './sync-controller.ts';
export type { SyncOptions } from './sync-deps.ts';
export { configMaps, secrets } from './kinds/config.ts';
export { deployments } from './kinds/deployments.ts';
export { namespaces } from './kinds/namespaces.ts';
export { isSystemNamespace } from './kinds/propagation.ts';
export { replicaSets } from './kinds/replica-sets.ts';
export { services } from './kinds/services.ts';
