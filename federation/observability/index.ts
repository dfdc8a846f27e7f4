export { clusterMetrics } from './cluster-metrics.ts';
export { ProviderMetrics } from './provider-metrics.ts';
export { MemberRequests } from './member-requests.ts';
export { observedClients } from './observed-client.ts';
export { tracedClients } from './traced-client.ts';
