/** How an address is asked whether it serves. */
export type ShardCheck =
  | { readonly kind: 'tcp' }
  /** Any answer from 200 to 399 is good. */
  | { readonly kind: 'http' | 'https'; readonly path: string };

/** One address at which clients find the shard of one Service in one cluster. */
export interface ShardTarget {
  readonly cluster: string;
  /** `namespace/name`. */
  readonly service: string;
  /** An IP address or a host name. */
  readonly host: string;
  /** Where it may be opened, the likeliest first; one that answers is enough. */
  readonly ports: readonly number[];
  readonly check: ShardCheck;
}

export function targetKey({ cluster, service, host, ports, check }: ShardTarget): string {
  return JSON.stringify([cluster, service, host, ports, check]);
}
