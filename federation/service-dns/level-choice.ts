import type { Candidate, Choice } from '../../dns/provider/index.ts';
import type { DnsPolicy } from './dns-policy.ts';
import type { ClusterLocation, HealthyShard } from './healthy-shard.ts';

export interface ChoiceContext {
  readonly policy: DnsPolicy;
  /** All in the name are as near as each other: a zone's. */
  readonly isZone: boolean;
  readonly locationOf: (cluster: string) => ClusterLocation | undefined;
}

/** A shard with those of its addresses that are of one family. */
export interface OfferedShard {
  readonly shard: HealthyShard;
  readonly data: readonly string[];
}

/** How clients are told one of these shards and not all; `undefined` where everybody is told all of them. */
export function choiceAmong(offered: readonly OfferedShard[], context: ChoiceContext): Choice | undefined {
  const { policy, isZone } = context;
  if (offered.length < 2 || policy.kind === 'all') return undefined;
  if (policy.kind === 'nearest' && isZone) return undefined;
  const candidates = offered
    .map(({ shard, data }) => candidateOf(shard, data, context))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  return {
    policy: policy.kind,
    ...(policy.minimum === 1 ? {} : { minimum: policy.minimum }),
    candidates,
  };
}

function candidateOf(shard: HealthyShard, data: readonly string[], { policy, locationOf }: ChoiceContext): Candidate {
  const { cluster, capacity = 1 } = shard;
  const { zones = [], region } = locationOf(cluster) ?? {};
  const order = orderOf(policy, cluster);
  return {
    name: cluster,
    data: [...data].sort(),
    ...(zones.length === 0 ? {} : { zones }),
    ...(region === undefined ? {} : { region }),
    ...(policy.kind === 'weighted' ? { weight: weightOf(policy, shard) } : {}),
    ...(order === 0 ? {} : { order }),
    ...(isPartial(policy, capacity) ? { capacity } : {}),
  };
}

function weightOf({ weights }: DnsPolicy, { cluster, readyEndpoints = 1 }: HealthyShard): number {
  return weights === undefined ? readyEndpoints : (weights.get(cluster) ?? 0);
}

function orderOf({ order = [] }: DnsPolicy, cluster: string): number {
  const place = order.indexOf(cluster);
  return place === -1 ? order.length : place;
}

/** How many endpoints are ready is what usual weights say already. */
function isPartial({ kind, weights }: DnsPolicy, capacity: number): boolean {
  return capacity < 1 && (kind !== 'weighted' || weights !== undefined);
}
