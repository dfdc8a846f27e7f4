/** A healthy shard: its cluster is trusted to be reachable, it has addresses, and an endpoint is ready behind them. */
export interface HealthyShard {
  readonly cluster: string;
  /** IP addresses and host names of its load balancers. */
  readonly addresses: readonly string[];
  /** Roughly, where it is known. */
  readonly readyEndpoints?: number;
  /** The part of its usual clients that it can take, from 0 to 1; 1 where nothing else is known. */
  readonly capacity?: number;
}

/** Where a cluster of the federation is, whether or not it has a shard. */
export interface ClusterLocation {
  readonly cluster: string;
  readonly zones: readonly string[];
  readonly region?: string;
}
