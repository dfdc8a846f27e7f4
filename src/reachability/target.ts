/** How an address is asked whether it serves. */
export type ShardCheck =
  /** A connection is taken and, when we end our side of it, ended: a program lives there, not only a socket. */
  | { readonly kind: 'tcp' }
  /** With a path an answer from 200 to 399 is good, without one any answer. */
  | { readonly kind: 'http' | 'https'; readonly path?: string };

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
