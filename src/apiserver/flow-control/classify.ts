import type { UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes } from '../security.ts';
import type { FlowRules, FlowSchemaLike, FlowSubject } from './contract.ts';

const DEFAULT_PRECEDENCE = 1000;

/** In the order in which they are tried. */
export function inPrecedence(schemas: readonly FlowSchemaLike[]): readonly FlowSchemaLike[] {
  const precedence = ({ spec }: FlowSchemaLike) => spec?.matchingPrecedence ?? DEFAULT_PRECEDENCE;
  const name = ({ metadata }: FlowSchemaLike) => metadata.name ?? '';
  return schemas.toSorted((a, b) => precedence(a) - precedence(b) || (name(a) < name(b) ? -1 : 1));
}

/** The first schema one of whose rules names both the user and what is asked. */
export function schemaOf(
  ordered: readonly FlowSchemaLike[],
  attributes: AuthorizationAttributes,
): FlowSchemaLike | undefined {
  return ordered.find(({ spec }) => spec?.rules?.some((rules) => matches(rules, attributes)) === true);
}

/** What requests of one schema are told apart by; they share a queue's turn only with their own kind. */
export function flowOf({ metadata, spec }: FlowSchemaLike, { user, resource }: AuthorizationAttributes): string {
  const schema = metadata.name ?? '';
  switch (spec?.distinguisherMethod?.type) {
    case 'ByUser':
      return `${schema}\n${user.username}`;
    case 'ByNamespace':
      return `${schema}\n${resource?.namespace ?? ''}`;
    default:
      return schema;
  }
}

function matches(rules: FlowRules, attributes: AuthorizationAttributes): boolean {
  if (!rules.subjects.some((subject) => isOf(subject, attributes.user))) return false;
  const { verb, resource, path = '' } = attributes;
  if (resource === undefined) {
    return (rules.nonResourceRules ?? []).some(
      (rule) => has(rule.verbs, verb) && rule.nonResourceURLs.some((url) => matchesUrl(url, path)),
    );
  }
  const { group, plural, subresource, namespace } = resource;
  const full = subresource === undefined ? plural : `${plural}/${subresource}`;
  return (rules.resourceRules ?? []).some((rule) => {
    if (!has(rule.verbs, verb) || !has(rule.apiGroups, group) || !has(rule.resources, full)) return false;
    return namespace === undefined ? rule.clusterScope === true : has(rule.namespaces ?? [], namespace);
  });
}

function isOf({ kind, user, group, serviceAccount }: FlowSubject, { username, groups }: UserInfo): boolean {
  switch (kind) {
    case 'User':
      return user !== undefined && (user.name === '*' || user.name === username);
    case 'Group':
      return group !== undefined && (group.name === '*' || groups.includes(group.name));
    case 'ServiceAccount': {
      if (serviceAccount === undefined) return false;
      const prefix = `system:serviceaccount:${serviceAccount.namespace}:`;
      return serviceAccount.name === '*' ? username.startsWith(prefix) : username === prefix + serviceAccount.name;
    }
    default:
      return false;
  }
}

function has(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

// `*`, `/healthz`, or `/apis/*` for everything below.
function matchesUrl(wanted: string, path: string): boolean {
  if (wanted === '*' || wanted === path) return true;
  return wanted.endsWith('/*') && path.startsWith(wanted.slice(0, -1));
}
