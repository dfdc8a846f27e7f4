import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../security.ts';

/** Whoever is in `system:masters` may do everything. */
export const mastersAuthorizer: Authorizer = async ({ user }) => ({ allowed: user.groups.includes('system:masters') });

/** Allowed as soon as one of them allows; else the reasons of all. */
export function unionAuthorizer(...authorizers: readonly Authorizer[]): Authorizer {
  return async (attributes) => {
    const reasons: string[] = [];
    for (const authorize of authorizers) {
      const decision = await authorize(attributes);
      if (decision.allowed) return decision;
      if (decision.reason !== undefined && decision.reason !== '') reasons.push(decision.reason);
    }
    return refused(reasons);
  };
}

/** Health and version for everybody; the documents that clients find their way by for whoever has proved who he is. */
export const discoveryAuthorizer: Authorizer = async ({ user, verb, path }) => {
  if (path === undefined || (verb !== 'get' && verb !== 'head')) return { allowed: false };
  if (isUnder(path, PUBLIC)) return { allowed: true };
  return { allowed: user.groups.includes('system:authenticated') && isUnder(path, DISCOVERY) };
};

export function describe({ user, verb, resource, path }: AuthorizationAttributes): string {
  const who = `User ${JSON.stringify(user.username)}`;
  if (resource === undefined) return `${who} cannot ${verb} path ${JSON.stringify(path ?? '')}`;
  const what = resource.subresource === undefined ? resource.plural : `${resource.plural}/${resource.subresource}`;
  const where =
    resource.namespace === undefined
      ? 'at the cluster scope'
      : `in the namespace ${JSON.stringify(resource.namespace)}`;
  return `${who} cannot ${verb} resource ${JSON.stringify(what)} in API group ${JSON.stringify(resource.group)} ${where}`;
}

const PUBLIC = ['/healthz', '/livez', '/readyz', '/version'];
const DISCOVERY = ['/api', '/apis', '/openapi'];

function isUnder(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}

function refused(reasons: readonly string[]): AuthorizationDecision {
  return reasons.length === 0 ? { allowed: false } : { allowed: false, reason: reasons.join('\n') };
}
