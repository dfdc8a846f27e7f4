import { namespaces, secrets } from '../../src/apis/index.ts';
import { systemClock, untilAborted, withDeadline } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { remove } from './ensure.ts';
import { leftInMember } from './left-behind.ts';
import { removeAccount, type AccountNames } from './member-account.ts';
import { forgetFederation } from './member-dns.ts';
import { removeReporterObjects } from './reporter-objects.ts';
import { deleteShards } from './shards.ts';
import { isOursAlone } from './system-namespace.ts';
import { unjoinSubject, type UnjoinOptions } from './unjoin-subject.ts';
import { wantedKinds } from './wanted-kinds.ts';

export interface UnjoinResult {
  /** It was in the federation. */
  readonly found: boolean;
  /** What could not be cleaned up, in the federation or here. */
  readonly warnings: readonly string[];
  /** What stays in the member of what joining and the federation have made there, other than copies that shall stay. */
  readonly left: readonly string[];
}

/**
 * Takes a cluster out of the federation: records that point to it go, its copies stay or go as asked, the
 * federation's account in the member and its name in the member's DNS are removed. May be repeated. Rejects before
 * anything is done when the member cannot be reached, unless forced.
 */
export async function unjoinCluster(options: UnjoinOptions): Promise<UnjoinResult> {
  const { federation, name } = options;
  const signal = options.signal ?? new AbortController().signal;
  const subject = await unjoinSubject(options, signal);
  const { cluster, credentials, names } = subject;
  const warnings: string[] = cluster === undefined ? [`cluster ${name} is not in the federation`] : [];
  await remove(federation, clusters, { name }, signal);
  const left =
    subject.unreachable === undefined
      ? await cleanUp(options, names, signal)
      : await leftInMember(options, names, signal);
  for (const secret of credentials) {
    await remove(federation, secrets, { name: secret, namespace: FEDERATION_SYSTEM_NAMESPACE }, signal);
  }
  if (credentials.length === 0) warnings.push(`no secret with credentials of cluster ${name} found`);
  return { found: cluster !== undefined, warnings, left };
}

/** In the member; resolves to what could not be done. */
async function cleanUp(options: UnjoinOptions, names: AccountNames, signal: AbortSignal): Promise<readonly string[]> {
  const { member, name, federationName, memberTimeoutMs = 15_000, cascade = 'orphan', clock = systemClock } = options;
  if (member === undefined) return [];
  const deadline = withDeadline(memberTimeoutMs, signal);
  const left: string[] = [];
  const step = async (what: string, work: () => Promise<readonly string[] | undefined>) => {
    try {
      left.push(...((await untilAborted(work(), deadline)) ?? []));
    } catch (err) {
      signal.throwIfAborted();
      left.push(`${what}: ${messageOf(err)}`);
    }
  };
  if (cascade === 'delete') {
    const kinds = await wantedKinds(options.federation, signal);
    await step('copies', () => deleteShards({ member, federationName, clock, signal: deadline }, kinds));
  }
  await step(`entry of the federation in the DNS of cluster ${name}`, async () => {
    await forgetFederation(member, federationName, deadline);
    return undefined;
  });
  await step(`what the reporter of cluster ${name} has`, async () => {
    await removeReporterObjects(member, federationName, deadline);
    return undefined;
  });
  await step(`account ${names.serviceAccount}`, () => removeAccount(member, names, deadline));
  await step(`namespace ${names.namespace}`, async () => {
    if (await isOursAlone(member, names.namespace, deadline)) {
      await remove(member, namespaces, { name: names.namespace }, deadline);
    }
    return undefined;
  });
  return left;
}

function messageOf(err: unknown): string {
  return err instanceof Error ? err.message : String(err);
}
