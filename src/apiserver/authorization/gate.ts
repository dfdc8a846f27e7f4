import { forbidden, statusError, type StatusError } from '../../apimachinery/index.ts';
import type { Annotate } from '../audit/annotations.ts';
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../security.ts';
import { describe } from './authorizers.ts';

const DECISION = 'authorization.k8s.io/decision';
const REASON = 'authorization.k8s.io/reason';

/** Throws 403 unless the authorizer allows it. */
export async function requireAllowed(authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<void> {
  const decision = await authorizer(attributes);
  if (!decision.allowed) throw refusal(attributes, decision);
}

/** The same of a whole request, for its audit event too. */
export function requireAllowedNoting(
  authorizer: Authorizer,
  attributes: AuthorizationAttributes,
  annotate: Annotate,
): Promise<void> {
  const noting: Authorizer = async (asked) => {
    const decision = await authorizer(asked).catch((err: unknown) => {
      annotate(REASON, 'internal error');
      throw err;
    });
    annotate(DECISION, decision.allowed ? 'allow' : 'forbid');
    annotate(REASON, decision.reason ?? '');
    return decision;
  };
  return requireAllowed(noting, attributes);
}

function refusal(attributes: AuthorizationAttributes, { reason }: AuthorizationDecision): StatusError {
  const { resource } = attributes;
  const why = reason === undefined || reason === '' ? describe(attributes) : `${describe(attributes)}: ${reason}`;
  if (resource !== undefined) return forbidden(resource, resource.name ?? '', why);
  return statusError(403, 'Forbidden', `forbidden: ${why}`, { details: {} });
}
