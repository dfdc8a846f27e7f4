import type { SpreadConstraint, SpreadField } from '../apis/index.ts';

/** A cluster that may be chosen. */
export interface Spreadable {
  readonly name: string;
  readonly region?: string;
  readonly zones: readonly string[];
}

export type Spread =
  | { readonly ok: true; readonly chosen: readonly string[]; readonly excluded: ReadonlyMap<string, string> }
  /** Not even all of them are spread far enough. */
  | { readonly ok: false; readonly problem: string };

/** Chooses among clusters, which come in order of preference, so many that every constraint holds. */
export function spread(clusters: readonly Spreadable[], constraints: readonly SpreadConstraint[]): Spread {
  if (constraints.length === 0) return { ok: true, chosen: clusters.map(({ name }) => name), excluded: new Map() };
  const limits = new Map(constraints.map(({ spreadByField, maxGroups = Infinity }) => [spreadByField, maxGroups]));
  const excluded = new Map<string, string>();
  const placed = clusters.filter((cluster) => {
    const unknown = constraints.find(({ spreadByField }) => groupsOf(cluster, spreadByField).length === 0);
    if (unknown !== undefined) excluded.set(cluster.name, `has no ${unknown.spreadByField} to spread over`);
    return unknown === undefined;
  });
  const chosen = choose(placed, limits, excluded);
  for (const { spreadByField, minGroups = 1 } of constraints) {
    const reached = new Set(chosen.flatMap((cluster) => groupsOf(cluster, spreadByField))).size;
    if (reached < minGroups) {
      return { ok: false, problem: `spread over ${minGroups} ${spreadByField}s is asked for, ${reached} can be had` };
    }
  }
  return { ok: true, chosen: chosen.map(({ name }) => name), excluded };
}

/** One of each region or zone before a second one of any, so that few clusters are far apart. */
function choose(
  clusters: readonly Spreadable[],
  limits: ReadonlyMap<SpreadField, number>,
  excluded: Map<string, string>,
): readonly Spreadable[] {
  const reached = new Map<SpreadField, Set<string>>([...limits.keys()].map((field) => [field, new Set<string>()]));
  const chosen: Spreadable[] = [];
  for (const cluster of inTurns(clusters, limits.has('zone') ? 'zone' : 'region')) {
    const full = [...limits].find(([field, most]) => {
      const groups = new Set([...(reached.get(field) ?? []), ...groupsOf(cluster, field)]);
      return groups.size > most;
    });
    if (full !== undefined) {
      const [field, most] = full;
      excluded.set(cluster.name, `is not needed: ${most} ${field}${most === 1 ? ' is' : 's are'} asked for at most`);
      continue;
    }
    for (const [field, groups] of reached) for (const group of groupsOf(cluster, field)) groups.add(group);
    chosen.push(cluster);
  }
  return chosen;
}

function inTurns(clusters: readonly Spreadable[], field: SpreadField): readonly Spreadable[] {
  const byGroup = Map.groupBy(clusters, (cluster) => groupsOf(cluster, field).join(','));
  const turns = [...byGroup.values()].flatMap((members) => members.map((cluster, turn) => ({ cluster, turn })));
  return turns.sort((a, b) => a.turn - b.turn).map(({ cluster }) => cluster);
}

function groupsOf({ name, region, zones }: Spreadable, field: SpreadField): readonly string[] {
  switch (field) {
    case 'cluster':
      return [name];
    case 'region':
      return region === undefined ? [] : [region];
    case 'zone':
      return zones;
  }
}
