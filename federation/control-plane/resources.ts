import {
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  deployments,
  events,
  eventsV1,
  extensionResources,
  leases,
  namespaces,
  replicaSets,
  roleBindings,
  roles,
  secrets,
  services,
} from '../../src/apis/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import { clusters } from '../apis/index.ts';

/** What the federation's API serves, in the order of discovery. Services are stored as they come: no cluster IP is allocated. */
export const federationResources: readonly ResourceDefinition[] = [
  clusters,
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
