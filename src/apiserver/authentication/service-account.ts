import { LRUCache } from 'lru-cache';
import { isNotFound, parseTime, unauthorized, type KubeObject, type Resource } from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { Clock } from '../../component-base/index.ts';
import type { UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';
import type { ServiceAccountTokens, TokenSubject, VerifiedToken } from './service-account-tokens.ts';
import { boundResources, serviceAccounts } from './token-objects.ts';
import { CREDENTIAL_ID } from './users.ts';

/** Verified tokens are remembered so long; whether their objects still exist is looked up each time. */
const REMEMBERED_MS = 10_000;
const REMEMBERED_TOKENS = 1_000;
const LEGACY = 'authentication.k8s.io/legacy-token';

/** How long tokens still hold after what they are bound to was to be gone. */
const LEEWAY_MS = 60_000;

export interface ServiceAccountDeps {
  readonly tokens: ServiceAccountTokens;
  /** Reads the server's own objects. */
  readonly own: Client;
  readonly clock: Clock;
}

/** Bearer tokens of service accounts. */
export function serviceAccountAuthenticator({ tokens, own, clock }: ServiceAccountDeps): Authenticator {
  const known = new LRUCache<string, VerifiedToken>({ max: REMEMBERED_TOKENS, ttl: REMEMBERED_MS });
  return async ({ bearerToken, audiences }, signal) => {
    if (bearerToken === undefined) return undefined;
    const question = JSON.stringify([bearerToken, audiences]);
    const subject = known.get(question) ?? (await verify(tokens, bearerToken, audiences));
    if (subject === undefined) return undefined;
    known.set(question, subject);
    const problem = await problemOf(subject, { own, deletedBefore: clock.now() - LEEWAY_MS, signal });
    if (problem !== undefined) throw refused(new Error(problem));
    const user = userOf(subject);
    const auditAnnotations = subject.isLegacy ? { [LEGACY]: user.username } : {};
    return { ...user, audiences: subject.audiences, auditAnnotations };
  };
}

function refused(cause: unknown): Error {
  return Object.assign(unauthorized(), { cause });
}

async function verify(
  tokens: ServiceAccountTokens,
  token: string,
  audiences: readonly string[] | undefined,
): Promise<VerifiedToken | undefined> {
  try {
    return await tokens.verify(token, audiences);
  } catch (err) {
    throw refused(err);
  }
}

interface LookUp {
  readonly own: Client;
  /** What was to be gone by then is. */
  readonly deletedBefore: number;
  readonly signal: AbortSignal;
}

/** Why a token is no longer good: the account, or what it is bound to, is not the one it was issued for. */
async function problemOf(subject: TokenSubject, { own, deletedBefore, signal }: LookUp): Promise<string | undefined> {
  const { namespace, name, uid, bound } = subject;
  const isGone = ({ metadata: { deletionTimestamp } }: KubeObject) =>
    deletionTimestamp !== undefined && (parseTime(deletionTimestamp) ?? 0) < deletedBefore;
  const account = await find(own, serviceAccounts, { namespace, name }, signal);
  if (account === undefined) return `serviceaccounts ${JSON.stringify(name)} not found`;
  const { uid: actual = '' } = account.metadata;
  if (actual !== uid) return `service account UID (${actual}) does not match claim (${uid})`;
  if (isGone(account)) return `service account ${namespace}/${name} has been deleted`;
  if (bound === undefined) return undefined;

  const resource = boundResources[bound.kind];
  const key = resource.namespaced ? { namespace, name: bound.name } : { name: bound.name };
  const object = await find(own, resource, key, signal);
  if (object === undefined || isGone(object)) return 'service account token has been invalidated';
  const { uid: found = '' } = object.metadata;
  if (found === bound.uid) return undefined;
  const kind = bound.kind.toLowerCase();
  return `${kind} UID (${found}) does not match service account ${kind} ref claim (${bound.uid})`;
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
  const extra: Record<string, readonly string[]> = { [CREDENTIAL_ID]: [`JTI=${id}`] };
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
