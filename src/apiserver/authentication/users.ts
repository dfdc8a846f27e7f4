import type { UserInfo } from '../resource-definition.ts';

export const AUTHENTICATED = 'system:authenticated';

/** Of what is known of a user beside his names: by which credential he is known. */
export const CREDENTIAL_ID = 'authentication.kubernetes.io/credential-id';

/** Who has shown no credentials. */
export const anonymous: UserInfo = { username: 'system:anonymous', groups: ['system:unauthenticated'] };

/** The server itself, when plugins, authenticators and authorizers read through it. */
export const serverItself: UserInfo = { username: 'system:apiserver', groups: ['system:masters', AUTHENTICATED] };

export function authenticated(user: UserInfo): UserInfo {
  if (user.username === anonymous.username || user.groups.includes(AUTHENTICATED)) return user;
  return { ...user, groups: [...user.groups, AUTHENTICATED] };
}
