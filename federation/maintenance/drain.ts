import { formatTime, parseTime } from '../../src/apimachinery/index.ts';
import type { Client } from '../../src/client/index.ts';
import { untilAborted, withDeadline, type Clock } from '../../src/component-base/index.ts';
import type { Cluster } from '../apis/index.ts';
import { describeShard, shardsIn, wantedKinds, type Shard } from '../join/index.ts';
import { changeCluster } from './change-cluster.ts';
import { DRAIN_TAINT, drainMarkOf, withDrainMark } from './drain-mark.ts';
import { leavesWithTaint, whyStays } from './remaining.ts';
import { hasOtherCluster, servingOf } from './serving.ts';

export interface DrainOptions {
  readonly federation: Client;
  /** Without it, or when it does not answer, nobody looks what has left. */
  readonly member?: Client;
  readonly name: string;
  readonly federationName: string;
  /** Of records whose Service says nothing of it. */
  readonly defaultTtlSeconds: number;
  readonly skipTtlWait?: boolean;
  /** Also when Services have no other cluster to go to. */
  readonly force?: boolean;
  readonly tell: (progress: string) => void;
  readonly clock: Clock;
  /** Ends the waiting; what has been asked of the federation stays asked. */
  readonly signal: AbortSignal;
}

const POLL_MS = 500;
const REACH_TIMEOUT_MS = 5_000;
const MAX_NAMED = 20;

/**
 * Empties a cluster: first no client is sent there any more, and when answers that name it can no longer be kept, what
 * the federation placed there leaves by a taint. Resolves when all has left; rejects with what stays, and why, when
 * `signal` aborts. May be repeated, and goes on where it was. `restore` takes it back.
 */
export async function drain(options: DrainOptions): Promise<void> {
  await assertServedElsewhere(options);
  await withdraw(options);
  await awaitClients(options);
  await evict(options);
  await awaitDeparture(options);
}

async function assertServedElsewhere({ federation, name, force = false, ...options }: DrainOptions): Promise<void> {
  if (force) return;
  const { alone } = await servingOf(federation, name, options.defaultTtlSeconds, options.signal);
  if (alone.length > 0) {
    const services = listed(alone);
    throw new Error(
      `no other cluster serves ${services}: drained, nobody would. See to it that they have healthy shards elsewhere, or give --force`,
    );
  }
  if (!(await hasOtherCluster(federation, name, options.signal))) {
    throw new Error('no other cluster is ready to take what is here; give --force to drain it all the same');
  }
}

async function withdraw({ federation, name, clock, tell, signal }: DrainOptions): Promise<void> {
  const since = formatTime(clock.now());
  const change = (cluster: Cluster): Cluster => {
    const { unschedulable = false, withdrawn = false } = cluster.spec ?? {};
    if (unschedulable && withdrawn && drainMarkOf(cluster) !== undefined) return cluster;
    const marked = drainMarkOf(cluster) ?? { since, unschedulable, withdrawn };
    const next = { ...cluster, spec: { ...cluster.spec, unschedulable: true, withdrawn: true } };
    return withDrainMark(next, { ...marked, since });
  };
  if (await changeCluster(federation, name, change, signal)) tell(`cluster/${name} cordoned; its traffic is withdrawn`);
}

/** Until no answer names it, and those that did have ended. */
async function awaitClients(options: DrainOptions): Promise<void> {
  const { federation, name, clock, tell, signal, defaultTtlSeconds, skipTtlWait = false, force = false } = options;
  const before = await servingOf(federation, name, defaultTtlSeconds, signal);
  let { named, alone } = before;
  while (named.length > (force ? alone.length : 0)) {
    await pause(clock, signal, () => `answers still name the cluster for ${listed(named)}`);
    ({ named, alone } = await servingOf(federation, name, defaultTtlSeconds, signal));
  }
  if (skipTtlWait) return;
  const mark = await markOf(options);
  // What was published before is not written down: any answer may be as old as the longest allows.
  const ttlSeconds = Math.max(before.ttlSeconds, defaultTtlSeconds);
  const leftMs = mark + ttlSeconds * 1000 - clock.now();
  if (leftMs <= 0) return;
  const seconds = Math.ceil(leftMs / 1000);
  tell(`waiting ${seconds} s until no client keeps an answer that names it (--skip-ttl-wait goes on at once)`);
  await clock.sleep(leftMs, signal).catch(() => {
    throw new Error(
      `answers that name the cluster may be kept for ${seconds} s; it goes on receiving clients until then`,
    );
  });
}

async function markOf({ federation, name, signal }: DrainOptions): Promise<number> {
  let since = 0;
  await changeCluster(
    federation,
    name,
    (cluster) => {
      since = parseTime(drainMarkOf(cluster)?.since) ?? 0;
      return cluster;
    },
    signal,
  );
  return since;
}

async function evict({ federation, name, clock, tell, signal }: DrainOptions): Promise<void> {
  const taint = { key: DRAIN_TAINT, effect: 'NoExecute', timeAdded: formatTime(clock.now()) } as const;
  const change = (cluster: Cluster): Cluster => {
    const taints = cluster.spec?.taints ?? [];
    if (taints.some(({ key, effect }) => key === taint.key && effect === taint.effect)) return cluster;
    return { ...cluster, spec: { ...cluster.spec, taints: [...taints, taint] } };
  };
  if (await changeCluster(federation, name, change, signal)) tell(`workloads leave cluster/${name}`);
}

async function awaitDeparture(options: DrainOptions): Promise<void> {
  const { member, name, clock, signal, tell } = options;
  if (member === undefined || !(await answers(member, signal))) {
    tell(`cluster/${name} does not answer: what is in it is removed when it does`);
    return;
  }
  let here: readonly Shard[] = [];
  let told = -1;
  try {
    for (;;) {
      here = await leaving(options, member);
      if (here.length === 0) return;
      if (here.length !== told) tell(`${here.length} objects are still in the cluster`);
      told = here.length;
      await clock.sleep(POLL_MS, signal);
    }
  } catch (err) {
    if (!signal.aborted) throw err;
    throw new Error(`these stay in the cluster:\n${(await reasons(options, here)).join('\n')}`, { cause: err });
  }
}

async function leaving(
  { federation, federationName, clock, signal }: DrainOptions,
  member: Client,
): Promise<readonly Shard[]> {
  const kinds = (await wantedKinds(federation, signal)).filter(leavesWithTaint);
  return shardsIn({ member, federationName, clock, signal }, kinds);
}

/** Told after the time is up: with time of its own. */
async function reasons({ federation, name }: DrainOptions, here: readonly Shard[]): Promise<readonly string[]> {
  const signal = withDeadline(REACH_TIMEOUT_MS);
  const lines: string[] = [];
  for (const shard of here.slice(0, MAX_NAMED)) {
    lines.push(`  ${describeShard(shard)}: ${await whyStays(federation, name, shard, signal)}`);
  }
  return here.length > MAX_NAMED ? [...lines, `  and ${here.length - MAX_NAMED} more`] : lines;
}

async function answers(member: Client, signal: AbortSignal): Promise<boolean> {
  const deadline = withDeadline(REACH_TIMEOUT_MS, signal);
  try {
    await untilAborted(member.raw('/version', { signal: deadline }), deadline);
    return true;
  } catch (err) {
    if (signal.aborted) throw err;
    return false;
  }
}

async function pause(clock: Clock, signal: AbortSignal, why: () => string): Promise<void> {
  try {
    await clock.sleep(POLL_MS, signal);
  } catch (err) {
    throw new Error(why(), { cause: err });
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > MAX_NAMED ? ` and ${names.length - MAX_NAMED} more` : '';
  return `${names.slice(0, MAX_NAMED).join(', ')}${more}`;
}
