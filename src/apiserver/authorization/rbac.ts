import type { KubeObject } from '../../apimachinery/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes, Authorizer } from '../security.ts';

/** `rbac.authorization.k8s.io/v1`, as far as a decision needs it. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

export interface RoleLike extends KubeObject {
  readonly rules?: readonly PolicyRule[];
}

export interface BindingLike extends KubeObject {
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace?: string }[];
  readonly roleRef: { readonly kind: string; readonly name: string };
}

/** Where roles and bindings are read; informers' listers fit. Keys are `name` and `namespace/name`. */
export interface RbacSource {
  readonly clusterRoles: { get(key: string): RoleLike | undefined };
  readonly roles: { get(key: string): RoleLike | undefined };
  readonly clusterRoleBindings: { list(): readonly BindingLike[] };
  readonly roleBindings: { list(namespace?: string): readonly BindingLike[] };
}

/** Allows what the rules of any role bound to the user allow; RBAC has no rule that denies. */
export function rbacAuthorizer(source: RbacSource): Authorizer {
  return async (attributes) => {
    const { user, resource } = attributes;
    for (const { binding, rules } of grantsFor(source, user, resource?.namespace)) {
      if (rules.some((rule) => ruleAllows(rule, attributes))) return { allowed: true, reason: reasonOf(binding, user) };
    }
    return { allowed: false };
  };
}

function reasonOf({ metadata, roleRef, subjects = [] }: BindingLike, user: UserInfo): string {
  const { name = '', namespace } = metadata;
  const place = namespace === undefined ? `ClusterRoleBinding "${name}"` : `RoleBinding "${name}/${namespace}"`;
  const subject = subjects.find((each) => isSubject(each, metadata, user));
  const own = subject?.kind === 'ServiceAccount' ? `/${subject.namespace ?? namespace ?? ''}` : '';
  const who = `${subject?.kind ?? ''} "${subject?.name ?? ''}${own}"`;
  return `RBAC: allowed by ${place} of ${roleRef.kind} "${roleRef.name}" to ${who}`;
}

/** Every rule that applies to the user at the cluster scope and, when given, in one namespace. */
export function* rulesFor(source: RbacSource, user: UserInfo, namespace?: string): Generator<PolicyRule> {
  for (const { rules } of grantsFor(source, user, namespace)) yield* rules;
}

interface Grant {
  readonly binding: BindingLike;
  readonly rules: readonly PolicyRule[];
}

function* grantsFor(source: RbacSource, user: UserInfo, namespace?: string): Generator<Grant> {
  for (const binding of source.clusterRoleBindings.list()) {
    if (binds(binding, user)) yield grantOf(binding, source.clusterRoles.get(binding.roleRef.name));
  }
  if (namespace === undefined) return;
  for (const binding of source.roleBindings.list(namespace)) {
    if (!binds(binding, user)) continue;
    const { kind, name } = binding.roleRef;
    const role = kind === 'ClusterRole' ? source.clusterRoles.get(name) : source.roles.get(`${namespace}/${name}`);
    yield grantOf(binding, role);
  }
}

function grantOf(binding: BindingLike, role: RoleLike | undefined): Grant {
  return { binding, rules: role?.rules ?? [] };
}

function binds({ subjects = [], metadata }: BindingLike, user: UserInfo): boolean {
  return subjects.some((subject) => isSubject(subject, metadata, user));
}

function isSubject(
  { kind, name, namespace }: NonNullable<BindingLike['subjects']>[number],
  metadata: BindingLike['metadata'],
  { username, groups }: UserInfo,
): boolean {
  switch (kind) {
    case 'User':
      return username === name;
    case 'Group':
      return groups.includes(name);
    case 'ServiceAccount':
      return username === `system:serviceaccount:${namespace ?? metadata.namespace ?? ''}:${name}`;
    default:
      return false;
  }
}

export function ruleAllows(rule: PolicyRule, { verb, resource, path }: AuthorizationAttributes): boolean {
  if (!includes(rule.verbs, verb)) return false;
  if (resource === undefined) return (rule.nonResourceURLs ?? []).some((url) => matchesUrl(url, path ?? ''));
  const { group, plural, subresource, name } = resource;
  return (
    includes(rule.apiGroups, group) &&
    (rule.resources ?? []).some((wanted) => matchesResource(wanted, plural, subresource)) &&
    (rule.resourceNames === undefined || rule.resourceNames.length === 0 || rule.resourceNames.includes(name ?? ''))
  );
}

function includes(list: readonly string[] = [], value: string): boolean {
  return list.includes('*') || list.includes(value);
}

// `pods`, `pods/log`, `*` for everything, `*/scale` for that subresource of everything.
function matchesResource(wanted: string, plural: string, subresource: string | undefined): boolean {
  if (wanted === '*') return true;
  const full = subresource === undefined ? plural : `${plural}/${subresource}`;
  return wanted === full || (subresource !== undefined && wanted === `*/${subresource}`);
}

function matchesUrl(wanted: string, path: string): boolean {
  return wanted.endsWith('*') ? path.startsWith(wanted.slice(0, -1)) : wanted === path;
}
