export {
  AdmissionConfigurationError,
  parseAdmissionConfiguration,
  type AdmissionConfiguration,
} from './admission/admission-configuration.ts';
export { startMemberCluster } from './member-cluster.ts';
export type { MemberCluster, MemberClusterOptions } from './options.ts';
