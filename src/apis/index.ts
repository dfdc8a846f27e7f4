export type {
  Affinity,
  AggregationRule,
  AttachedVolume,
  AutoscalingV1HorizontalPodAutoscaler,
  Binding,
  BoundObjectReference,
  CSIDriver,
  CSIDriverSpec,
  CSINode,
  CSINodeSpec,
  CSIStorageCapacity,
  CertificateSigningRequest,
  CertificateSigningRequestSpec,
  CertificateSigningRequestStatus,
  ClientIPConfig,
  ClusterRole,
  ClusterRoleBinding,
  ComponentStatus,
  Condition,
  ConfigMap,
  ConfigMapKeySelector,
  ConfigMapVolumeSource,
  Container,
  ContainerPort,
  ContainerState,
  ContainerStateRunning,
  ContainerStateTerminated,
  ContainerStateWaiting,
  ContainerStatus,
  ControllerRevision,
  CoreV1EndpointPort,
  CronJob,
  CronJobSpec,
  CronJobStatus,
  CrossVersionObjectReference,
  CustomResourceDefinition,
  CustomResourceDefinitionNames,
  CustomResourceDefinitionSpec,
  CustomResourceDefinitionStatus,
  CustomResourceDefinitionVersion,
  DaemonSet,
  DaemonSetSpec,
  DaemonSetStatus,
  DeleteOptions,
  Deployment,
  DeploymentCondition,
  DeploymentSpec,
  DeploymentStatus,
  DeploymentStrategy,
  DeviceClass,
  DeviceClassSpec,
  Endpoint,
  EndpointAddress,
  EndpointConditions,
  EndpointHints,
  EndpointPort,
  EndpointSlice,
  EndpointSubset,
  Endpoints,
  EnvFromSource,
  EnvVar,
  EnvVarSource,
  EphemeralContainer,
  Event,
  EventSeries,
  EventSource,
  EventsV1Event,
  EventsV1EventSeries,
  Eviction,
  ExecAction,
  FlowSchema,
  FlowSchemaSpec,
  FlowSchemaStatus,
  ForZone,
  HTTPGetAction,
  HorizontalPodAutoscaler,
  HorizontalPodAutoscalerSpec,
  HorizontalPodAutoscalerStatus,
  HostIP,
  IPAddress,
  IPAddressSpec,
  IPBlock,
  Ingress,
  IngressBackend,
  IngressClass,
  IngressClassSpec,
  IngressRule,
  IngressSpec,
  IngressStatus,
  JSONSchemaProps,
  Job,
  JobCondition,
  JobSpec,
  JobStatus,
  KeyToPath,
  LabelSelector,
  LabelSelectorRequirement,
  Lease,
  LeaseSpec,
  Lifecycle,
  LimitRange,
  LimitRangeSpec,
  ListOptions,
  LoadBalancerIngress,
  LoadBalancerStatus,
  LocalObjectReference,
  LocalSubjectAccessReview,
  MetricSpec,
  MetricStatus,
  MutatingAdmissionPolicy,
  MutatingAdmissionPolicyBinding,
  MutatingAdmissionPolicyBindingSpec,
  MutatingAdmissionPolicySpec,
  MutatingWebhookConfiguration,
  Namespace,
  NamespaceCondition,
  NamespaceSpec,
  NamespaceStatus,
  NetworkPolicy,
  NetworkPolicyIngressRule,
  NetworkPolicyPeer,
  NetworkPolicyPort,
  NetworkPolicySpec,
  Node,
  NodeAddress,
  NodeAffinity,
  NodeCondition,
  NodeSelector,
  NodeSelectorRequirement,
  NodeSelectorTerm,
  NodeSpec,
  NodeStatus,
  NodeSystemInfo,
  NonResourceAttributes,
  NonResourceRule,
  ObjectFieldSelector,
  ObjectReference,
  ParentReference,
  PartialObjectMetadata,
  PersistentVolume,
  PersistentVolumeClaim,
  PersistentVolumeClaimSpec,
  PersistentVolumeClaimStatus,
  PersistentVolumeSpec,
  PersistentVolumeStatus,
  Pod,
  PodAffinity,
  PodAffinityTerm,
  PodAntiAffinity,
  PodCondition,
  PodDNSConfig,
  PodDisruptionBudget,
  PodDisruptionBudgetSpec,
  PodDisruptionBudgetStatus,
  PodIP,
  PodReadinessGate,
  PodSecurityContext,
  PodSpec,
  PodStatus,
  PodStatusResult,
  PodTemplate,
  PodTemplateSpec,
  PolicyRule,
  Preconditions,
  PreferredSchedulingTerm,
  PriorityClass,
  PriorityLevelConfiguration,
  PriorityLevelConfigurationSpec,
  PriorityLevelConfigurationStatus,
  Probe,
  ProbeHandler,
  RangeAllocation,
  ReplicaSet,
  ReplicaSetCondition,
  ReplicaSetSpec,
  ReplicaSetStatus,
  ReplicationController,
  ReplicationControllerSpec,
  ReplicationControllerStatus,
  ResourceAttributes,
  ResourceClaimTemplate,
  ResourceClaimTemplateSpec,
  ResourceQuota,
  ResourceQuotaSpec,
  ResourceQuotaStatus,
  ResourceRequirements,
  ResourceRule,
  ResourceSlice,
  ResourceSliceSpec,
  Role,
  RoleBinding,
  RoleRef,
  RollingUpdateDeployment,
  RuntimeClass,
  Scale,
  ScaleSpec,
  ScaleStatus,
  ScopedResourceSelectorRequirement,
  Secret,
  SecretKeySelector,
  SecretVolumeSource,
  SecurityContext,
  SelfSubjectAccessReview,
  SelfSubjectAccessReviewSpec,
  SelfSubjectReview,
  SelfSubjectReviewStatus,
  SelfSubjectRulesReview,
  SelfSubjectRulesReviewSpec,
  Service,
  ServiceAccount,
  ServiceCIDR,
  ServiceCIDRSpec,
  ServiceCIDRStatus,
  ServicePort,
  ServiceSpec,
  ServiceStatus,
  SessionAffinityConfig,
  StatefulSet,
  StatefulSetSpec,
  StatefulSetStatus,
  StorageClass,
  Subject,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
  SubjectAccessReviewStatus,
  TCPSocketAction,
  Taint,
  TokenRequest,
  TokenRequestSpec,
  TokenRequestStatus,
  TokenReview,
  TokenReviewSpec,
  TokenReviewStatus,
  Toleration,
  TopologySpreadConstraint,
  UserInfo,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  ValidatingAdmissionPolicyBindingSpec,
  ValidatingAdmissionPolicySpec,
  ValidatingAdmissionPolicyStatus,
  ValidatingWebhookConfiguration,
  Volume,
  VolumeAttachment,
  VolumeAttachmentSpec,
  VolumeAttachmentStatus,
  VolumeAttributesClass,
  VolumeMount,
  VolumeSource,
  WeightedPodAffinityTerm,
} from './generated/wire-types.ts';
export { legacyResources } from './legacy/legacy-resources.ts';
export { typeNameOf, typeTable } from './type-table.ts';
export { withAnswer, withReads, withSubresources } from './compose.ts';
export { otherVersion, type OtherVersion, type VersionConversion } from './other-version.ts';
export { ageColumn, ageOf, nameColumn } from './columns.ts';
export { configMaps } from './core/config-map.ts';
export { checkedComponents, componentStatuses } from './core/component-status.ts';
export { endpoints } from './core/endpoints.ts';
export { events } from './core/event.ts';
export { namespaces } from './core/namespace.ts';
export { nodes } from './core/node.ts';
export { pods } from './core/pod.ts';
export { podQosClass } from './core/pod-qos.ts';
export { podSummary, type PodSummary } from './core/pod-summary.ts';
export { validateTaints } from './core/taint-validation.ts';
export { validateTolerations } from './core/toleration-validation.ts';
export { broken, nonNegative, oneOf, validLabelSelector, within } from './field-rules.ts';
export { secrets } from './core/secret.ts';
export { serviceAccounts } from './core/service-account.ts';
export { services } from './core/service.ts';
export { validateServiceAddresses } from './core/service-address-validation.ts';
export { withAllocationsOf } from './core/service-change.ts';
export { isHeadless, needsClusterIp } from './core/service-type.ts';
export { bindings } from './core/binding.ts';
export { limitRanges } from './core/limit-range.ts';
export { persistentVolumeClaims } from './core/persistent-volume-claim.ts';
export { persistentVolumes } from './core/persistent-volume.ts';
export { podTemplates } from './core/pod-template.ts';
export { replicationControllers } from './core/replication-controller.ts';
export { resourceQuotas } from './core/resource-quota.ts';
export { controllerRevisions } from './apps/controller-revision.ts';
export { csiDrivers } from './storage/csi-driver.ts';
export { csiNodes } from './storage/csi-node.ts';
export { csiStorageCapacities } from './storage/csi-storage-capacity.ts';
export { storageClasses } from './storage/storage-class.ts';
export { volumeAttachments } from './storage/volume-attachment.ts';
export { volumeAttributesClasses } from './storage/volume-attributes-class.ts';
export { priorityClasses, systemPriorityClasses } from './scheduling/priority-class.ts';
export { runtimeClasses } from './node/runtime-class.ts';
export { deviceClasses } from './resource/device-class.ts';
export { resourceClaims } from './resource/resource-claim.ts';
export { resourceClaimTemplates } from './resource/resource-claim-template.ts';
export { resourceSlices } from './resource/resource-slice.ts';
export { deployments } from './apps/deployment.ts';
export { replicaSets } from './apps/replica-set.ts';
export { endpointSlices } from './discovery/endpoint-slice.ts';
export { leases } from './coordination/lease.ts';
export { clusterRoles, roles } from './rbac/role.ts';
export { clusterRoleBindings, roleBindings } from './rbac/role-binding.ts';
export { ipAddresses } from './networking/ip-address.ts';
export { selfSubjectReviews, tokenRequestBody, tokenReviews } from './authentication/reviews.ts';
export {
  localSubjectAccessReviews,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
} from './authorization/reviews.ts';
export { bindingBody } from './core/bodies.ts';
export { evictionBody } from './policy/bodies.ts';
export { daemonSets } from './apps/daemon-set.ts';
export { statefulSets } from './apps/stateful-set.ts';
export { cronJobs } from './batch/cron-job.ts';
export { parseCronSchedule, type CronSchedule } from './batch/cron-schedule.ts';
export { jobEnd } from './batch/job-end.ts';
export { jobs } from './batch/job.ts';
export { horizontalPodAutoscalers } from './autoscaling/horizontal-pod-autoscaler.ts';
export { podDisruptionBudgets } from './policy/pod-disruption-budget.ts';
export { ingresses } from './networking/ingress.ts';
export {
  mutatingWebhookConfigurations,
  validatingWebhookConfigurations,
} from './admissionregistration/webhook-configuration.ts';
export { validatingAdmissionPolicies } from './admissionregistration/validating-admission-policy.ts';
export { mutatingAdmissionPolicies } from './admissionregistration/mutating-admission-policy.ts';
export {
  mutatingAdmissionPolicyBindings,
  validatingAdmissionPolicyBindings,
} from './admissionregistration/policy-binding.ts';
export { certificateSigningRequests } from './certificates/certificate-signing-request.ts';
export { bootstrapFlowControl } from './flowcontrol/bootstrap-flow-control.ts';
export { flowSchemas } from './flowcontrol/flow-schema.ts';
export { priorityLevelConfigurations } from './flowcontrol/priority-level-configuration.ts';
export { CUSTOM_RESOURCE_CLEANUP, customResourceDefinitions } from './apiextensions/custom-resource-definition.ts';
export { apiServices } from './apiregistration/api-service.ts';
export type {
  APIService,
  APIServiceCondition,
  APIServiceReference,
  APIServiceSpec,
  APIServiceStatus,
} from './apiregistration/wire-types.ts';
export { extensionResources } from './extension-resources.ts';
export { networkPolicies } from './networking/network-policy.ts';
export { ingressClasses } from './networking/ingress-class.ts';
export { serviceCidrs } from './networking/service-cidr.ts';
export { autoscalersV1 } from './autoscaling/autoscaler-v1.ts';
export { eventsV1 } from './events/event.ts';
export { convertManifest, isNoManifest } from './legacy/convert.ts';
export { nodeMetrics, podMetrics } from './metrics/metrics.ts';
export type { ContainerMetrics, NodeMetrics, PodMetrics, ResourceUsage } from './metrics/wire-types.ts';
