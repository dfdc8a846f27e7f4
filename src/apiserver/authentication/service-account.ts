import { LRUCache } from 'lru-cache';
import {
  badRequest,
  formatTime,
  invalid,
  invalidValue,
  isNotFound,
  unauthorized,
  type KubeObject,
  type Resource,
} from '../../apimachinery/index.ts';
import type { Client } from '../../client/index.ts';
import type { Clock } from '../../component-base/index.ts';
import type { SubresourceRequest, UserInfo } from '../resource-definition.ts';
import type { Authenticator } from '../security.ts';
import type { BoundObject, ServiceAccountTokens, TokenSubject, VerifiedToken } from './service-account-tokens.ts';

const core = { group: '', version: 'v1' } as const;
const serviceAccounts: Resource = { ...core, kind: 'ServiceAccount', plural: 'serviceaccounts', namespaced: true };

/** What a token may be bound to. */
const boundResources: Readonly<Record<BoundObject['kind'], Resource>> = {
  Pod: { ...core, kind: 'Pod', plural: 'pods', namespaced: true },
  Secret: { ...core, kind: 'Secret', plural: 'secrets', namespaced: true },
  Node: { ...core, kind: 'Node', plural: 'nodes', namespaced: false },
};

/** Verified tokens are remembered so long; whether their objects still exist is looked up each time. */
const REMEMBERED_MS = 10_000;
const REMEMBERED_TOKENS = 1_000;

/** Bearer tokens of service accounts. `own` reads the server's own objects. */
export function serviceAccountAuthenticator(tokens: ServiceAccountTokens, own: Client): Authenticator {
  const known = new LRUCache<string, VerifiedToken>({ max: REMEMBERED_TOKENS, ttl: REMEMBERED_MS });
  return async ({ bearerToken }, signal) => {
    if (bearerToken === undefined) return undefined;
    const subject = known.get(bearerToken) ?? (await verify(tokens, bearerToken));
    if (subject === undefined) return undefined;
    known.set(bearerToken, subject);
    if (!(await exists(own, subject, signal))) throw unauthorized();
    return userOf(subject);
  };
}

async function verify(tokens: ServiceAccountTokens, token: string): Promise<VerifiedToken | undefined> {
  try {
    return await tokens.verify(token);
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

function userOf({ namespace, name, uid, id, bound }: VerifiedToken): UserInfo {
  const about = 'authentication.kubernetes.io';
  const extra: Record<string, readonly string[]> = { [`${about}/credential-id`]: [`JTI=${id}`] };
  if (bound?.kind === 'Pod') {
    extra[`${about}/pod-name`] = [bound.name];
    extra[`${about}/pod-uid`] = [bound.uid];
  }
  return {
    username: `system:serviceaccount:${namespace}:${name}`,
    uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    extra,
  };
}

interface TokenRequest extends KubeObject {
  readonly spec?: {
    readonly audiences?: readonly string[];
    readonly expirationSeconds?: number;
    readonly boundObjectRef?: { readonly kind?: string; readonly name?: string; readonly uid?: string };
  };
}

const DEFAULT_SECONDS = 3_600;
const MIN_SECONDS = 600;
const MAX_SECONDS = 2 ** 32;

/** Answers a POST to `serviceaccounts/token`. */
export function tokenRequestHandler(deps: {
  readonly tokens: ServiceAccountTokens;
  readonly own: () => Client;
  readonly clock: Clock;
}): (body: KubeObject, request: SubresourceRequest) => Promise<KubeObject> {
  const { tokens, own, clock } = deps;
  return async (body, { key, signal }) => {
    // @NOTE the server decoded the body against the schema of TokenRequest.
    const { spec = {} } = body as TokenRequest;
    const expirationSeconds = spec.expirationSeconds ?? DEFAULT_SECONDS;
    checkExpiration(expirationSeconds);
    const account = await own().get(serviceAccounts, key, { signal });
    const namespace = key.namespace ?? '';
    const bound = await boundObjectOf(own(), spec.boundObjectRef, namespace, signal);
    const subject = {
      namespace,
      name: key.name,
      uid: account.metadata.uid ?? '',
      ...(bound === undefined ? {} : { bound }),
    };
    const audiences = spec.audiences === undefined || spec.audiences.length === 0 ? [tokens.issuer] : spec.audiences;
    const { token, expiresAt = clock.now() } = await tokens.issue(subject, {
      audiences,
      expiresInSeconds: expirationSeconds,
    });
    return {
      ...body,
      metadata: { ...body.metadata, name: key.name, namespace, creationTimestamp: formatTime(clock.now()) },
      spec: { ...spec, audiences, expirationSeconds },
      status: { token, expirationTimestamp: formatTime(expiresAt) },
    } as KubeObject;
  };
}

function checkExpiration(seconds: number): void {
  const kind = { group: 'authentication.k8s.io', kind: 'TokenRequest' };
  if (seconds < MIN_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration less than 10 minutes'),
    ]);
  }
  if (seconds > MAX_SECONDS) {
    throw invalid(kind, '', [
      invalidValue('spec.expirationSeconds', seconds, 'may not specify a duration larger than 2^32 seconds'),
    ]);
  }
}

type BoundObjectRef = NonNullable<TokenRequest['spec']>['boundObjectRef'];

async function boundObjectOf(
  own: Client,
  ref: BoundObjectRef,
  namespace: string,
  signal: AbortSignal,
): Promise<BoundObject | undefined> {
  if (ref === undefined) return undefined;
  const { kind = '', name = '', uid } = ref;
  if (kind !== 'Pod' && kind !== 'Secret' && kind !== 'Node') {
    throw badRequest(`cannot bind token for serviceaccount to object type ${kind}`);
  }
  const resource = boundResources[kind];
  const object = await own.get(resource, resource.namespaced ? { namespace, name } : { name }, { signal });
  const actual = object.metadata.uid ?? '';
  if (uid !== undefined && uid !== '' && uid !== actual) {
    throw badRequest(
      `the UID in the bound object reference (${uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  }
  return { kind, name, uid: actual };
}
