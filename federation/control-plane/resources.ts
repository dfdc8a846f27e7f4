import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  deployments,
  events,
  eventsV1,
  extensionResources,
  leases,
  legacyResources,
  namespaces,
  replicaSets,
  roleBindings,
  roles,
  secrets,
  services,
} from '../../src/apis/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import {
  clusterOverridePolicies,
  clusterPlacementPolicies,
  clusters,
  overridePolicies,
  placementPolicies,
} from '../apis/index.ts';

/** Services are stored as they come: no cluster IP is allocated. */
const resources: readonly ResourceDefinition[] = [
  clusters,
  placementPolicies,
  clusterPlacementPolicies,
  overridePolicies,
  clusterOverridePolicies,
  namespaces,
  services,
  configMaps,
  secrets,
  events,
  eventsV1,
  deployments,
  replicaSets,
  leases,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  ...extensionResources,
];

/** What the federation's API serves, in the order of discovery. */
export const federationResources: readonly ResourceDefinition[] = [...resources, ...legacyResources(resources)];
