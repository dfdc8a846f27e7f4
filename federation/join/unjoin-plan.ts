import { namespaces, secrets } from '../../src/apis/index.ts';
import { systemClock, withDeadline } from '../../src/component-base/index.ts';
import { clusters, FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { leftInMember } from './left-behind.ts';
import { accountPlaces } from './member-account.ts';
import { describePlace, presentOf, type Place } from './present-objects.ts';
import { reporterObjects } from './reporter-objects.ts';
import { describe, shardsIn } from './shards.ts';
import { isMadeByJoin } from './system-namespace.ts';
import { unjoinSubject, type UnjoinOptions, type UnjoinSubject } from './unjoin-subject.ts';
import { wantedKinds } from './wanted-kinds.ts';

/** What an unjoin would take away, in words, in the order in which it would. */
export interface UnjoinPlan {
  readonly federation: readonly string[];
  readonly member: readonly string[];
  /** What would stay in a member that cannot be reached. */
  readonly left: readonly string[];
}

/** What `unjoinCluster` would do with these options; nothing is written. Rejects where it would for what it finds. */
export async function planUnjoin(options: UnjoinOptions): Promise<UnjoinPlan> {
  const { federation, name } = options;
  const signal = withDeadline(options.memberTimeoutMs ?? 60_000, options.signal);
  const subject = await unjoinSubject(options, signal);
  const { cluster, credentials, names, unreachable } = subject;
  const places: readonly Place[] = [
    ...(cluster === undefined ? [] : [[clusters, { name }] as const]),
    ...credentials.map((secret) => [secrets, { name: secret, namespace: FEDERATION_SYSTEM_NAMESPACE }] as const),
  ];
  return {
    federation: (await presentOf(federation, places, signal)).map(describePlace),
    member: unreachable === undefined ? await inMember(options, subject, signal) : [],
    left: unreachable === undefined ? [] : await leftInMember(options, names, signal),
  };
}

async function inMember(
  { federation, member, federationName, cascade = 'orphan', clock = systemClock }: UnjoinOptions,
  { names }: UnjoinSubject,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (member === undefined) return [];
  const deps = { member, federationName, clock, signal };
  const shards = cascade === 'delete' ? await shardsIn(deps, await wantedKinds(federation, signal)) : [];
  const places = [...(await reporterObjects(member, federationName, signal)), ...accountPlaces(names)];
  const goes = await isMadeByJoin(member, names.namespace, signal);
  return [
    ...shards.map(describe),
    `the entry of federation ${federationName} in configmaps kube-dns and coredns -n kube-system`,
    ...(await presentOf(member, places, signal)).map(describePlace),
    ...(goes ? [`${describePlace([namespaces, { name: names.namespace }])}, unless somebody else is in it`] : []),
  ];
}
