import { deepEqual, forbidden, type KubeObject } from '../../apimachinery/index.ts';
import type { AdmissionPlugin, AdmissionRequest } from '../admission.ts';
import type { AuthorizationAttributes } from '../security.ts';
import { rbacAuthorizer, rulesFor, type BindingLike, type PolicyRule, type RbacSource, type RoleLike } from './rbac.ts';
import { uncovered } from './rule-cover.ts';

const GROUP = 'rbac.authorization.k8s.io';
const ROLES: readonly string[] = ['roles', 'clusterroles'];
const BINDINGS: readonly string[] = ['rolebindings', 'clusterrolebindings'];
const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Nobody grants what he may not do himself: a role may hold only rules that its writer has in the same place, unless he
 * may `escalate` it, and a binding may name only a role whose rules its writer has, unless he may `bind` it.
 */
export function rbacEscalation(source: RbacSource): AdmissionPlugin {
  const authorize = rbacAuthorizer(source);
  return {
    name: 'RBACEscalation',
    handles: ({ resource, operation, subresource }) =>
      resource.group === GROUP &&
      operation !== 'DELETE' &&
      subresource === undefined &&
      (ROLES.includes(resource.plural) || BINDINGS.includes(resource.plural)),
    async validate(request) {
      const { user } = request;
      if (user.groups.includes('system:masters')) return;
      const grant = ROLES.includes(request.resource.plural) ? grantOfRole(request) : grantOfBinding(request, source);
      if (grant === undefined || (await authorize({ user, ...grant.permit })).allowed) return;
      const missing = uncovered([...rulesFor(source, user, request.namespace)], grant.rules);
      if (missing.length > 0) throw refusal(request, missing);
    },
  };
}

interface Grant {
  readonly rules: readonly PolicyRule[];
  /** Who may do this need not have the rules. */
  readonly permit: Pick<AuthorizationAttributes, 'verb' | 'resource'>;
}

/** `undefined` when nothing is granted that was not granted before. */
function grantOfRole({ object, oldObject, resource, namespace, name }: AdmissionRequest): Grant | undefined {
  const role = asRole(object);
  const old = asRole(oldObject);
  const same = deepEqual(role?.rules, old?.rules) && deepEqual(role?.aggregationRule, old?.aggregationRule);
  if (role === undefined || (old !== undefined && same)) return undefined;
  // A role that gathers the rules of others may come to hold any.
  const rules = role.aggregationRule === undefined ? (role.rules ?? []) : EVERYTHING;
  return { rules, permit: permitTo('escalate', { plural: resource.plural, namespace, name }) };
}

function grantOfBinding({ object, oldObject, namespace }: AdmissionRequest, source: RbacSource): Grant | undefined {
  const binding = asBinding(object);
  const old = asBinding(oldObject);
  const same = deepEqual(binding?.subjects, old?.subjects) && deepEqual(binding?.roleRef, old?.roleRef);
  if (binding === undefined || (old !== undefined && same)) return undefined;
  const { kind, name } = binding.roleRef;
  const plural = kind === 'ClusterRole' ? 'clusterroles' : 'roles';
  return { rules: rulesBehind(binding, namespace, source), permit: permitTo('bind', { plural, namespace, name }) };
}

function rulesBehind({ roleRef }: BindingLike, namespace = '', source: RbacSource): readonly PolicyRule[] {
  const { kind, name } = roleRef;
  const role = kind === 'ClusterRole' ? source.clusterRoles.get(name) : source.roles.get(`${namespace}/${name}`);
  // What a role that is not there yet will hold, nobody knows.
  return role === undefined ? EVERYTHING : (role.rules ?? []);
}

function permitTo(
  verb: string,
  {
    plural,
    namespace,
    name,
  }: { readonly plural: string; readonly namespace: string | undefined; readonly name: string },
): Grant['permit'] {
  const resource = { group: GROUP, version: 'v1', plural, ...(name === '' ? {} : { name }) };
  return { verb, resource: namespace === undefined ? resource : { ...resource, namespace } };
}

function refusal({ resource, name, user }: AdmissionRequest, missing: readonly PolicyRule[]) {
  const rules = missing.map((rule) => JSON.stringify(rule)).join('\n');
  const who = `user ${JSON.stringify(user.username)} (groups=${JSON.stringify(user.groups)})`;
  return forbidden(resource, name, `${who} is attempting to grant RBAC permissions not currently held:\n${rules}`);
}

type AggregatingRole = RoleLike & { readonly aggregationRule?: object };

function asRole(object: KubeObject | undefined): AggregatingRole | undefined {
  return object;
}

function asBinding(object: KubeObject | undefined): BindingLike | undefined {
  // @NOTE the resource was checked, and the registry decoded the object against its schema.
  return object as BindingLike | undefined;
}
