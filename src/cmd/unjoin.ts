import { withDeadline } from '../component-base/index.ts';
import { planUnjoin, unjoinCluster } from '../../federation/join/index.ts';
import { rememberMembership } from './fleet-membership.ts';
import { hasContext, memberOf } from './member-client.ts';
import { targetFederation, type TargetFlags } from './target-federation.ts';

export interface UnjoinFlags extends TargetFlags {
  readonly clusterContext?: string;
  readonly cascade: 'orphan' | 'delete';
  readonly force?: boolean;
  readonly dryRun?: boolean;
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
  const options = {
    federation,
    ...(member === undefined ? {} : { member }),
    name,
    federationName: info.name,
    cascade: flags.cascade,
    force: flags.force === true,
    memberTimeoutMs: flags.timeout,
    signal,
  };
  if (flags.dryRun === true) {
    const plan = await planUnjoin(options);
    printList(`Would remove from federation "${info.name}"`, plan.federation);
    printList(`Would remove from cluster "${name}"`, plan.member);
    printList(`Would leave behind in cluster "${name}"`, plan.left);
    return;
  }
  const { found, warnings, left } = await unjoinCluster(options);
  // The supervisor must not bring it back at the next start.
  await rememberMembership(name, false);
  for (const warning of warnings) console.error(`warning: ${warning}`);
  if (found) console.log(`Successfully removed cluster "${name}" from federation`);
  printList(`Left behind in cluster "${name}"`, left);
}

function printList(title: string, things: readonly string[]): void {
  if (things.length === 0) return;
  console.log(`${title}:`);
  for (const thing of things) console.log(`  ${thing}`);
}
