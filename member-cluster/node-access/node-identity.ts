import type { UserInfo } from '../../src/apiserver/index.ts';

const NODES = 'system:nodes';
const PREFIX = 'system:node:';

/** The name of the node that a user is, empty where it names none; `undefined` of users that are no nodes. */
export function nodeOf({ username, groups }: UserInfo): string | undefined {
  return username.startsWith(PREFIX) && groups.includes(NODES) ? username.slice(PREFIX.length) : undefined;
}

export function nodeUser(name: string): UserInfo {
  return { username: `${PREFIX}${name}`, groups: [NODES] };
}
