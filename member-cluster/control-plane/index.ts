export { startMemberCluster } from './member-cluster.ts';
export type { MemberCluster, MemberClusterOptions } from './options.ts';
