import { keyOf, type KubeObject } from '../../src/apimachinery/index.ts';
import type { Placement } from './placements.ts';
import { countsOf, workloadOf } from './placing-counts.ts';
import { lostOverride } from './placing-lost-overrides.ts';
import type { RecordNotes } from './placing-record.ts';
import type { Counts, SharesDeps, Situation } from './placing-situation.ts';

export interface Sharing {
  readonly placements: ReadonlyMap<string, Placement>;
  /** By cluster, beside the reasons of the choice. */
  readonly problems: ReadonlyMap<string, string>;
  readonly overrideProblems: ReadonlyMap<string, string>;
  readonly warnings: readonly { readonly reason: string; readonly message: string }[];
  readonly reviewAfterMs?: number;
  /** To be kept with what is recorded; absent for kinds that have none. */
  readonly notes?: RecordNotes;
  /** Not all of what there is to divide could be given to a cluster. */
  readonly isShort: boolean;
}

const NONE: ReadonlyMap<string, string> = new Map();

/** What each cluster shall have of an object whose clusters are chosen. */
export async function shareOut<T extends KubeObject>(
  deps: SharesDeps<T>,
  situation: Situation<T>,
  signal: AbortSignal,
): Promise<Sharing> {
  const { choice, policy } = situation;
  const counts = await countsOf(deps, situation, signal);
  const parts: Parts = { placements: new Map(), problems: new Map(), overrideProblems: new Map() };
  const isUnsatisfied = choice.problem !== undefined && policy !== undefined;
  for (const name of situation.clusters.keys()) {
    parts.placements.set(name, { kind: isUnsatisfied || choice.undecided.has(name) ? 'keep' : 'absent' });
  }
  placeInGroups(situation, counts, parts);
  retire(deps, situation, parts);
  const { warning, reviewAfterMs, exceptions } = counts;
  return {
    ...parts,
    warnings: [
      ...(warning === undefined ? [] : [warning]),
      ...(isUnsatisfied ? [unsatisfied(choice.problem)] : []),
      ...[...parts.overrideProblems].map(([name, problem]) => ({
        reason: 'OverrideFailed',
        message: `In cluster ${name} it stays as it is: ${problem}`,
      })),
    ],
    ...(reviewAfterMs === undefined ? {} : { reviewAfterMs }),
    ...(exceptions === undefined ? {} : { notes: exceptions.notes }),
    isShort: exceptions?.isShort === true,
  };
}

function unsatisfied(problem = '') {
  return { reason: 'PlacementUnsatisfied', message: `Not placed as asked: ${problem}` };
}

function placeInGroups<T extends KubeObject>(situation: Situation<T>, counts: Counts, parts: Parts): void {
  const { spared = NONE, staying = NONE } = counts.exceptions ?? {};
  for (const [name, why] of staying) {
    parts.placements.set(name, { kind: 'keep' });
    parts.problems.set(name, why);
  }
  for (const [index, group] of situation.choice.groups.entries()) {
    for (const name of group.clusters) {
      const placement = placementBy(counts, name);
      const isIdle = index > 0 && placement.kind === 'present' && placement.share.replicas === 0;
      const spare = spared.get(name);
      if (spare !== undefined) parts.problems.set(name, spare);
      else if (isIdle) parts.problems.set(name, 'is not needed: the groups before it have room');
      else parts.placements.set(name, overridden(situation, placement, { name, parts }));
    }
  }
}

interface Parts {
  readonly placements: Map<string, Placement>;
  readonly problems: Map<string, string>;
  readonly overrideProblems: Map<string, string>;
}

function overridden<T extends KubeObject>(
  { object, clusters, overrides }: Situation<T>,
  placement: Placement,
  { name, parts }: { readonly name: string; readonly parts: Parts },
): Placement {
  const cluster = clusters.get(name);
  if (placement.kind !== 'present' || cluster === undefined) return placement;
  const outcome = overrides.of(cluster);
  if (!outcome.ok) {
    parts.overrideProblems.set(name, outcome.problem);
    return { kind: 'keep' };
  }
  const { change } = outcome;
  if (change === undefined) return placement;
  const share = { ...placement.share, change };
  const lost = lostOverride(object, share);
  if (lost === undefined) return { kind: 'present', share };
  parts.overrideProblems.set(name, `${lost} is divided among the clusters`);
  return { kind: 'keep' };
}

function placementBy({ shares }: Counts, cluster: string): Placement {
  if (shares === 'whole') return { kind: 'present', share: {} };
  const share = shares.get(cluster);
  return share === undefined ? { kind: 'keep' } : { kind: 'present', share };
}

/** A cluster that is left keeps its replicas until as many as are wanted are ready elsewhere. */
function retire<T extends KubeObject>(
  { type, members }: SharesDeps<T>,
  { object, lost }: Situation<T>,
  { placements, problems }: Parts,
): void {
  if (type.plan === undefined) return;
  const servingIn = (name: string) => {
    const copy = members.get(name, keyOf(object));
    return copy === undefined ? 0 : (workloadOf(copy).status?.readyReplicas ?? 0);
  };
  const staying = [...placements].flatMap(([name, placement]) =>
    placement.kind === 'present' ? [{ name, wanted: placement.share.replicas }] : [],
  );
  const lacking = staying.reduce((sum, { name, wanted }) => sum + Math.max(0, (wanted ?? 0) - servingIn(name)), 0);
  // Where all have all of them, nobody waits for anybody.
  if (lacking === 0 || staying.some(({ wanted }) => wanted === undefined)) return;
  for (const [name, { kind }] of placements) {
    if (kind !== 'absent' || lost.has(name) || servingIn(name) === 0) continue;
    placements.set(name, { kind: 'keep' });
    problems.set(name, 'is left as soon as its replicas are ready elsewhere');
  }
}
