import { createHash } from 'node:crypto';
import type { UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';

/** Users by what their tokens hash to: how long a look-up takes tells nothing of the tokens. */
export type TokenUsers = ReadonlyMap<string, UserInfo>;

const COLUMNS = 3;

/**
 * Reads lines of `token,user,uid,"group1,group2"`, the last of which may be left out, as `--token-auth-file` of
 * kube-apiserver has them. Throws for what is no such line, by its number: one that is skipped is somebody locked out.
 */
export function parseTokenFile(text: string): TokenUsers {
  const users = new Map<string, UserInfo>();
  for (const [index, line] of text.split(/\r?\n/).entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const at = `line ${index + 1} of the token file`;
    const { token, user } = userIn(line, at);
    const key = hashOf(token);
    if (users.has(key)) throw new Error(`${at} has a token that a line before it has too`);
    users.set(key, user);
  }
  return users;
}

function userIn(line: string, at: string): { readonly token: string; readonly user: UserInfo } {
  const fields = fieldsOf(line);
  if (fields === undefined) throw new Error(`${at} has a quote that is not where quotes may be`);
  if (fields.length < COLUMNS) {
    throw new Error(`${at} must have at least 3 columns (token, user name, user uid), found ${fields.length}`);
  }
  const [token = '', username = '', uid = '', list = ''] = fields;
  if (token === '' || username === '') throw new Error(`${at} has no ${token === '' ? 'token' : 'user name'}`);
  const groups = list.split(',').flatMap((group) => (group.trim() === '' ? [] : [group.trim()]));
  return { token, user: { username, groups, ...(uid === '' ? {} : { uid }) } };
}

/** Bearer tokens that a file lists. */
export function tokenFileAuthenticator(users: TokenUsers): Authenticator {
  return async ({ bearerToken }) => (bearerToken === undefined ? undefined : users.get(hashOf(bearerToken)));
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('base64');
}

/** The fields of a line of RFC 4180; blanks before a field do not count. */
function fieldsOf(line: string): readonly string[] | undefined {
  const FIELD = /[ \t]*(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;
  const fields: string[] = [];
  for (;;) {
    const [found, quoted, plain = '', end] = FIELD.exec(line) ?? [];
    if (found === undefined) return undefined;
    fields.push(quoted?.replaceAll('""', '"') ?? plain);
    if (end === '') return fields;
  }
}
