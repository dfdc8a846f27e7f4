import type { Documents } from '../documents.ts';
import type { ServiceAccountTokens } from './service-account-tokens.ts';

const KEYS = '/openid/v1/jwks';
const headers = { 'cache-control': 'public, max-age=3600' };

/**
 * By which others verify the tokens of ServiceAccounts without asking: OpenID Connect Discovery 1.0, as far as it is
 * about tokens. `url` is where this server is called, known by the time of the first question.
 */
export function issuerDiscovery({ issuer, publicKeys }: ServiceAccountTokens, url: () => string): Documents {
  return {
    '/.well-known/openid-configuration': () => ({
      contentType: 'application/json',
      headers,
      body: JSON.stringify({
        issuer,
        jwks_uri: `${url()}${KEYS}`,
        response_types_supported: ['id_token'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: [...new Set(publicKeys.map(({ alg }) => alg))],
      }),
    }),
    [KEYS]: () => ({
      contentType: 'application/jwk-set+json',
      headers,
      body: JSON.stringify({ keys: publicKeys }),
    }),
  };
}
