import { isIP } from 'node:net';
import type { RecordSet } from '../../dns/provider/index.ts';
import { USUAL_POLICY, type DnsPolicy } from './dns-policy.ts';
import type { ClusterLocation, HealthyShard } from './healthy-shard.ts';
import { choiceAmong, type ChoiceContext } from './level-choice.ts';
import { recordName, type Naming } from './naming.ts';

export interface ServiceToPublish {
  readonly namespace: string;
  readonly name: string;
  readonly ttlSeconds: number;
  /** The usual one when absent. */
  readonly policy?: DnsPolicy;
  /** Those that clients may be sent to. */
  readonly shards: readonly HealthyShard[];
}

export interface PlanContext {
  readonly naming: Naming;
  readonly topology: readonly ClusterLocation[];
  /** Addresses of a load balancer's host name, as last resolved; `undefined` while unknown. */
  readonly resolve: (hostName: string) => readonly string[] | undefined;
}

export interface RecordPlan {
  readonly records: readonly RecordSet[];
  /** Host names whose addresses the plan uses, or would use if they were known. */
  readonly hostNames: readonly string[];
}

/** One name to publish: the shards that serve it, and the next wider name for when there are none. */
interface Level {
  readonly name: string;
  readonly shards: readonly HealthyShard[];
  readonly wider?: string;
  /** All in it are as near as each other. */
  readonly isZone?: boolean;
}

/**
 * The record sets of one service. A zone's or region's name holds the addresses of its own healthy shards, or else
 * leads one level up by CNAME: zone, region, global. While no shard is healthy anywhere there are no records at all,
 * so that no CNAME leads to nothing. Addresses of several clusters come with the choice that the service's policy makes
 * among them.
 */
export function planRecords(service: ServiceToPublish, context: PlanContext): RecordPlan {
  const hostNames = new Set<string>();
  const records: RecordSet[] = [];
  const levels = service.shards.length === 0 ? [] : levelsOf(service, context);
  const global = levels[0];
  if (global === undefined) return { records, hostNames: [] };

  const locations = new Map(context.topology.map((location) => [location.cluster, location]));
  for (const level of levels) {
    const choice: ChoiceContext = {
      policy: service.policy ?? USUAL_POLICY,
      isZone: level.isZone === true,
      locationOf: (cluster) => locations.get(cluster),
    };
    const own = addressSets(level, { ttlSeconds: service.ttlSeconds, choice, resolve: context.resolve, hostNames });
    // Nothing that can be published at the global name, such as host names not resolved yet: nothing leads there either.
    if (level === global && own.length === 0) break;
    records.push(...own);
    if (own.length === 0 && level.wider !== undefined) {
      records.push({ name: level.name, type: 'CNAME', ttlSeconds: service.ttlSeconds, data: [level.wider] });
    }
  }
  return { records, hostNames: [...hostNames].sort() };
}

/** Global first, then regions, then zones: a name taken by a wider level stays with it. */
function levelsOf(service: ServiceToPublish, { naming, topology }: PlanContext): readonly Level[] {
  const levels = new Map<string, Level>();
  const put = (labels: readonly string[], level: Omit<Level, 'name'>) => {
    const name = recordName(naming, service, labels);
    if (name !== undefined && !levels.has(name)) levels.set(name, { name, ...level });
    return name;
  };
  const shardsIn = (here: (location: ClusterLocation) => boolean) => {
    const clusters = new Set(topology.filter(here).map((location) => location.cluster));
    return service.shards.filter((shard) => clusters.has(shard.cluster));
  };

  const global = put([], { shards: service.shards });
  if (global === undefined) return [];
  const regions = unique(topology.flatMap(({ region }) => (region === undefined ? [] : [region])));
  const regionNames = new Map(
    regions.map((region) => [
      region,
      put([region], { shards: shardsIn((location) => location.region === region), wider: global }),
    ]),
  );
  const zones = unique(topology.flatMap((location) => location.zones));
  for (const zone of zones) {
    const around = unique(
      topology.flatMap(({ zones: all, region }) => (region !== undefined && all.includes(zone) ? [region] : [])),
    );
    for (const region of around) {
      const shards = shardsIn((location) => location.region === region && location.zones.includes(zone));
      put([zone, region], { shards, wider: regionNames.get(region) ?? global, isZone: true });
    }
    const [only, ...others] = around;
    const isZone = others.length === 0;
    const wider = only !== undefined && isZone ? (regionNames.get(only) ?? global) : global;
    put([zone], { shards: shardsIn((location) => location.zones.includes(zone)), wider, isZone });
  }
  return [...levels.values()];
}

interface Addressing {
  readonly ttlSeconds: number;
  readonly choice: ChoiceContext;
  readonly resolve: PlanContext['resolve'];
  /** Gathers those that are asked for. */
  readonly hostNames: Set<string>;
}

function addressSets({ name, shards }: Level, addressing: Addressing): readonly RecordSet[] {
  const { ttlSeconds, choice } = addressing;
  const targets = unique(shards.flatMap((shard) => shard.addresses));
  const [first, ...rest] = targets;
  if (first === undefined) return [];
  if (rest.length === 0 && isIP(first) === 0) return [{ name, type: 'CNAME', ttlSeconds, data: [absolute(first)] }];

  const resolved = shards.map((shard) => ({ shard, addresses: addressesOf(shard, addressing) }));
  const sets: RecordSet[] = [];
  for (const [type, family] of [
    ['A', 4],
    ['AAAA', 6],
  ] as const) {
    const offered = resolved
      .map(({ shard, addresses }) => ({ shard, data: addresses.filter((address) => isIP(address) === family) }))
      .filter(({ data }) => data.length > 0);
    const data = unique(offered.flatMap((one) => one.data));
    const chosen = choiceAmong(offered, choice);
    if (data.length > 0)
      sets.push({ name, type, ttlSeconds, data, ...(chosen === undefined ? {} : { choice: chosen }) });
  }
  return sets;
}

function addressesOf(shard: HealthyShard, { resolve, hostNames }: Addressing): readonly string[] {
  return unique(
    shard.addresses.flatMap((target) => {
      if (isIP(target) !== 0) return [target];
      hostNames.add(absolute(target));
      return resolve(absolute(target)) ?? [];
    }),
  );
}

const absolute = (hostName: string) => hostName.toLowerCase().replace(/\.$/, '');

function unique(items: readonly string[]): readonly string[] {
  return [...new Set(items)].sort();
}
