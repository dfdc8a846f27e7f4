export {
  clusterCondition,
  isOffline,
  isReady,
  type Cluster,
  type ClusterCondition,
  type ClusterStatus,
  type ClusterTaint,
  type ClusterVote,
  type ResourceAmounts,
} from './cluster.ts';
export { clusters } from './cluster-definition.ts';
export { withClusterTypes } from './cluster-types.ts';
export { serverAddressFor } from './cluster-validation.ts';
export { annotations, FEDERATION_SYSTEM_NAMESPACE, finalizers, labels, regionLabels, zoneLabels } from './names.ts';
export {
  clusterOverridePolicies,
  clusterPlacementPolicies,
  overridePolicies,
  placementPolicies,
} from './policy-definitions.ts';
export type {
  CommandOverrider,
  EnvOverrider,
  ImageOverrider,
  OverridePolicy,
  OverridePolicyStatus,
  Overriders,
  PlaintextOverrider,
  TextsOverrider,
} from './override-policy.ts';
export type {
  ClusterAffinity,
  ClusterFieldRequirement,
  ClusterWeight,
  Placement,
  PlacementPolicy,
  PlacementPolicyStatus,
  ReplicaScheduling,
  ResourceSelector,
  SpreadConstraint,
  SpreadField,
} from './placement-policy.ts';
export { MAX_WEIGHT } from './placement-policy-validation.ts';
export { dnsExplanations } from './dns-explanation-definition.ts';
export type { DnsExplanation } from './dns-explanation.ts';
