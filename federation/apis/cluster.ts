import type { KubeObject } from '../../src/apimachinery/index.ts';

export interface ServerAddressByClientCidr {
  /** Empty matches every client. */
  readonly clientCIDR?: string;
  /** Host, host:port, IP, IP:port or URL. */
  readonly serverAddress: string;
}

export interface ClusterSpec {
  readonly serverAddressByClientCIDRs?: readonly ServerAddressByClientCidr[];
  /** A Secret in the federation's namespace `federation-system`; anonymous access without. */
  readonly secretRef?: { readonly name?: string };
  /** Keep objects away that do not tolerate them, as those of a node do with pods. */
  readonly taints?: readonly ClusterTaint[];
  /** Nothing new is placed here; what is here stays. */
  readonly unschedulable?: boolean;
  /** Clients are sent to other clusters as long as one of them serves. */
  readonly withdrawn?: boolean;
}

export interface ClusterTaint {
  readonly key: string;
  readonly value?: string;
  /** `NoExecute` also removes what is here and does not tolerate it. */
  readonly effect: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  readonly timeAdded?: string;
}

/**
 * `Offline`: the hub cannot see it. `ClientsReachable`: its clients can reach it; only this one moves traffic.
 * `Authorized`: the federation may do there what it has to. `CredentialsCurrent`: what it shows there is valid, and is
 * renewed in time. `KindsSynced`: all kinds that are copied there can be listed; absent until one cannot. `RemovalsHeld`: the
 * federation was restored from a backup, and deletes nothing there until that is confirmed.
 */
export type ClusterConditionType =
  'Ready' | 'Offline' | 'ClientsReachable' | 'Authorized' | 'CredentialsCurrent' | 'KindsSynced' | 'RemovalsHeld';

export interface ClusterCondition {
  readonly type: ClusterConditionType;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly lastProbeTime?: string;
  readonly lastTransitionTime?: string;
  readonly reason?: string;
  readonly message?: string;
}

/** What one vantage point says of whether clients can reach a cluster. */
export interface ClusterVote {
  /** `hub`, or the name of the cluster whose reporter it is. */
  readonly voter: string;
  readonly verdict: 'Reachable' | 'Unreachable';
  /** Why it does not count: a voter that reaches nobody, while others do, is cut off itself. */
  readonly ignored?: string;
  readonly reason?: string;
  /** How many addresses of shards it looked at, and how many of them answered. */
  readonly looked?: number;
  readonly answered?: number;
  /** Through whose API its report came, where that is not the voter's own. */
  readonly via?: string;
  readonly lastTransitionTime?: string;
}

export interface ClusterDistance {
  readonly cluster: string;
  readonly milliseconds: number;
}

export type ResourceAmounts = Readonly<Record<string, string>>;

export interface ClusterStatus {
  readonly conditions?: readonly ClusterCondition[];
  /** Sorted, without duplicates. Kept while the cluster is out of sight. */
  readonly zones?: readonly string[];
  readonly region?: string;
  /** Prefixes of the addresses of its nodes and pods: where clients within it are. */
  readonly networks?: readonly string[];
  /** How long other clusters take to answer this one, as its reporter measures. */
  readonly distances?: readonly ClusterDistance[];
  /** The member's `gitVersion`. */
  readonly version?: string;
  /** Whether clients can reach it, by everyone who can tell. */
  readonly votes?: readonly ClusterVote[];
  readonly nodes?: { readonly total?: number; readonly ready?: number };
  /** Sums over its nodes. */
  readonly capacity?: ResourceAmounts;
  /** Sums over its ready nodes. */
  readonly allocatable?: ResourceAmounts;
  /** Sums over its pods that have not ended; absent where there are too many to count. */
  readonly requested?: ResourceAmounts;
}

/** A member of the federation. */
export interface Cluster extends KubeObject {
  readonly spec?: ClusterSpec;
  readonly status?: ClusterStatus;
}

export function clusterCondition(cluster: Cluster, type: ClusterConditionType): ClusterCondition | undefined {
  return cluster.status?.conditions?.find((condition) => condition.type === type);
}

export function isReady(cluster: Cluster): boolean {
  return clusterCondition(cluster, 'Ready')?.status === 'True';
}

/** Found unreachable, beyond doubt. A cluster never probed yet is neither ready nor offline. */
export function isOffline(cluster: Cluster): boolean {
  return clusterCondition(cluster, 'Offline')?.status === 'True';
}
