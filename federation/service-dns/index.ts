export { DEFAULT_TTL_SECONDS } from './dns-ttl.ts';
export { systemResolver, type ResolveHostName } from './host-names.ts';
export { namingOf, recordName, serviceKeyOf, type Naming } from './naming.ts';
export {
  planRecords,
  type ClusterLocation,
  type HealthyShard,
  type PlanContext,
  type RecordPlan,
  type ServiceToPublish,
} from './record-planner.ts';
export { ServiceDnsController, type ServiceDnsDeps, type ServiceDnsOptions } from './service-dns-controller.ts';
