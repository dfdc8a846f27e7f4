import { createHash, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import { isNotFound, unauthorized } from '../../src/apimachinery/index.ts';
import {
  pods,
  secrets,
  serviceAccounts,
  type BoundObjectReference,
  type ServiceAccount,
} from '../../src/apis/index.ts';
import type { Authenticator, UserInfo } from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';

export interface TokenRequestOptions {
  readonly audiences?: readonly string[];
  /** Without one the token is good for as long as what it is bound to. */
  readonly expiresInSeconds?: number;
  /** The token dies with this object. */
  readonly boundTo?: BoundObjectReference;
}

export interface ServiceAccountTokens {
  issue(account: ServiceAccount, options?: TokenRequestOptions): Promise<string>;
  authenticator(own: Client): Authenticator;
  /** What tokens are for when they do not say. */
  readonly audience: string;
}

interface Named {
  readonly name: string;
  readonly uid: string;
}

/** The claim `kubernetes.io` of a token. */
interface AccountClaims {
  readonly namespace: string;
  readonly serviceaccount: Named;
  readonly pod?: Named;
  readonly secret?: Named;
}

const ALGORITHM = 'ES256';

/** JSON Web Tokens of ServiceAccounts, signed with the EC P-256 key `privateKey` (PEM). */
export function serviceAccountTokens(privateKey: string, issuer: string, clock: Clock): ServiceAccountTokens {
  const key = createPrivateKey(privateKey);
  const publicKey = createPublicKey(key);
  const keyId = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return {
    audience: issuer,
    async issue(account, { audiences = [issuer], expiresInSeconds, boundTo } = {}) {
      const { SignJWT } = await import('jose');
      const now = Math.floor(clock.now() / 1000);
      const { namespace = '', name = '' } = account.metadata;
      const token = new SignJWT({ 'kubernetes.io': claimsOf(account, boundTo) })
        .setProtectedHeader({ alg: ALGORITHM, kid: keyId })
        .setIssuer(issuer)
        .setSubject(`system:serviceaccount:${namespace}:${name}`)
        .setAudience([...audiences])
        .setIssuedAt(now)
        .setNotBefore(now)
        .setJti(randomUUID());
      if (expiresInSeconds !== undefined) token.setExpirationTime(now + expiresInSeconds);
      return token.sign(key);
    },
    authenticator: (own) => authenticator({ own, publicKey, issuer, clock }),
  };
}

function claimsOf({ metadata }: ServiceAccount, boundTo: BoundObjectReference | undefined): AccountClaims {
  const { namespace = '', name = '', uid = '' } = metadata;
  const bound = { name: boundTo?.name ?? '', uid: boundTo?.uid ?? '' };
  return {
    namespace,
    serviceaccount: { name, uid },
    ...(boundTo?.kind === 'Pod' ? { pod: bound } : {}),
    ...(boundTo?.kind === 'Secret' ? { secret: bound } : {}),
  };
}

interface AuthenticatorDeps {
  readonly own: Client;
  readonly publicKey: KeyObject;
  readonly issuer: string;
  readonly clock: Clock;
}

/** Believes tokens of this issuer whose account, and what they are bound to, still exist. */
function authenticator({ own, publicKey, issuer, clock }: AuthenticatorDeps): Authenticator {
  return async ({ bearerToken }, signal) => {
    if (bearerToken === undefined || bearerToken.split('.').length !== 3) return undefined;
    const { decodeJwt, jwtVerify, errors } = await import('jose');
    let claims: AccountClaims;
    try {
      if (decodeJwt(bearerToken).iss !== issuer) return undefined;
      const currentDate = new Date(clock.now());
      const options = { issuer, audience: issuer, algorithms: [ALGORITHM], currentDate };
      const { payload } = await jwtVerify(bearerToken, publicKey, options);
      // @NOTE the signature says that this server wrote it, and it writes nothing else there.
      claims = payload['kubernetes.io'] as AccountClaims;
    } catch (err) {
      if (err instanceof errors.JOSEError || err instanceof TypeError) throw unauthorized();
      throw err;
    }
    await requireLive(own, claims, signal);
    return userOf(claims);
  };
}

async function requireLive(own: Client, claims: AccountClaims, signal: AbortSignal): Promise<void> {
  const { namespace, serviceaccount, pod, secret } = claims;
  const lives = async (resource: Parameters<Client['get']>[0], named: Named | undefined) => {
    if (named === undefined) return true;
    try {
      const { metadata } = await own.get(resource, { namespace, name: named.name }, { signal });
      return metadata.uid === named.uid;
    } catch (err) {
      if (isNotFound(err)) return false;
      throw err;
    }
  };
  const all = [lives(serviceAccounts, serviceaccount), lives(pods, pod), lives(secrets, secret)];
  if ((await Promise.all(all)).includes(false)) throw unauthorized();
}

function userOf({ namespace, serviceaccount, pod }: AccountClaims): UserInfo {
  return {
    username: `system:serviceaccount:${namespace}:${serviceaccount.name}`,
    uid: serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`],
    ...(pod === undefined
      ? {}
      : {
          extra: {
            'authentication.kubernetes.io/pod-name': [pod.name],
            'authentication.kubernetes.io/pod-uid': [pod.uid],
          },
        }),
  };
}
