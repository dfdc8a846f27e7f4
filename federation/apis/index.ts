export {
  clusterCondition,
  isOffline,
  isReady,
  type Cluster,
  type ClusterCondition,
  type ClusterConditionType,
  type ClusterSpec,
  type ClusterStatus,
  type ServerAddressByClientCidr,
} from './cluster.ts';
export { clusters } from './cluster-definition.ts';
export { withClusterTypes } from './cluster-types.ts';
export { serverAddressFor, serverUrl } from './cluster-validation.ts';
export { annotations, FEDERATION_SYSTEM_NAMESPACE, finalizers, labels, regionLabels, zoneLabels } from './names.ts';
