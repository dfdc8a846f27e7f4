import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  deployments,
  endpoints,
  endpointSlices,
  events,
  leases,
  namespaces,
  nodes,
  pods,
  replicaSets,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
  tokenRequestBody,
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
    deployments,
    replicaSets,
    endpointSlices,
    leases,
    roles,
    roleBindings,
    clusterRoles,
    clusterRoleBindings,
  ];
}
