import { createHash, createPrivateKey, createPublicKey, randomUUID, type KeyObject } from 'node:crypto';
import type * as Jose from 'jose';
import type { Clock } from '../../component-base/index.ts';
import { TOKEN_ISSUER } from './token-issuer.ts';

/** What a token is bound to beside its service account: it dies with it. */
export interface BoundObject {
  readonly kind: 'Pod' | 'Secret' | 'Node';
  readonly name: string;
  readonly uid: string;
}

export interface TokenSubject {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly bound?: BoundObject;
  /** Where the pod is that the token is bound to. */
  readonly node?: Named;
}

export interface IssuedToken {
  readonly token: string;
  /** Milliseconds since the epoch; absent for tokens that live as long as the Secret they are in. */
  readonly expiresAt?: number;
}

export interface IssueOptions {
  readonly audiences?: readonly string[];
  readonly expiresInSeconds?: number;
  /** From then on whoever shows the token should have fetched a newer one. */
  readonly warnAfterSeconds?: number;
}

export interface ServiceAccountTokens {
  /** The audience of the API server itself, for tokens that name none. */
  readonly issuer: string;
  /** What others verify tokens with (RFC 7517). */
  readonly publicKeys: readonly Jose.JWK[];
  issue(subject: TokenSubject, options: IssueOptions): Promise<IssuedToken>;
  /** `undefined`: not one of ours. Rejects when it is, and bad or over. */
  verify(token: string, audiences?: readonly string[]): Promise<VerifiedToken | undefined>;
}

export interface VerifiedToken extends TokenSubject {
  readonly id: string;
  readonly audiences: readonly string[];
  /** Good for as long as the Secret that it is in. */
  readonly isLegacy: boolean;
}

const ALGORITHM = 'ES256';

/** Loaded when the first token is made or shown: most processes start faster than it loads. */
function jose(): Promise<typeof Jose> {
  return import('jose');
}

/** Signed with an ECDSA P-256 key (PEM); claims as Kubernetes' bound tokens have them. */
export function createServiceAccountTokens({
  key,
  clock,
}: {
  readonly key: string;
  readonly clock: Clock;
}): ServiceAccountTokens {
  const privateKey = createPrivateKey(key);
  const publicKey = createPublicKey(key);
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url');
  return {
    issuer: TOKEN_ISSUER,
    publicKeys: [{ ...publicKey.export({ format: 'jwk' }), use: 'sig', kid, alg: ALGORITHM }],
    issue: async (subject, { audiences = [TOKEN_ISSUER], expiresInSeconds, warnAfterSeconds }) => {
      const { SignJWT } = await jose();
      const now = Math.floor(clock.now() / 1000);
      const { namespace, name } = subject;
      const warning = warnAfterSeconds === undefined ? {} : { warnafter: now + warnAfterSeconds };
      const jwt = new SignJWT({ 'kubernetes.io': { ...claimsOf(subject), ...warning } })
        .setProtectedHeader({ alg: ALGORITHM, kid })
        .setIssuer(TOKEN_ISSUER)
        .setSubject(`system:serviceaccount:${namespace}:${name}`)
        .setAudience([...audiences])
        .setJti(randomUUID())
        .setIssuedAt(now)
        .setNotBefore(now);
      if (expiresInSeconds === undefined) return { token: await jwt.sign(privateKey) };
      const exp = now + expiresInSeconds;
      return { token: await jwt.setExpirationTime(exp).sign(privateKey), expiresAt: exp * 1000 };
    },
    verify: async (token, audiences = [TOKEN_ISSUER]) => {
      const { decodeJwt } = await jose();
      if (!isOurs(token, decodeJwt)) return undefined;
      try {
        return await verified(token, { publicKey, audiences, now: clock.now() });
      } catch (err) {
        throw new Error(problemOf(err, audiences), { cause: err });
      }
    },
  };
}

function isOurs(token: string, decode: typeof Jose.decodeJwt): boolean {
  try {
    return decode(token).iss === TOKEN_ISSUER;
  } catch {
    // No JWT at all: somebody else's kind of token.
    return false;
  }
}

/** Upstream's words for what is wrong with a token. */
function problemOf(err: unknown, audiences: readonly string[]): string {
  const { code, claim, payload } = err as Partial<Jose.errors.JWTClaimValidationFailed>; // @NOTE read only where it is there
  if (code === 'ERR_JWT_EXPIRED') return 'service account token has expired';
  if (claim === 'nbf') return 'service account token is not valid yet';
  if (claim !== 'aud') return err instanceof Error ? err.message : String(err);
  const quoted = (names: readonly string[]) => `[${names.map((name) => JSON.stringify(name)).join(' ')}]`;
  const named = [payload?.aud ?? []].flat();
  return `token audiences ${quoted(named)} is invalid for the target audiences ${quoted(audiences)}`;
}

interface Verification {
  readonly publicKey: KeyObject;
  readonly audiences: readonly string[];
  readonly now: number;
}

async function verified(token: string, { publicKey, audiences, now }: Verification): Promise<VerifiedToken> {
  const { jwtVerify } = await jose();
  const { payload } = await jwtVerify(token, publicKey, {
    algorithms: [ALGORITHM],
    issuer: TOKEN_ISSUER,
    audience: [...audiences],
    currentDate: new Date(now),
  });
  // @NOTE the signature is ours, and so are the claims.
  const claims = payload['kubernetes.io'] as Claims;
  const bound = (['Pod', 'Secret', 'Node'] as const).flatMap((kind) => {
    const object = claims[claimNames[kind]];
    return object === undefined ? [] : [{ kind, ...object }];
  })[0];
  return {
    namespace: claims.namespace,
    name: claims.serviceaccount.name,
    uid: claims.serviceaccount.uid,
    id: payload.jti ?? '',
    isLegacy: payload.exp === undefined,
    audiences: typeof payload.aud === 'string' ? [payload.aud] : (payload.aud ?? []),
    ...(bound === undefined ? {} : { bound }),
    ...(bound?.kind === 'Pod' && claims.node !== undefined ? { node: claims.node } : {}),
  };
}

interface Named {
  readonly name: string;
  readonly uid: string;
}

interface Claims {
  readonly namespace: string;
  readonly serviceaccount: Named;
  readonly pod?: Named;
  readonly secret?: Named;
  readonly node?: Named;
}

const claimNames = { Pod: 'pod', Secret: 'secret', Node: 'node' } as const;

function claimsOf({ namespace, name, uid, bound, node }: TokenSubject): Claims {
  return {
    namespace,
    serviceaccount: { name, uid },
    ...(node === undefined ? {} : { node }),
    ...(bound === undefined ? {} : { [claimNames[bound.kind]]: { name: bound.name, uid: bound.uid } }),
  };
}
