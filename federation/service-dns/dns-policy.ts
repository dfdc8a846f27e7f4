import { annotations } from '../apis/index.ts';

/** How the answers for one Service are made of its shards. */
export interface DnsPolicy {
  readonly kind: 'nearest' | 'weighted' | 'failover' | 'all';
  /** Of `weighted`, by cluster; by the endpoints that are ready when absent. */
  readonly weights?: ReadonlyMap<string, number>;
  /** Of `failover`: clusters, the first first. Those not named come after them. */
  readonly order?: readonly string[];
  /** Clusters in an answer, where there are so many. */
  readonly minimum: number;
  /** While no shard is healthy those are answered that are the least bad, and not none. */
  readonly lastResort: boolean;
}

export const USUAL_POLICY: DnsPolicy = { kind: 'nearest', minimum: 1, lastResort: false };

export type ParsedPolicy =
  | { readonly ok: true; readonly policy: DnsPolicy }
  /** `key` is the annotation that is to be changed. */
  | { readonly ok: false; readonly key: string; readonly problem: string };

type Values = Readonly<Record<string, string>>;

const kinds: readonly DnsPolicy['kind'][] = ['nearest', 'weighted', 'failover', 'all'];
const MAX_MINIMUM = 64;
const MAX_WEIGHT = 1_000_000;
const CLUSTER = /^[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

/** What the annotations `federation.koinon.dev/dns-…` of a Service ask for. */
export function parseDnsPolicy(values: Values = {}): ParsedPolicy {
  try {
    return { ok: true, policy: policyOf(values) };
  } catch (err) {
    if (err instanceof PolicyProblem) return { ok: false, key: err.key, problem: err.message };
    throw err;
  }
}

class PolicyProblem extends Error {
  readonly key: string;

  constructor(key: string, message: string) {
    super(message);
    this.name = 'PolicyProblem';
    this.key = key;
  }
}

function policyOf(values: Values): DnsPolicy {
  const kind = kindOf(values);
  const weights = weightsOf(values, kind);
  const order = orderOf(values, kind);
  return {
    kind,
    minimum: minimumOf(values, kind),
    lastResort: lastResortOf(values),
    ...(weights === undefined ? {} : { weights }),
    ...(order === undefined ? {} : { order }),
  };
}

function kindOf(values: Values): DnsPolicy['kind'] {
  const text = values[annotations.dnsPolicy];
  if (text === undefined) return USUAL_POLICY.kind;
  const kind = kinds.find((one) => one === text);
  if (kind === undefined) throw new PolicyProblem(annotations.dnsPolicy, `must be one of ${kinds.join(', ')}`);
  return kind;
}

function weightsOf(values: Values, kind: DnsPolicy['kind']): ReadonlyMap<string, number> | undefined {
  const key = annotations.dnsWeights;
  const text = values[key];
  if (text === undefined) return undefined;
  if (kind !== 'weighted') throw new PolicyProblem(key, `is only for ${annotations.dnsPolicy}: weighted`);
  const weights = new Map<string, number>();
  for (const item of text.split(',')) {
    const [cluster = '', weight = '', ...more] = item.trim().split('=');
    const isWeight = /^\d{1,7}$/.test(weight) && Number(weight) <= MAX_WEIGHT;
    if (!CLUSTER.test(cluster) || !isWeight || more.length > 0) {
      throw new PolicyProblem(key, `must be like us=3,europe=1, with weights from 0 to ${MAX_WEIGHT}`);
    }
    if (weights.has(cluster)) throw new PolicyProblem(key, `names cluster ${cluster} twice`);
    weights.set(cluster, Number(weight));
  }
  return weights;
}

function orderOf(values: Values, kind: DnsPolicy['kind']): readonly string[] | undefined {
  const key = annotations.dnsOrder;
  const text = values[key];
  if (kind !== 'failover') {
    if (text === undefined) return undefined;
    throw new PolicyProblem(key, `is only for ${annotations.dnsPolicy}: failover`);
  }
  if (text === undefined)
    throw new PolicyProblem(annotations.dnsPolicy, `failover needs ${key}: clusters, the first first`);
  const order = text.split(',').map((item) => item.trim());
  if (!order.every((cluster) => CLUSTER.test(cluster))) {
    throw new PolicyProblem(key, 'must be names of clusters with commas between them, the first first');
  }
  const twice = order.find((cluster, at) => order.indexOf(cluster) !== at);
  if (twice !== undefined) throw new PolicyProblem(key, `names cluster ${twice} twice`);
  return order;
}

function minimumOf(values: Values, kind: DnsPolicy['kind']): number {
  const key = annotations.dnsMinimum;
  const text = values[key];
  if (text === undefined) return USUAL_POLICY.minimum;
  if (kind === 'all') throw new PolicyProblem(key, `is not for ${annotations.dnsPolicy}: all`);
  const minimum = /^\d{1,2}$/.test(text) ? Number(text) : 0;
  if (minimum >= 1 && minimum <= MAX_MINIMUM) return minimum;
  throw new PolicyProblem(key, `must be a whole number from 1 to ${MAX_MINIMUM}`);
}

function lastResortOf(values: Values): boolean {
  const key = annotations.dnsLastResort;
  const text = values[key] ?? 'none';
  if (text === 'none' || text === 'least-bad') return text === 'least-bad';
  throw new PolicyProblem(key, 'must be none or least-bad');
}
