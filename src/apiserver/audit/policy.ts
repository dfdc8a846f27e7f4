import type { UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes } from '../security.ts';

export const AUDIT_LEVELS = ['None', 'Metadata', 'Request', 'RequestResponse'] as const;

/** How much is noted of a request; each level adds to the one before. */
export type AuditLevel = (typeof AUDIT_LEVELS)[number];

export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

/** `audit.k8s.io/v1 PolicyRule`: the first that matches decides. An empty list, or none, matches everything. */
export interface AuditRule {
  readonly level: AuditLevel;
  readonly users?: readonly string[];
  readonly userGroups?: readonly string[];
  readonly verbs?: readonly string[];
  readonly resources?: readonly {
    readonly group?: string;
    readonly resources?: readonly string[];
    readonly resourceNames?: readonly string[];
  }[];
  /** An empty text is for resources without a namespace. */
  readonly namespaces?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

/** `audit.k8s.io/v1 Policy`. */
export interface AuditPolicy {
  readonly rules: readonly AuditRule[];
  readonly omitStages?: readonly AuditStage[];
  readonly omitManagedFields?: boolean;
}

export interface AuditDecision {
  readonly level: AuditLevel;
  readonly omitStages: ReadonlySet<AuditStage>;
  readonly omitManagedFields: boolean;
}

const NOTHING: AuditDecision = { level: 'None', omitStages: new Set(), omitManagedFields: false };

/** What a policy wants to know of a request. What no rule is about is not noted. */
export function auditDecision(policy: AuditPolicy, attributes: AuthorizationAttributes): AuditDecision {
  const rule = policy.rules.find((candidate) => matches(candidate, attributes));
  if (rule === undefined) return NOTHING;
  return {
    level: rule.level,
    omitStages: new Set([...(policy.omitStages ?? []), ...(rule.omitStages ?? [])]),
    omitManagedFields: rule.omitManagedFields ?? policy.omitManagedFields ?? false,
  };
}

function matches(rule: AuditRule, { user, verb, resource, path }: AuthorizationAttributes): boolean {
  if (!isOf(rule, user) || !names(rule.verbs, verb)) return false;
  if (resource === undefined) return matchesPath(rule, path ?? '');
  // A rule that is about paths is about no resource.
  if (!isEmpty(rule.nonResourceURLs) || !names(rule.namespaces, resource.namespace ?? '')) return false;
  return isEmpty(rule.resources) || rule.resources?.some((wanted) => matchesResource(wanted, resource)) === true;
}

function names(list: readonly string[] | undefined, value: string): boolean {
  return list === undefined || list.length === 0 || list.includes(value);
}

function isOf({ users, userGroups }: AuditRule, { username, groups }: UserInfo): boolean {
  if (!names(users, username)) return false;
  return isEmpty(userGroups) || userGroups?.some((group) => groups.includes(group)) === true;
}

function matchesPath({ resources, namespaces, nonResourceURLs }: AuditRule, path: string): boolean {
  if (!isEmpty(resources) || !isEmpty(namespaces)) return false;
  if (isEmpty(nonResourceURLs)) return true;
  return (
    nonResourceURLs?.some((url) => (url.endsWith('*') ? path.startsWith(url.slice(0, -1)) : url === path)) === true
  );
}

type Resource = NonNullable<AuthorizationAttributes['resource']>;

function matchesResource(
  { group = '', resources, resourceNames }: NonNullable<AuditRule['resources']>[number],
  resource: Resource,
): boolean {
  if (group !== resource.group) return false;
  if (isEmpty(resources)) return isEmpty(resourceNames);
  const { plural, subresource, name = '' } = resource;
  const full = subresource === undefined ? plural : `${plural}/${subresource}`;
  const isMeant = resources?.some(
    (wanted) =>
      wanted === '*' ||
      wanted === full ||
      (subresource !== undefined && (wanted === `*/${subresource}` || wanted === `${plural}/*`)),
  );
  return isMeant === true && names(resourceNames, name);
}

function isEmpty(list: readonly unknown[] | undefined): boolean {
  return list === undefined || list.length === 0;
}
