import type { StatefulSet } from '../../../src/apis/index.ts';
import type { Cluster } from '../../apis/index.ts';
import {
  canBeginAnywhere,
  defaultPreferences,
  nextStep,
  ordinalLimits,
  ordinalStarts,
} from '../../scheduling/index.ts';
import type { Apportionment, ApportionInput } from '../apportionment.ts';
import type { Share } from '../share.ts';

type Input = ApportionInput<StatefulSet>;

/**
 * Where a policy says `Divided`: replicas by its weights, and numbers that no other cluster has. Pods of a set have a
 * name and data, so none moves: what runs stays where it runs, and waits for a cluster that is out of sight.
 */
export function apportionSet(input: Input): Apportionment | undefined {
  if (input.scheduling?.replicaSchedulingType !== 'Divided') return undefined;
  const base = input.object.spec?.ordinals?.start ?? 0;
  const given = givenIn(input, base);
  const { able, tooOld } = ableOf(input, given, base);
  const total = input.object.spec?.replicas ?? 1;
  const counts = countsOf(input, { given, able, total });
  const wanting = able.filter((name) => (counts.get(name) ?? 0) > 0).sort(olderFirst(input.clusters));
  const starts = ordinalStarts({ base, given, wanting, planned: counts, total });
  const shares = sharesOf(input, counts, starts);
  const unplaced = total - sum(counts.values());
  return {
    ok: true,
    shares,
    spared: new Map([...sparedOf(input, shares), ...tooOld]),
    staying: stayingOf(input, total),
    ...(unplaced <= 0 ? {} : { problem: `${unplaced} of ${total} replicas can be given to no cluster` }),
    notes: { ordinals: Object.fromEntries([...starts].sort(([a], [b]) => (a < b ? -1 : 1))) },
  };
}

export function withPart(object: StatefulSet, { replicas, ordinals }: Share): StatefulSet {
  const { spec } = object;
  if (spec === undefined || ordinals === undefined || replicas === undefined) return object;
  const { start, partition } = ordinals;
  const { rollingUpdate, ...strategy } = spec.updateStrategy ?? {};
  return {
    ...object,
    spec: {
      ...spec,
      replicas,
      ...(start === (spec.ordinals?.start ?? 0) ? {} : { ordinals: { start } }),
      ...(partition === undefined
        ? {}
        : { updateStrategy: { ...strategy, rollingUpdate: { ...rollingUpdate, partition } } }),
    },
  };
}

interface Given {
  readonly start: number;
  readonly replicas: number;
}

/** By cluster its first number, and how many pods it has: as the record says, and else as its copy does. */
function givenIn(input: Input, base: number): ReadonlyMap<string, Given> {
  const { clusters, record, copyIn } = input;
  const given = new Map<string, Given>();
  for (const name of clusters.keys()) {
    const start = record?.ordinals?.[name];
    if (start !== undefined) given.set(name, { start, replicas: replicasIn(input, name) });
  }
  const taken = new Set([...given.values()].map(({ start }) => start));
  for (const name of [...clusters.keys()].sort()) {
    const copy = given.has(name) ? undefined : copyIn(name);
    if (copy === undefined) continue;
    // Before they were divided all of them began with the same number: one of them keeps it.
    const start = copy.spec?.ordinals?.start ?? base;
    if (taken.has(start)) continue;
    given.set(name, { start, replicas: replicasIn(input, name) });
    taken.add(start);
  }
  return given;
}

function replicasIn({ record, copyIn }: Input, name: string): number {
  const copy = copyIn(name);
  if (copy !== undefined) return copy.spec?.replicas ?? 1;
  const recorded = record?.clusters[name];
  return typeof recorded === 'number' ? recorded : 0;
}

interface Able {
  readonly able: readonly string[];
  readonly tooOld: ReadonlyMap<string, string>;
}

/** One cluster may be too old to begin anywhere else than at 0: that which does, or will. */
function ableOf({ clusters, chosen }: Input, given: ReadonlyMap<string, Given>, base: number): Able {
  const names = [...chosen].sort();
  const isOld = (name: string) => {
    const cluster = clusters.get(name);
    return cluster !== undefined && !canBeginAnywhere(cluster);
  };
  const holder = [...given].find(([, { start }]) => start === 0)?.[0];
  const first = given.size === 0 && base === 0 ? names.find(isOld) : undefined;
  const isAble = (name: string) => !isOld(name) || name === (holder ?? first);
  const why =
    'is too old, or its version is not known: Kubernetes 1.27 is the first to number pods from elsewhere than 0';
  return {
    able: names.filter(isAble),
    tooOld: new Map(names.filter((name) => !isAble(name)).map((name) => [name, why])),
  };
}

/** An old one can only have the first number there is. */
function olderFirst(clusters: ReadonlyMap<string, Cluster>): (a: string, b: string) => number {
  const rank = (name: string) => {
    const cluster = clusters.get(name);
    return cluster !== undefined && canBeginAnywhere(cluster) ? 1 : 0;
  };
  return (a, b) => rank(a) - rank(b) || (a < b ? -1 : 1);
}

function countsOf(
  { open, fixed, divide }: Input,
  { given, able, total }: { given: ReadonlyMap<string, Given>; able: readonly string[]; total: number },
): ReadonlyMap<string, number> {
  const present = (name: string) => given.get(name)?.replicas ?? 0;
  const limits = new Map(ordinalLimits(new Map([...given].map(([name, { start }]) => [name, start]))));
  for (const name of able) if (!open.includes(name)) limits.set(name, present(name));
  const asked = able.filter((name) => fixed.has(name));
  const counts = new Map(
    asked.map((name) => [name, Math.min(fixed.get(name) ?? 0, limits.get(name) ?? Infinity)] as const),
  );
  const others = able.filter((name) => !fixed.has(name));
  const left = Math.max(0, total - sum(counts.values()));
  const current = new Map(others.map((name) => [name, present(name)]));
  const targets = divide(left, others, { preferences: defaultPreferences, current, limits });
  const holdings = others.map((name) => {
    // As if all were ready: then nothing goes but what is too many.
    return { name, target: targets.get(name) ?? 0, present: present(name), ready: present(name) };
  });
  return new Map([...counts, ...nextStep({ total: left, holdings, maxMoving: 0 })]);
}

function sharesOf(
  { object, copyIn }: Input,
  counts: ReadonlyMap<string, number>,
  starts: ReadonlyMap<string, number>,
): ReadonlyMap<string, Share> {
  const partition = object.spec?.updateStrategy?.rollingUpdate?.partition ?? 0;
  const shares = new Map<string, Share>();
  let before = 0;
  for (const [name, start] of [...starts].sort(([, a], [, b]) => a - b)) {
    const replicas = counts.get(name);
    if (replicas === undefined || (replicas === 0 && copyIn(name) === undefined)) continue;
    // Of all pods in the order of their numbers the first ones are kept back.
    const kept = Math.min(replicas, Math.max(0, partition - before));
    shares.set(name, { replicas, ordinals: { start, ...(partition === 0 ? {} : { partition: kept }) } });
    before += replicas;
  }
  return shares;
}

function sparedOf({ chosen }: Input, shares: ReadonlyMap<string, Share>): readonly (readonly [string, string])[] {
  return [...chosen]
    .filter((name) => !shares.has(name))
    .map((name) => [name, 'is not needed: others have all replicas']);
}

/** A cluster that is left keeps its pods until as many as are wanted are ready elsewhere. */
function stayingOf({ chosen, leaving, lost, copyIn }: Input, total: number): ReadonlyMap<string, string> {
  const readyIn = (name: string) => copyIn(name)?.status?.readyReplicas ?? 0;
  if (sum([...chosen].map(readyIn)) >= total) return new Map();
  const staying = [...leaving].filter((name) => !lost.has(name) && readyIn(name) > 0);
  return new Map(staying.map((name) => [name, 'is left as soon as its replicas are ready elsewhere']));
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
