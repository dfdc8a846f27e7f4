import { generateKeyPairSync, randomUUID, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { SignJWT } from 'jose';
import { systemClock, type Clock } from '../../src/component-base/index.ts';
import { createCertificateAuthority, issueServingCertificate } from '../../src/pki/index.ts';

/** An OpenID Connect issuer with keys that change, as anyone might run one. */
export interface TokenIssuer extends AsyncDisposable {
  readonly url: string;
  /** PEM of who signed its certificate. */
  readonly ca: string;
  /** The paths it was asked for. */
  readonly asked: readonly string[];
  /** A token of the newest key, good for an hour, unless the claims say otherwise. */
  token(claims: TokenClaims, options?: TokenOptions): Promise<string>;
  /** From now on there is another key; the old one is no longer told of. */
  rotate(algorithm?: Algorithm): void;
  /** What is answered instead at a path; `undefined` lets it answer again by itself. */
  answer(path: string, body: string | undefined): void;
}

/** `null` leaves a claim out. */
export type TokenClaims = Readonly<Record<string, unknown>>;

export type Algorithm = 'RS256' | 'RS384' | 'RS512' | 'PS256' | 'PS384' | 'PS512' | 'ES256' | 'ES384' | 'ES512';

export interface TokenOptions {
  /** That of the key when absent. */
  readonly algorithm?: Algorithm;
  /** In the token's header; that of the key when absent. */
  readonly keyId?: string;
}

const DISCOVERY = '/.well-known/openid-configuration';
const HOUR_SECONDS = 3_600;
const CURVES: Readonly<Partial<Record<Algorithm, string>>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };

interface SigningKey {
  readonly id: string;
  readonly algorithm: Algorithm;
  readonly privateKey: KeyObject;
  readonly publicKey: KeyObject;
}

function newKey(algorithm: Algorithm): SigningKey {
  const namedCurve = CURVES[algorithm];
  const pair =
    namedCurve === undefined
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve });
  return { id: randomUUID(), algorithm, ...pair };
}

export async function startTokenIssuer(clock: Clock = systemClock): Promise<TokenIssuer> {
  const authority = await createCertificateAuthority();
  const { key, certificate } = await issueServingCertificate(authority, { commonName: 'issuer', hosts: ['127.0.0.1'] });
  const current = { key: newKey('RS256') };
  const asked: string[] = [];
  const instead = new Map<string, string>();
  const bodies: Readonly<Record<string, () => object>> = {
    [DISCOVERY]: () => ({ issuer: url, jwks_uri: `${url}/keys` }),
    '/keys': () => ({
      keys: [{ ...current.key.publicKey.export({ format: 'jwk' }), kid: current.key.id, use: 'sig' }],
    }),
  };
  const server = createServer({ key, cert: certificate }, ({ url: path = '' }, answer) => {
    asked.push(path);
    const own = bodies[path];
    const body = instead.get(path) ?? (own && JSON.stringify(own()));
    answer.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    answer.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // @NOTE a server that listens on TCP has an address.
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    ca: authority.certificate,
    asked,
    token: async (claims, { algorithm = current.key.algorithm, keyId = current.key.id } = {}) =>
      new SignJWT(withoutNulls({ iss: url, exp: Math.floor(clock.now() / 1000) + HOUR_SECONDS, ...claims }))
        .setProtectedHeader({ alg: algorithm, kid: keyId })
        .sign(current.key.privateKey),
    rotate: (algorithm = 'RS256') => {
      current.key = newKey(algorithm);
    },
    answer: (path, body) => {
      if (body === undefined) instead.delete(path);
      else instead.set(path, body);
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function withoutNulls(claims: TokenClaims): Record<string, unknown> {
  return Object.fromEntries(Object.entries(claims).filter(([, value]) => value !== null));
}
