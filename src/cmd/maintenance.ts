import { systemClock, withDeadline } from '../component-base/index.ts';
import {
  changeTaints,
  cordon,
  drain,
  parseTaintChanges,
  restore,
  TaintError,
} from '../../federation/maintenance/index.ts';
import { UsageError } from './exit.ts';
import { memberOf } from './member-client.ts';
import { targetFederation, type TargetFlags } from './target-federation.ts';

export interface TaintFlags extends TargetFlags {
  readonly overwrite?: boolean;
}

export interface DrainFlags extends TargetFlags {
  readonly clusterContext?: string;
  readonly skipTtlWait?: boolean;
  readonly force?: boolean;
  /** In milliseconds. */
  readonly timeout: number;
}

const DEADLINE_MS = 30_000;

export async function cordonCluster(name: string, flags: TargetFlags): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  await using target = await targetFederation(flags, signal);
  const isNew = await cordon(target.federation, name, signal);
  console.log(`cluster/${name} ${isNew ? 'cordoned' : 'already cordoned'}`);
}

export async function restoreCluster(kind: 'uncordon' | 'undrain', name: string, flags: TargetFlags): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  await using target = await targetFederation(flags, signal);
  const isNew = await restore(target.federation, name, kind, signal);
  console.log(`cluster/${name} ${isNew ? '' : 'already '}${kind}ed`);
}

export async function taintCluster(name: string, texts: readonly string[], flags: TaintFlags): Promise<void> {
  const signal = withDeadline(DEADLINE_MS);
  const changes = taintsOf(texts);
  await using target = await targetFederation(flags, signal);
  const now = systemClock.now();
  await changeTaints(target.federation, name, changes, { overwrite: flags.overwrite === true, now, signal });
  const removesOnly = changes.every(({ kind }) => kind === 'remove');
  console.log(`cluster/${name} ${removesOnly ? 'untainted' : 'tainted'}`);
}

function taintsOf(texts: readonly string[]) {
  try {
    return parseTaintChanges(texts);
  } catch (err) {
    if (err instanceof TaintError) throw new UsageError(err.message, { cause: err });
    throw err;
  }
}

export async function drainCluster(name: string, flags: DrainFlags): Promise<void> {
  const signal = withDeadline(flags.timeout);
  await using target = await targetFederation(flags, signal);
  const { federation, info } = target;
  await using member = await memberOf(name, flags, target, signal);
  await drain({
    federation,
    ...(member === undefined ? {} : { member }),
    name,
    federationName: info.name,
    defaultTtlSeconds: info.ttlSeconds,
    skipTtlWait: flags.skipTtlWait === true,
    force: flags.force === true,
    tell: (progress) => {
      console.log(progress);
    },
    clock: systemClock,
    signal,
  }).catch((err: unknown) => {
    if (!signal.aborted) throw err;
    const why = err instanceof Error ? err.message : String(err);
    throw new Error(
      `cluster/${name} is not drained after ${flags.timeout / 1000} s: ${why}\n"koinon drain ${name}" goes on where it was, "koinon undrain ${name}" takes it back`,
      { cause: err },
    );
  });
  console.log(`cluster/${name} drained`);
}
