import { unauthorized } from '../../apimachinery/index.ts';
import type { Annotate } from '../audit/annotations.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { Authenticator, Credentials } from '../security.ts';
import { anonymous, authenticated, CREDENTIAL_ID } from './users.ts';

/** A verified client certificate: its CN is the user, its organizations are the groups, and it may have a uid. */
export const certificateAuthenticator: Authenticator = async ({ certificate }) => {
  if (certificate === undefined || certificate.commonName === '') return undefined;
  const { commonName: username, organizations: groups, uid, credentialId } = certificate;
  return {
    username,
    groups,
    ...(uid === undefined ? {} : { uid }),
    ...(credentialId === undefined ? {} : { extra: { [CREDENTIAL_ID]: [credentialId] } }),
  };
};

export interface AuthenticateOptions {
  /** Whether who shows no credentials may go on as nobody. */
  readonly allowsAnonymous: boolean;
  readonly annotate: Annotate;
  readonly signal: AbortSignal;
}

/** Who sent a request. Credentials that nobody knows are refused; whoever shows none is anonymous, or refused too. */
export async function authenticate(
  authenticators: readonly Authenticator[],
  credentials: Credentials,
  { allowsAnonymous, annotate, signal }: AuthenticateOptions,
): Promise<UserInfo> {
  for (const ask of authenticators) {
    const found = await ask(credentials, signal);
    if (found === undefined) continue;
    const { audiences: _, auditAnnotations = {}, ...user } = found;
    for (const [key, value] of Object.entries(auditAnnotations)) annotate(key, value);
    return authenticated(user);
  }
  const { bearerToken, certificate, isUnreadable = false } = credentials;
  if (bearerToken !== undefined || certificate !== undefined || isUnreadable || !allowsAnonymous) throw unauthorized();
  return anonymous;
}
