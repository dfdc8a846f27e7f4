import { LRUCache } from 'lru-cache';
import { unauthorized } from '../../../apimachinery/index.ts';
import type { Clock, Logger } from '../../../component-base/index.ts';
import type { UserInfo } from '../../resource-definition.ts';
import type { Authenticator } from '../../security.ts';
import type { IssuerKeys } from './issuer-keys.ts';
import type { TrustedIssuer } from './trusted-issuer.ts';
import { checkUnsigned, issuerOf, untrusted, verifiedClaims, type UntrustedToken } from './verify-token.ts';

export interface JwtAuthenticatorDeps {
  readonly issuers: readonly (TrustedIssuer & { readonly keys: IssuerKeys })[];
  /** With which tokens may be signed. */
  readonly algorithms: readonly string[];
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tokens that were believed are remembered so long, unless they are over before. */
const REMEMBERED_MS = 10_000;
const REMEMBERED_TOKENS = 1_000;

interface Believed {
  readonly user: UserInfo;
  readonly until: number;
}

/** Bearer tokens that issuers outside have signed; the token says which, and that one alone is asked for its keys. */
export function jwtAuthenticator({ issuers, algorithms, clock, log }: JwtAuthenticatorDeps): Authenticator {
  const known = new LRUCache<string, Believed>({ max: REMEMBERED_TOKENS });
  const byUrl = new Map(issuers.map((issuer) => [issuer.url, issuer]));
  return async ({ bearerToken }, signal) => {
    if (bearerToken === undefined) return undefined;
    const now = clock.now();
    const believed = known.get(bearerToken);
    if (believed !== undefined && now < believed.until) return believed.user;
    const token = await untrusted(bearerToken);
    const issuer = token && byUrl.get(issuerOf(token));
    if (token === undefined || issuer === undefined) return undefined;
    try {
      const user = await userOf(token, issuer, { algorithms, now, signal });
      const expiry = Number(token.claims['exp']) * 1000;
      known.set(bearerToken, { user, until: Math.min(now + REMEMBERED_MS, expiry) });
      return user;
    } catch (err) {
      signal.throwIfAborted();
      log.info({ err, issuer: issuer.url }, 'a token is not believed');
      throw Object.assign(unauthorized(), { cause: err });
    }
  };
}

interface Question {
  readonly algorithms: readonly string[];
  readonly now: number;
  readonly signal: AbortSignal;
}

async function userOf(
  token: UntrustedToken,
  issuer: JwtAuthenticatorDeps['issuers'][number],
  { algorithms, now, signal }: Question,
): Promise<UserInfo> {
  try {
    checkUnsigned(token, { algorithms, audiences: issuer.audiences, now });
  } catch (err) {
    throw notVerified(err instanceof Error ? err.message : String(err), err);
  }
  const claims = await issuer.keys.find((keys) => verifiedClaims(token, keys), signal);
  if (claims === undefined) throw notVerified('failed to verify signature: failed to verify id token signature');
  return issuer.userOf(claims);
}

function notVerified(why: string, cause?: unknown): Error {
  return new Error(`oidc: verify token: ${why}`, { cause });
}
