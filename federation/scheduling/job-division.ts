import { divideFairly } from './fair-division.ts';

/** What one cluster has of a Job. How many shall succeed there is settled once it has been made. */
export interface JobShare {
  /** At a time. */
  readonly parallelism: number;
  readonly completions: number;
}

export interface HeldJobShare {
  readonly completions: number;
  readonly parallelism: number;
  readonly isFinished: boolean;
}

export interface JobDivisionRequest {
  readonly parallelism: number;
  readonly completions: number;
  /** What has been given out already, or is done. */
  readonly held: ReadonlyMap<string, HeldJobShare>;
  /** Shall not have it any longer; what they hold goes if it can be done elsewhere. */
  readonly leaving: ReadonlySet<string>;
  /** May be given what they do not have yet. */
  readonly open: readonly string[];
  /** Divides what runs at a time, by whatever preferences there are. */
  readonly among: (total: number, clusters: readonly string[]) => ReadonlyMap<string, number>;
  /** The most that a cluster may run at a time. */
  readonly mostIn: (cluster: string) => number;
  /** Of the object; scatters remainders. */
  readonly key: string;
}

export interface JobDivision {
  /** Of every cluster that works on it, or has done so. */
  readonly shares: ReadonlyMap<string, JobShare>;
  /** Of `leaving`: what they have cannot be done elsewhere, so it stays until it is done. */
  readonly staying: ReadonlySet<string>;
  /** Completions that no cluster can be given. */
  readonly unplaced: number;
}

/**
 * Divides a Job so that each completion is given to one cluster, once. What has been given out stays where it is, as
 * the API lets nobody change how many completions a Job has; what is left goes to clusters that have none of it yet, in
 * proportion to what runs there at a time. Clusters that are done leave their pods to those that are not.
 */
export function divideJob(request: JobDivisionRequest): JobDivision {
  const { completions, parallelism, held, leaving, key } = request;
  const finished = [...held].filter(([, { isFinished }]) => isFinished);
  const unfinished = [...held].filter(([, { isFinished }]) => !isFinished);
  const working = new Map(
    unfinished.filter(([name]) => !leaving.has(name)).map(([name, share]) => [name, share.completions]),
  );
  const going = new Map(unfinished.filter(([name]) => leaving.has(name)));

  let left = completions - sum(finished.map(([, share]) => share.completions)) - sum(working.values());
  const isBegun = finished.length > 0 || working.size > 0;
  if (left > 0 || (!isBegun && completions === 0)) {
    for (const [name, count] of given(left, request)) {
      working.set(name, count);
      left -= count;
    }
  }
  const staying = left > 0 ? going : new Map<string, HeldJobShare>();
  const elsewhere = sum([...staying.values()].map((share) => share.parallelism));
  const claims = [...working].map(([name, weight]) => ({ name, weight, max: Math.min(weight, request.mostIn(name)) }));
  const slots = divideFairly(Math.max(0, parallelism - elsewhere), claims, key);
  const shares = new Map<string, JobShare>();
  for (const [name, share] of finished) {
    shares.set(name, { parallelism: share.parallelism, completions: share.completions });
  }
  for (const [name, count] of working) shares.set(name, { parallelism: slots.get(name) ?? 0, completions: count });
  const kept = sum([...staying.values()].map((share) => share.completions));
  return { shares, staying: new Set(staying.keys()), unplaced: Math.max(0, left - kept) };
}

/** To clusters that have nothing of it yet. */
function given(left: number, { parallelism, held, open, among, key }: JobDivisionRequest): ReadonlyMap<string, number> {
  const free = open.filter((name) => !held.has(name));
  // No more can run at a time than have to succeed. One that runs nothing for now is somewhere all the same.
  const slots = [...among(Math.max(1, Math.min(parallelism, left)), free)].filter(([, count]) => count > 0);
  return divideFairly(
    left,
    slots.map(([name, count]) => ({ name, weight: count, min: Math.min(count, left) })),
    key,
  );
}

function sum(counts: Iterable<number>): number {
  let total = 0;
  for (const count of counts) total += count;
  return total;
}
