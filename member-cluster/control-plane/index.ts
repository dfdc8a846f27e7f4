export { startMemberCluster } from './member-cluster.ts';
export type { MemberCertificates, MemberCluster, MemberClusterOptions, MemberStatus, NodeSpec } from './options.ts';
