import { apiVersionOf, type KubeObject, type Resource } from '../../src/apimachinery/index.ts';
import {
  autoscalersV1,
  clusterRoleBindings,
  clusterRoles,
  configMaps,
  cronJobs,
  daemonSets,
  deployments,
  events,
  eventsV1,
  extensionResources,
  horizontalPodAutoscalers,
  ingresses,
  jobs,
  leases,
  legacyResources,
  limitRanges,
  namespaces,
  networkPolicies,
  persistentVolumeClaims,
  podDisruptionBudgets,
  replicaSets,
  resourceQuotas,
  roleBindings,
  roles,
  secrets,
  serviceAccounts,
  services,
  statefulSets,
} from '../../src/apis/index.ts';
import type { ResourceDefinition } from '../../src/apiserver/index.ts';
import {
  clusterOverridePolicies,
  clusterPlacementPolicies,
  clusters,
  overridePolicies,
  placementPolicies,
} from '../apis/index.ts';

/** Services are stored as they come: no cluster IP is allocated. Nothing runs here, and no quota is charged: all of it is for the members. */
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
  serviceAccounts,
  limitRanges,
  resourceQuotas,
  persistentVolumeClaims,
  events,
  eventsV1,
  deployments,
  replicaSets,
  statefulSets,
  daemonSets,
  jobs,
  cronJobs,
  horizontalPodAutoscalers,
  autoscalersV1,
  podDisruptionBudgets,
  ingresses,
  networkPolicies,
  leases,
  roles,
  roleBindings,
  clusterRoles,
  clusterRoleBindings,
  ...extensionResources,
];

/** What the federation's API serves, in the order of discovery. */
export const federationResources: readonly ResourceDefinition[] = [...resources, ...legacyResources(resources)];

const strategies = new Map(
  federationResources.map((definition) => [`${apiVersionOf(definition)}/${definition.kind}`, definition.strategy]),
);

/** The object with what the federation's API fills in where it is left out. */
export function withDefaults<T extends KubeObject>(resource: Resource<T>, object: T): T {
  // @NOTE the defaults of a kind make one of that kind of it.
  return (strategies.get(`${apiVersionOf(resource)}/${resource.kind}`)?.defaults?.(object) ?? object) as T;
}
