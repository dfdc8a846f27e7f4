import { isStatusError, type Resource } from '../../src/apimachinery/index.ts';
import { configMaps, roleBindings, roles, secrets, serviceAccounts } from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import {
  peersName,
  REPORTER_ACCOUNT,
  REPORTER_LABEL,
  REPORTER_NAMESPACE,
  reporterRoles,
  reportName,
} from '../../src/reachability/index.ts';
import { bookkeeping } from './bookkeeping.ts';
import { remove } from './ensure.ts';
import { isNotServed } from './is-not-served.ts';
import type { Place } from './present-objects.ts';

const namespace = REPORTER_NAMESPACE;
const accountKinds: readonly Resource[] = [roleBindings, roles, secrets, serviceAccounts];

/** Takes away what a federation and the reporter in a member have kept for one another there. */
export async function removeReporterObjects(member: Client, federation: string, signal: AbortSignal): Promise<void> {
  for (const [resource, key] of await reporterObjects(member, federation, signal)) {
    await remove(member, resource, key, signal).catch(ifServed);
  }
}

/** What the reporter was told goes first: then it says no more. Its account stays while another federation needs it. */
export async function reporterObjects(
  member: Client,
  federation: string,
  signal: AbortSignal,
): Promise<readonly Place[]> {
  const labelSelector = `${REPORTER_LABEL}=${reporterRoles.report}`;
  const reports = await served(() => member.list(configMaps, { namespace, labelSelector, signal }));
  const names = (reports?.items ?? []).map(({ metadata }) => metadata.name ?? '');
  const ours = names.filter((name) => name.startsWith(reportName(federation, '')));
  const own: readonly Place[] = [
    [secrets, { namespace, name: peersName(federation) }],
    ...ours.map((name) => [configMaps, { namespace, name }] as const),
  ];
  if (await isSharedWithOthers(member, federation, signal)) return own;
  return [...own, ...accountKinds.map((kind) => [kind, { namespace, name: REPORTER_ACCOUNT }] as const)];
}

async function isSharedWithOthers(member: Client, federation: string, signal: AbortSignal): Promise<boolean> {
  const labelSelector = bookkeeping.joinedTo;
  const accounts = await served(() => member.list(serviceAccounts, { namespace, labelSelector, signal }));
  return (accounts?.items ?? []).some(({ metadata }) => metadata.labels?.[bookkeeping.joinedTo] !== federation);
}

function ifServed(err: unknown): void {
  if (!isNotServed(err)) throw err;
}

/** `undefined` where the member does not serve such things, or where we may not see them: then there are none of ours. */
async function served<R>(call: () => Promise<R>): Promise<R | undefined> {
  try {
    return await call();
  } catch (err) {
    if (isNotServed(err) || (isStatusError(err) && err.code === 403)) return undefined;
    throw err;
  }
}
