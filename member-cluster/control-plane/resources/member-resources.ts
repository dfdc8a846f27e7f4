import {
  eventsV1,
  horizontalPodAutoscalers,
  ingresses,
  ingressClasses,
  ipAddresses,
  podDisruptionBudgets,
  autoscalersV1,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  controllerRevisions,
  cronJobs,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  daemonSets,
  deployments,
  deviceClasses,
  endpoints,
  endpointSlices,
  events,
  extensionResources,
  jobs,
  leases,
  legacyResources,
  limitRanges,
  namespaces,
  networkPolicies,
  nodes,
  persistentVolumeClaims,
  persistentVolumes,
  pods,
  podTemplates,
  priorityClasses,
  replicaSets,
  replicationControllers,
  resourceClaims,
  resourceClaimTemplates,
  resourceQuotas,
  resourceSlices,
  roleBindings,
  roles,
  runtimeClasses,
  secrets,
  serviceAccounts,
  serviceCidrs,
  services,
  statefulSets,
  storageClasses,
  tokenRequestBody,
  volumeAttachments,
  volumeAttributesClasses,
  type ServiceAccount,
  withSubresources,
} from '../../../src/apis/index.ts';
import {
  tokenRequestHandler,
  type ResourceDefinition,
  type ServiceAccountTokens,
  type Subresource,
} from '../../../src/apiserver/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { HostPort } from '../../host-ports/index.ts';
import { podBinding } from './pod-binding.ts';
import { podEviction } from './pod-eviction.ts';
import type { KubeletFinderDeps } from './pod-connect.ts';
import { podConnections } from './pod-connections.ts';
import { nodeProxy, podProxy, serviceProxy } from './proxies.ts';
import { usageMetrics } from './usage-metrics.ts';

export interface MemberResourcesDeps extends KubeletFinderDeps {
  readonly tokens: ServiceAccountTokens;
  readonly hostPort: HostPort;
  readonly clock: Clock;
}

/** Those that need nothing of the cluster that serves them. */
const PLAIN: readonly ResourceDefinition[] = [
  events,
  eventsV1,
  replicationControllers,
  podTemplates,
  persistentVolumes,
  persistentVolumeClaims,
  limitRanges,
  resourceQuotas,
  deployments,
  replicaSets,
  daemonSets,
  statefulSets,
  controllerRevisions,
  jobs,
  cronJobs,
  horizontalPodAutoscalers,
  autoscalersV1,
  ingresses,
  ingressClasses,
  networkPolicies,
  ipAddresses,
  serviceCidrs,
  podDisruptionBudgets,
  endpointSlices,
  leases,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  storageClasses,
  volumeAttachments,
  volumeAttributesClasses,
  csiDrivers,
  csiNodes,
  csiStorageCapacities,
  priorityClasses,
  runtimeClasses,
  deviceClasses,
  resourceClaims,
  resourceClaimTemplates,
  resourceSlices,
];

/** Everything that a member's API server serves. */
export function memberResources({
  tokens,
  clock,
  hostPort,
  ...finder
}: MemberResourcesDeps): readonly ResourceDefinition[] {
  const { own } = finder;
  const proxies = { ...finder, hostPort, random: () => clock.random() };
  const accountToken: Subresource<ServiceAccount> = {
    type: 'create',
    name: 'token',
    body: tokenRequestBody,
    create: tokenRequestHandler({ tokens, own, clock }),
  };
  const resources = [
    namespaces,
    withSubresources(nodes, [nodeProxy(proxies)]),
    withSubresources(pods, [podBinding(clock), podEviction(own, clock), ...podConnections(finder), podProxy(proxies)]),
    withSubresources(services, [serviceProxy(proxies)]),
    endpoints,
    configMaps,
    secrets,
    withSubresources(serviceAccounts, [accountToken]),
    ...PLAIN,
    ...usageMetrics(finder),
    ...extensionResources,
  ];
  return [...resources, ...legacyResources(resources)];
}
