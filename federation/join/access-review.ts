import { isStatusError } from '../../src/apimachinery/index.ts';
import {
  clusterRoles,
  selfSubjectAccessReviews,
  selfSubjectRulesReviews,
  type SelfSubjectRulesReview,
} from '../../src/apis/index.ts';
import type { Client } from '../../src/client/index.ts';
import { mapConcurrent } from '../../src/component-base/index.ts';
import { FEDERATION_SYSTEM_NAMESPACE } from '../apis/index.ts';
import { allows, deedsOf, gaps, type Deed } from './access-gaps.ts';
import { memberRules, type Wishes } from './member-rules.ts';

const CONCURRENT = 4;

export interface AccessReview {
  readonly missing: readonly Deed[];
  /** The account may change what its own role says. */
  readonly mayWiden: boolean;
}

/** What the member does not let us do of what we have to; `undefined` where it cannot be asked. */
export async function reviewAccess(
  member: Client,
  wishes: Wishes,
  signal: AbortSignal,
): Promise<AccessReview | undefined> {
  const status = await rulesOf(member, signal);
  if (status === undefined) return undefined;
  const { resourceRules, incomplete } = status;
  const unlisted = gaps(deedsOf(memberRules(wishes)), resourceRules);
  // Authorizers that are no lists of rules are asked for each thing by itself.
  const missing = incomplete ? await refused(member, unlisted, signal) : unlisted;
  // To write roles is not enough: nobody grants himself what he does not have, unless he may escalate.
  const mayWiden = ['update', 'escalate'].every((verb) =>
    resourceRules.some(
      (rule) =>
        allows(rule, { group: clusterRoles.group, plural: clusterRoles.plural, verb }) &&
        (rule.resourceNames?.includes(wishes.role) ?? true),
    ),
  );
  return { missing, mayWiden };
}

async function rulesOf(member: Client, signal: AbortSignal): Promise<SelfSubjectRulesReview['status']> {
  try {
    const review = { metadata: {}, spec: { namespace: FEDERATION_SYSTEM_NAMESPACE } };
    return (await member.create(selfSubjectRulesReviews, review, { signal })).status;
  } catch (err) {
    if (isStatusError(err) && (err.code === 404 || err.code === 403 || err.code === 405)) return undefined;
    throw err;
  }
}

async function refused(member: Client, deeds: readonly Deed[], signal: AbortSignal): Promise<readonly Deed[]> {
  const answers = await mapConcurrent(deeds, CONCURRENT, (deed) => isAllowed(member, deed, signal), signal);
  return deeds.filter((_deed, index) => {
    const answer = answers[index];
    if (answer?.status === 'rejected') throw answer.reason;
    return answer?.value === false;
  });
}

async function isAllowed(member: Client, { group, plural, verb }: Deed, signal: AbortSignal): Promise<boolean> {
  const resourceAttributes = { group, resource: plural, verb };
  const { status } = await member.create(
    selfSubjectAccessReviews,
    { metadata: {}, spec: { resourceAttributes } },
    { signal },
  );
  return status?.allowed === true;
}
