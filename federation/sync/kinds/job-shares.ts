import { isConditionTrue, keyOf } from '../../../src/apimachinery/index.ts';
import { jobEnd, type Job } from '../../../src/apis/index.ts';
import { divideJob, type HeldJobShare, type ReplicaPreferences } from '../../scheduling/index.ts';
import type { Apportionment, ApportionInput } from '../apportionment.ts';
import type { Share } from '../share.ts';
import { jobPreferencesOf } from './job-preferences.ts';

type Input = ApportionInput<Job>;
type Shares = Extract<Apportionment, { readonly ok: true }>;

/**
 * What each cluster does of a Job. What has been given to a cluster stays with it, even while it is out of sight: it may
 * be running there, and nothing shall be done twice.
 */
export function apportionJob(input: Input): Apportionment {
  const { object } = input;
  const preferences = jobPreferencesOf(object);
  if ('problem' in preferences) return { ok: false, reason: 'InvalidPreferences', problem: preferences.problem };
  const done = doneIn(input);
  const known: Input = { ...input, record: { clusters: {}, ...input.record, done } };
  const { shares, spared = new Map(), staying = new Map(), ...rest } = partsOf(known, preferences);
  const finished = finishedIn(known);
  return {
    ok: true,
    shares: new Map([...shares, ...finished.shares]),
    spared: new Map([...spared, ...finished.spared]),
    staying,
    ...rest,
    notes: Object.keys(done).length === 0 ? {} : { done },
  };
}

type Parts = Pick<Shares, 'shares'> & Partial<Shares>;

function partsOf(input: Input, preferences: ReplicaPreferences): Parts {
  const { object, scheduling } = input;
  const isWhole = scheduling?.replicaSchedulingType === 'Duplicated';
  if (isOver(object)) return { shares: afterwards(input) };
  if (isWhole) return duplicated(input);
  if (isIndexed(object)) return inOneCluster(input, preferences);
  return object.spec?.completions === undefined ? queue(input, preferences) : counted(input, preferences);
}

const isIndexed = ({ spec }: Job) => spec?.completionMode === 'Indexed';
const isComplete = ({ status }: Job) => isConditionTrue(status?.conditions, 'Complete');
const isOver = (job: Job) => jobEnd(job) !== undefined;

/** As the copy is: what it was given cannot be changed. */
function asItIs({ spec }: Job): Share {
  const { parallelism = 1, completions } = spec ?? {};
  return { replicas: parallelism, ...(completions === undefined ? {} : { completions }) };
}

/** What has succeeded in clusters that are done, those included whose copies are there no longer. */
function doneIn({ record, clusters, copyIn }: Input): Readonly<Record<string, number>> {
  const done = new Map(Object.entries(record?.done ?? {}).filter(([name]) => clusters.has(name)));
  for (const name of clusters.keys()) {
    const copy = copyIn(name);
    if (copy !== undefined && isComplete(copy)) done.set(name, copy.status?.succeeded ?? 0);
  }
  return Object.fromEntries([...done].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A copy that is done stays as it is; one that somebody has made since would do it again. */
function finishedIn(input: Input): Required<Pick<Shares, 'shares' | 'spared'>> {
  const shares = new Map<string, Share>();
  const spared = new Map<string, string>();
  for (const name of Object.keys(input.record?.done ?? {})) {
    const copy = input.copyIn(name);
    if (copy === undefined || !input.chosen.has(name)) continue;
    if (isComplete(copy)) shares.set(name, asBefore(input, copy));
    else spared.set(name, 'has done its part of the Job');
  }
  return { shares, spared };
}

function asBefore({ object, scheduling }: Input, copy: Job): Share {
  const isWhole = scheduling?.replicaSchedulingType === 'Duplicated' || isIndexed(object);
  return isWhole ? wholeOf(object, copy) : asItIs(copy);
}

/** Nothing is begun any more; what has failed in one cluster stops in the others, as it would in one. */
function afterwards(input: Input): ReadonlyMap<string, Share> {
  const { object, scheduling, chosen, copyIn } = input;
  const isDuplicated = scheduling?.replicaSchedulingType === 'Duplicated';
  const stops = !isDuplicated && isConditionTrue(object.status?.conditions, 'Failed');
  const shares = new Map<string, Share>();
  for (const name of chosen) {
    const copy = copyIn(name);
    if (copy === undefined) continue;
    const share = asBefore(input, copy);
    shares.set(name, stops && !isOver(copy) ? { ...share, isSuspended: true } : share);
  }
  return shares;
}

/** All of it, but for what a copy that was divided once has for good. */
function wholeOf(object: Job, copy: Job | undefined): Share {
  const completions = copy?.spec?.completions;
  const isFixed = !isIndexed(object) && completions !== undefined && completions !== object.spec?.completions;
  return isFixed ? { completions } : {};
}

function duplicated({ object, chosen, copyIn, record }: Input): Parts {
  const shares = new Map<string, Share>();
  for (const name of chosen) {
    if (record?.done?.[name] === undefined) shares.set(name, wholeOf(object, copyIn(name)));
  }
  return { shares };
}

/** Each copy would count its indexes from zero, so it is one. */
function inOneCluster(input: Input, preferences: ReplicaPreferences): Parts {
  const { chosen, open, leaving, divide } = input;
  const held = heldIn(input);
  const keeping = [...held.keys()].filter((name) => !leaving.has(name));
  const [given] = [...divide(1, open, { preferences })].find(([, count]) => count > 0) ?? [];
  const holders = keeping.length > 0 ? keeping : given === undefined ? [] : [given];
  const staying = holders.length > 0 ? [] : [...held.keys()];
  return {
    shares: new Map(holders.map((name) => [name, {}])),
    spared: sparedOf(chosen, holders, 'is not needed: an indexed Job is done in one cluster'),
    staying: new Map(staying.map((name) => [name, STAYS])),
    ...(holders.length + staying.length > 0 ? {} : { problem: 'no cluster can be given the Job' }),
  };
}

const STAYS = 'is left as soon as its part of the Job is done, which no other cluster can be given';
const SPARED = 'is not needed: other clusters have been given all there is to do';

function counted(input: Input, preferences: ReplicaPreferences): Parts {
  const { object, chosen, open, leaving, divide, mostIn } = input;
  const { completions = 1, parallelism = 1 } = object.spec ?? {};
  const { shares, staying, unplaced } = divideJob({
    parallelism,
    completions,
    held: heldIn(input),
    leaving,
    open,
    among: (total, clusters) => divide(total, clusters, { preferences }),
    mostIn: (name) => mostIn(name, preferences),
    key: keyOf(object),
  });
  const given = [...shares]
    .filter(([name]) => input.record?.done?.[name] === undefined)
    .map(([name, share]): [string, Share] => [name, { replicas: share.parallelism, completions: share.completions }]);
  return {
    shares: new Map(given),
    spared: sparedOf(chosen, shares.keys(), SPARED),
    staying: new Map([...staying].map((name) => [name, STAYS])),
    ...(unplaced === 0 ? {} : { problem: `${unplaced} of ${completions} completions can be given to no cluster` }),
  };
}

/** By cluster what it has been given: as its copy says, and as is recorded where nobody can see one. */
function heldIn(input: Input): ReadonlyMap<string, HeldJobShare> {
  const held = new Map<string, HeldJobShare>();
  for (const name of input.clusters.keys()) {
    const done = input.record?.done?.[name];
    const share = done === undefined ? givenTo(input, name) : { completions: done, parallelism: 0, isFinished: true };
    if (share !== undefined) held.set(name, share);
  }
  return held;
}

function givenTo({ copyIn, isSeen, chosen, record }: Input, name: string): HeldJobShare | undefined {
  const copy = copyIn(name);
  if (copy !== undefined) {
    const { completions = 0, parallelism = 1 } = copy.spec ?? {};
    return { completions, parallelism, isFinished: false };
  }
  const recorded = record?.clusters[name];
  if (recorded === undefined || (isSeen(name) && !chosen.has(name))) return undefined;
  return { completions: recorded === true ? 0 : recorded, parallelism: 0, isFinished: false };
}

/** Whoever works takes the next piece: workers may be anywhere, until one of them has found that nothing is left. */
function queue(input: Input, preferences: ReplicaPreferences): Parts {
  const { object, chosen, open, lost, divide, copyIn } = input;
  const held = heldIn(input);
  const copies = [...chosen].flatMap((name) => {
    const copy = copyIn(name);
    return copy === undefined ? [] : [[name, asItIs(copy)] as const];
  });
  if ([...held.values()].some(({ isFinished }) => isFinished)) return { shares: new Map(copies) };
  const total = object.spec?.parallelism ?? 1;
  const candidates = [...new Set([...open, ...[...held.keys()].filter((name) => chosen.has(name))])];
  const working = candidates.filter((name) => !lost.has(name));
  const current = new Map(working.flatMap((name) => currentIn(input, name)));
  const wanted = total === sum(current.values()) ? current : divide(total, working, { preferences, current });
  const shares = [...wanted].filter(([name, count]) => count > 0 || (total === 0 && current.has(name)));
  const given = new Map(shares.map(([name, replicas]) => [name, { replicas }]));
  return {
    shares: given,
    spared: sparedOf(working, given.keys(), SPARED),
    ...(total > 0 && given.size === 0 ? { problem: 'no cluster can be given the Job' } : {}),
  };
}

function currentIn({ copyIn, record }: Input, name: string): readonly (readonly [string, number])[] {
  const recorded = record?.clusters[name];
  const count = copyIn(name)?.spec?.parallelism ?? (typeof recorded === 'number' ? recorded : undefined);
  return count === undefined ? [] : [[name, count]];
}

function sparedOf(chosen: Iterable<string>, given: Iterable<string>, why: string): ReadonlyMap<string, string> {
  const having = new Set(given);
  return new Map([...chosen].filter((name) => !having.has(name)).map((name) => [name, why]));
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
