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
  withSubresources,
} from '../../../src/apis/index.ts';
import type { ResourceDefinition } from '../../../src/apiserver/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { ServiceAccountTokens } from '../service-account-tokens.ts';
import { accountToken } from './account-token.ts';
import { podBinding } from './pod-binding.ts';
import { podEviction } from './pod-eviction.ts';

export interface MemberResourcesDeps {
  /** A client of the very server that these are for. */
  readonly own: () => Client;
  readonly tokens: ServiceAccountTokens;
  readonly clock: Clock;
}

/** Everything that a member's API server serves. */
export function memberResources({ own, tokens, clock }: MemberResourcesDeps): readonly ResourceDefinition[] {
  return [
    namespaces,
    nodes,
    withSubresources(pods, [podBinding(clock), podEviction(own)]),
    services,
    endpoints,
    configMaps,
    secrets,
    withSubresources(serviceAccounts, [accountToken(own, tokens, clock)]),
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
