import { badRequest } from '../../apimachinery/index.ts';
import { requireAllowed } from '../authorization/gate.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes, Authorizer } from '../security.ts';
import { authenticated } from './users.ts';

export type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const EXTRA = 'impersonate-extra-';
const SERVICE_ACCOUNT = 'system:serviceaccount:';

/** The user to go on as: whom the `Impersonate-…` headers name, provided that `user` may be them. */
export async function impersonated(user: UserInfo, headers: Headers, authorizer: Authorizer): Promise<UserInfo> {
  const username = valuesOf(headers, 'impersonate-user')[0];
  const groups = valuesOf(headers, 'impersonate-group');
  const uid = valuesOf(headers, 'impersonate-uid')[0];
  const extra = extraOf(headers);
  if (username === undefined) {
    if (groups.length === 0 && uid === undefined && Object.keys(extra).length === 0) return user;
    throw badRequest('requested impersonation of groups, a UID or extra without impersonating a user');
  }
  const may = (resource: Omit<NonNullable<AuthorizationAttributes['resource']>, 'version'>) =>
    requireAllowed(authorizer, { user, verb: 'impersonate', resource: { version: 'v1', ...resource } });
  await may(accountOf(username));
  for (const name of groups) await may({ group: '', plural: 'groups', name });
  if (uid !== undefined) await may({ group: 'authentication.k8s.io', plural: 'uids', name: uid });
  for (const [key, values] of Object.entries(extra)) {
    for (const name of values)
      await may({ group: 'authentication.k8s.io', plural: 'userextras', subresource: key, name });
  }
  return authenticated({
    username,
    groups: groups.length > 0 ? groups : groupsOf(username),
    ...(uid === undefined ? {} : { uid }),
    extra,
  });
}

function accountOf(username: string) {
  const [namespace, name] = serviceAccount(username);
  if (namespace === undefined || name === undefined) return { group: '', plural: 'users', name: username };
  return { group: '', plural: 'serviceaccounts', namespace, name };
}

function groupsOf(username: string): readonly string[] {
  const [namespace, name] = serviceAccount(username);
  if (namespace === undefined || name === undefined) return [];
  return ['system:serviceaccounts', `system:serviceaccounts:${namespace}`];
}

function serviceAccount(username: string): readonly (string | undefined)[] {
  return username.startsWith(SERVICE_ACCOUNT) ? username.slice(SERVICE_ACCOUNT.length).split(':', 2) : [];
}

function extraOf(headers: Headers): Readonly<Record<string, readonly string[]>> {
  const names = Object.keys(headers).filter((name) => name.startsWith(EXTRA));
  return Object.fromEntries(names.map((name) => [unescaped(name.slice(EXTRA.length)), valuesOf(headers, name)]));
}

/** What is not escaped properly counts as it stands. */
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}

function valuesOf(headers: Headers, name: string): readonly string[] {
  const value = headers[name];
  if (value === undefined) return [];
  return [value].flat().filter((part) => part !== '');
}
