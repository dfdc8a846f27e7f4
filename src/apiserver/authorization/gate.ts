import { forbidden, statusError, type StatusError } from '../../apimachinery/index.ts';
import type { AuthorizationAttributes, AuthorizationDecision, Authorizer } from '../security.ts';
import { describe } from './authorizers.ts';

/** Throws 403 unless the authorizer allows it. */
export async function requireAllowed(authorizer: Authorizer, attributes: AuthorizationAttributes): Promise<void> {
  const decision = await authorizer(attributes);
  if (!decision.allowed) throw refusal(attributes, decision);
}

function refusal(attributes: AuthorizationAttributes, { reason }: AuthorizationDecision): StatusError {
  const { resource } = attributes;
  const why = reason === undefined || reason === '' ? describe(attributes) : `${describe(attributes)}: ${reason}`;
  if (resource !== undefined) return forbidden(resource, resource.name ?? '', why);
  return statusError(403, 'Forbidden', `forbidden: ${why}`, { details: {} });
}
