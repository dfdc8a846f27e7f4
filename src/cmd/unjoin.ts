import { withDeadline } from '../component-base/index.ts';
import { unjoinCluster } from '../../federation/join/index.ts';
import { rememberMembership } from './fleet-membership.ts';
import { hasContext, memberOf } from './member-client.ts';
import { targetFederation, type TargetFlags } from './target-federation.ts';

export interface UnjoinFlags extends TargetFlags {
  readonly clusterContext?: string;
  readonly cascade: 'orphan' | 'delete';
  readonly force?: boolean;
  /** In milliseconds, for what is done in the cluster. */
  readonly timeout: number;
}

/** For what is done in the federation. */
const FEDERATION_DEADLINE_MS = 60_000;

export async function unjoin(name: string, flags: UnjoinFlags): Promise<void> {
  const signal = withDeadline(flags.timeout + FEDERATION_DEADLINE_MS);
  await using target = await targetFederation(flags, signal);
  const { federation, info } = target;
  await using member = await memberOf(name, flags, target, signal);
  if (!hasContext(name, flags, target)) {
    console.error(
      `warning: no context ${JSON.stringify(name)}: the cluster is asked as the federation itself, which may not remove its own account; see --cluster-context`,
    );
  }
  const { found, warnings, left } = await unjoinCluster({
    federation,
    ...(member === undefined ? {} : { member }),
    name,
    federationName: info.name,
    cascade: flags.cascade,
    force: flags.force === true,
    memberTimeoutMs: flags.timeout,
    signal,
  });
  // The supervisor must not bring it back at the next start.
  await rememberMembership(name, false);
  for (const warning of warnings) console.error(`warning: ${warning}`);
  if (found) console.log(`Successfully removed cluster "${name}" from federation`);
  if (left.length === 0) return;
  console.log(`Left behind in cluster "${name}":`);
  for (const thing of left) console.log(`  ${thing}`);
}
