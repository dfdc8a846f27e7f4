import type { UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';

type Headers = Readonly<Record<string, string | readonly string[] | undefined>>;

const EXTRA = 'x-remote-extra-';

/** Believes what front proxies with one of these names in their certificates say of their users. */
export function requestHeaderAuthenticator(allowedNames: readonly string[]): Authenticator {
  return async ({ certificate, remoteUser }) => {
    if (certificate === undefined || remoteUser === undefined) return undefined;
    return allowedNames.includes(certificate.commonName) ? remoteUser : undefined;
  };
}

/** The user that a front proxy names, if one does; not to be believed before it is known who says so. */
export function remoteUserOf(headers: Headers): UserInfo | undefined {
  const [username = ''] = listOf(headers['x-remote-user']);
  if (username === '') return undefined;
  const [uid] = listOf(headers['x-remote-uid']);
  const extra = Object.entries(headers)
    .filter(([name]) => name.startsWith(EXTRA))
    .map(([name, values]) => [decoded(name.slice(EXTRA.length)), listOf(values)] as const);
  return {
    username,
    groups: listOf(headers['x-remote-group']),
    ...(uid === undefined ? {} : { uid }),
    ...(extra.length === 0 ? {} : { extra: Object.fromEntries(extra) }),
  };
}

function listOf(value: string | readonly string[] | undefined): readonly string[] {
  if (value === undefined) return [];
  return [value].flat().filter((text) => text !== '');
}

function decoded(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch (err) {
    if (err instanceof URIError) return name;
    throw err;
  }
}
