import { keyOf } from '../../../src/apimachinery/index.ts';
import type { CronJob, JobSpec } from '../../../src/apis/index.ts';
import { annotations } from '../../apis/index.ts';
import { divideJob, type ReplicaPreferences } from '../../scheduling/index.ts';
import type { Apportionment, ApportionInput } from '../apportionment.ts';
import type { Share } from '../share.ts';
import { jobPreferencesOf } from './job-preferences.ts';

type Input = ApportionInput<CronJob>;

const SPARED = 'is not needed: other clusters do all there is to do';

/**
 * Where preferences or a policy say so, clusters divide what each run has to do. Unlike that of a Job it may change: the
 * next run goes where there are clusters then.
 */
export function apportionCronJob(input: Input): Apportionment | undefined {
  const { object, scheduling, chosen, lost } = input;
  const isAsked = object.metadata.annotations?.[annotations.jobPreferences] !== undefined;
  if (!isAsked && scheduling?.replicaSchedulingType !== 'Divided') return undefined;
  const preferences = jobPreferencesOf(object);
  if ('problem' in preferences) return { ok: false, reason: 'InvalidPreferences', problem: preferences.problem };
  const shares = sharesOf(input, preferences);
  const spared = [...chosen].filter((name) => !shares.has(name) && !lost.has(name));
  return {
    ok: true,
    shares,
    spared: new Map(spared.map((name) => [name, SPARED])),
    staying: new Map(),
    ...(shares.size > 0 ? {} : { problem: 'no cluster can be given what each run has to do' }),
    notes: {},
  };
}

export function withTemplatePart(object: CronJob, { replicas, completions }: Share): CronJob {
  const { spec } = object.spec.jobTemplate;
  if (spec === undefined || replicas === undefined) return object;
  const part = { ...spec, parallelism: replicas, ...(completions === undefined ? {} : { completions }) };
  return { ...object, spec: { ...object.spec, jobTemplate: { ...object.spec.jobTemplate, spec: part } } };
}

function sharesOf(input: Input, preferences: ReplicaPreferences): ReadonlyMap<string, Share> {
  const { parallelism = 1, completions, completionMode }: Partial<JobSpec> = input.object.spec.jobTemplate.spec ?? {};
  const working = workingIn(input);
  if (completionMode === 'Indexed') {
    // Each copy would count its indexes from zero.
    const holder = working.find((name) => input.copyIn(name) !== undefined) ?? first(input, working, preferences);
    return new Map(holder === undefined ? [] : [[holder, {}]]);
  }
  const among = (total: number, names: readonly string[]) => dividedAs(input, total, { names, preferences });
  if (completions === undefined) {
    const counts = [...among(Math.max(1, parallelism), working)].filter(([, count]) => count > 0);
    return new Map(counts.map(([name, count]) => [name, { replicas: Math.min(count, parallelism) }]));
  }
  const { shares } = divideJob({
    parallelism,
    completions,
    held: new Map(),
    leaving: new Set(),
    open: working,
    among,
    mostIn: (name) => input.mostIn(name, preferences),
    key: keyOf(input.object),
  });
  return new Map(
    [...shares].map(([name, share]) => [name, { replicas: share.parallelism, completions: share.completions }]),
  );
}

/** Those that have it already, and those that may. */
function workingIn({ chosen, open, lost, copyIn, isSeen, record }: Input): readonly string[] {
  const has = (name: string) => copyIn(name) !== undefined || (!isSeen(name) && record?.clusters[name] !== undefined);
  return [...chosen].filter((name) => !lost.has(name) && (open.includes(name) || has(name)));
}

function first({ divide }: Input, names: readonly string[], preferences: ReplicaPreferences): string | undefined {
  return [...divide(1, names, { preferences })].find(([, count]) => count > 0)?.[0];
}

/** As it is divided already, as long as that is all of it. */
function dividedAs(
  { copyIn, divide }: Input,
  total: number,
  { names, preferences }: { readonly names: readonly string[]; readonly preferences: ReplicaPreferences },
): ReadonlyMap<string, number> {
  const current = new Map<string, number>();
  for (const name of names) {
    const count = copyIn(name)?.spec.jobTemplate.spec?.parallelism;
    if (count !== undefined) current.set(name, count);
  }
  const present = [...current.values()].reduce((sum, count) => sum + count, 0);
  return present === total ? current : divide(total, names, { preferences });
}
