import {
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
  limitRanges,
  namespaces,
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
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import { podBinding } from './pod-binding.ts';
import { podEviction } from './pod-eviction.ts';
import { podLog, type PodLogDeps } from './pod-log.ts';

export interface MemberResourcesDeps {
  /** A client of the very server that these are for. */
  readonly own: () => Client;
  readonly tokens: ServiceAccountTokens;
  readonly kubelet: PodLogDeps['kubelet'];
  readonly clock: Clock;
}

/** Everything that a member's API server serves. */
export function memberResources({ own, tokens, kubelet, clock }: MemberResourcesDeps): readonly ResourceDefinition[] {
  const accountToken: Subresource<ServiceAccount> = {
    type: 'create',
    name: 'token',
    body: tokenRequestBody,
    create: tokenRequestHandler({ tokens, own, clock }),
  };
  return [
    namespaces,
    nodes,
    withSubresources(pods, [podBinding(clock), podEviction(own), podLog({ own, kubelet })]),
    services,
    endpoints,
    configMaps,
    secrets,
    withSubresources(serviceAccounts, [accountToken]),
    events,
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
    ...extensionResources,
  ];
}
