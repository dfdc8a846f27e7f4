import { LRUCache } from 'lru-cache';
import { isNotFound, unauthorized, type KubeObject, type Resource } from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';
import type { ServiceAccountTokens, TokenSubject, VerifiedToken } from './service-account-tokens.ts';
import { boundResources, serviceAccounts } from './token-objects.ts';

/** Verified tokens are remembered so long; whether their objects still exist is looked up each time. */
const REMEMBERED_MS = 10_000;
const REMEMBERED_TOKENS = 1_000;
const LEGACY = 'authentication.k8s.io/legacy-token';

/** Bearer tokens of service accounts. `own` reads the server's own objects. */
export function serviceAccountAuthenticator(tokens: ServiceAccountTokens, own: Client): Authenticator {
  const known = new LRUCache<string, VerifiedToken>({ max: REMEMBERED_TOKENS, ttl: REMEMBERED_MS });
  return async ({ bearerToken, audiences }, signal) => {
    if (bearerToken === undefined) return undefined;
    const question = JSON.stringify([bearerToken, audiences]);
    const subject = known.get(question) ?? (await verify(tokens, bearerToken, audiences));
    if (subject === undefined) return undefined;
    known.set(question, subject);
    if (!(await exists(own, subject, signal))) throw unauthorized();
    const user = userOf(subject);
    const auditAnnotations = subject.isLegacy ? { [LEGACY]: user.username } : {};
    return { ...user, audiences: subject.audiences, auditAnnotations };
  };
}

async function verify(
  tokens: ServiceAccountTokens,
  token: string,
  audiences: readonly string[] | undefined,
): Promise<VerifiedToken | undefined> {
  try {
    return await tokens.verify(token, audiences);
  } catch (err) {
    throw Object.assign(unauthorized(), { cause: err });
  }
}

/** The account and what the token is bound to are still the ones it was issued for. */
async function exists(
  own: Client,
  { namespace, name, uid, bound }: TokenSubject,
  signal: AbortSignal,
): Promise<boolean> {
  const account = await find(own, serviceAccounts, { namespace, name }, signal);
  if (account?.metadata.uid !== uid || account.metadata.deletionTimestamp !== undefined) return false;
  if (bound === undefined) return true;
  const resource = boundResources[bound.kind];
  const key = resource.namespaced ? { namespace, name: bound.name } : { name: bound.name };
  return (await find(own, resource, key, signal))?.metadata.uid === bound.uid;
}

async function find(
  own: Client,
  resource: Resource,
  key: { readonly namespace?: string; readonly name: string },
  signal: AbortSignal,
): Promise<KubeObject | undefined> {
  try {
    return await own.get(resource, key, { signal });
  } catch (err) {
    if (isNotFound(err)) return undefined;
    throw err;
  }
}

function userOf({ namespace, name, uid, id, bound, node }: VerifiedToken): UserInfo {
  const about = 'authentication.kubernetes.io';
  const extra: Record<string, readonly string[]> = { [`${about}/credential-id`]: [`JTI=${id}`] };
  if (bound?.kind === 'Pod') {
    extra[`${about}/pod-name`] = [bound.name];
    extra[`${about}/pod-uid`] = [bound.uid];
  }
  const at = bound?.kind === 'Node' ? bound : node;
  if (at !== undefined) {
    extra[`${about}/node-name`] = [at.name];
    extra[`${about}/node-uid`] = [at.uid];
  }
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra,
  };
}
