import type * as Jose from 'jose';
import type { JWK } from 'jose';
import { formatTime } from '../../../apimachinery/index.ts';
import type { Claims } from './claims.ts';

export const SIGNING_ALGORITHMS = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'];

export interface Expected {
  readonly algorithms: readonly string[];
  /** Any of them will do. */
  readonly audiences: readonly string[];
  readonly now: number;
}

/** A token that is not verified: to be believed in nothing. */
export interface UntrustedToken {
  readonly text: string;
  readonly algorithm: string;
  readonly keyId: string | undefined;
  readonly claims: Claims;
}

/** How far the clocks of others may be from ours. */
const LEEWAY_SECONDS = 300;
/** Google says it in two ways (OpenID Connect Core 1.0 §15.6.2). */
const GOOGLE = 'accounts.google.com';

/** Loaded with the first token. */
function jose(): Promise<typeof Jose> {
  return import('jose');
}

/** `undefined`: no JWT. */
export async function untrusted(text: string): Promise<UntrustedToken | undefined> {
  const { decodeJwt, decodeProtectedHeader } = await jose();
  try {
    const { alg = '', kid } = decodeProtectedHeader(text);
    return { text, algorithm: alg, keyId: kid, claims: decodeJwt(text) };
  } catch {
    // Somebody else's kind of token.
    return undefined;
  }
}

/** Who the token says it is from. */
export function issuerOf({ claims: { iss } }: UntrustedToken): string {
  if (typeof iss !== 'string') return '';
  return iss === GOOGLE ? `https://${GOOGLE}` : iss;
}

/** What can be said against a token without a look at its signature. Throws an `Error` that says what. */
export function checkUnsigned({ algorithm, claims }: UntrustedToken, { algorithms, audiences, now }: Expected): void {
  if (!algorithms.includes(algorithm)) {
    throw new Error(
      `oidc: id token signed with unsupported algorithm, expected [${quoted(algorithms)}] got "${algorithm}"`,
    );
  }
  checkAudience(claims, audiences);
  const seconds = now / 1000;
  const expiry = numericDate(claims, 'exp') ?? 0;
  if (expiry <= seconds) throw new Error(`oidc: token is expired (Token Expiry: ${goTime(expiry)})`);
  const notBefore = Math.max(numericDate(claims, 'nbf') ?? 0, numericDate(claims, 'iat') ?? 0);
  if (notBefore > seconds + LEEWAY_SECONDS) {
    throw new Error(`oidc: current time ${goTime(seconds)} before the nbf (not before) time: ${goTime(notBefore)}`);
  }
}

function checkAudience({ aud = [] }: Claims, audiences: readonly string[]): void {
  const named: readonly unknown[] = [aud].flat();
  if (named.some((audience) => typeof audience === 'string' && audiences.includes(audience))) return;
  const got = `[${quoted(named.map(String))}]`;
  const [only = ''] = audiences;
  const wanted = audiences.length === 1 ? `audience ${JSON.stringify(only)}` : `audience in [${quoted(audiences)}]`;
  throw new Error(`oidc: expected ${wanted} got ${got}`);
}

/**
 * The claims, once a key that the token may be signed with is found to have signed it; `undefined` when none has.
 * A token that names no key may be of any.
 */
export async function verifiedClaims(
  { text, algorithm, keyId }: UntrustedToken,
  keys: readonly JWK[],
): Promise<Claims | undefined> {
  const { compactVerify, errors } = await jose();
  const type = algorithm.startsWith('ES') ? 'EC' : 'RSA';
  const fits = ({ kty, kid, alg = algorithm }: JWK) =>
    kty === type && alg === algorithm && (keyId === undefined || kid === keyId);
  for (const key of keys.filter(fits)) {
    try {
      const { payload } = await compactVerify(text, key, { algorithms: [algorithm] });
      // @NOTE `decodeJwt` has found the very same bytes to be a JSON object.
      return JSON.parse(Buffer.from(payload).toString('utf8')) as Claims;
    } catch (err) {
      // A key that cannot be read is as good as one that has not signed: the next one may have.
      if (!(err instanceof errors.JOSEError) && !(err instanceof TypeError) && !(err instanceof DOMException))
        throw err;
    }
  }
  return undefined;
}

/** RFC 7519 §2. */
function numericDate(claims: Claims, name: string): number | undefined {
  const value = claims[name];
  if (value === undefined || value === null) return undefined;
  if (typeof value !== 'number') throw new Error(`oidc: failed to unmarshal claims: ${name} is no number`);
  return value;
}

function quoted(texts: readonly string[]): string {
  return texts.map((text) => JSON.stringify(text)).join(' ');
}

function goTime(seconds: number): string {
  return `${formatTime(Math.floor(seconds) * 1000)
    .replace('T', ' ')
    .replace('Z', '')} +0000 UTC`;
}
