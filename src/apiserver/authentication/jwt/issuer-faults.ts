import { X509Certificate } from 'node:crypto';
import { duplicate, invalidValue, required, type FieldError } from '../../../apimachinery/index.ts';
import { TOKEN_ISSUER } from '../token-issuer.ts';
import type { IssuerConfiguration } from './configuration.ts';

/** What is wrong with an issuer, by upstream's rules. `at` is its field. */
export function* issuerFaults(issuer: IssuerConfiguration, at: string): Generator<FieldError> {
  const { url = '', discoveryURL = '', certificateAuthority = '', egressSelectorType = '' } = issuer;
  yield* url === '' ? [required(`${at}.url`)] : urlFaults(url, `${at}.url`);
  if (url === TOKEN_ISSUER) {
    yield invalidValue(`${at}.url`, url, `URL must not overlap with disallowed issuers: [${TOKEN_ISSUER}]`);
  }
  if (discoveryURL !== '') yield* discoveryFaults(url, discoveryURL, `${at}.discoveryURL`);
  yield* audienceFaults(issuer, at);
  if (certificateAuthority !== '' && !isPem(certificateAuthority)) {
    yield invalidValue(
      `${at}.certificateAuthority`,
      '<omitted>',
      'data does not contain any valid RSA or ECDSA certificates',
    );
  }
  if (egressSelectorType !== '') {
    yield invalidValue(`${at}.egressSelectorType`, egressSelectorType, 'egress selectors are not supported');
  }
}

function* discoveryFaults(url: string, discoveryUrl: string, at: string): Generator<FieldError> {
  const bare = (text: string) => text.replace(/\/+$/, '');
  if (url !== '' && bare(url) === bare(discoveryUrl)) {
    yield invalidValue(at, discoveryUrl, 'discoveryURL must be different from URL');
  }
  yield* urlFaults(discoveryUrl, at);
}

function* urlFaults(text: string, at: string): Generator<FieldError> {
  if (!URL.canParse(text)) {
    yield invalidValue(at, text, 'it is no URL');
    return;
  }
  const { protocol, username, password, search, hash } = new URL(text);
  if (protocol !== 'https:') yield invalidValue(at, text, 'URL scheme must be https');
  if (username !== '' || password !== '') {
    yield invalidValue(at, text, 'URL must not contain a username or password');
  }
  if (search !== '') yield invalidValue(at, text, 'URL must not contain a query');
  if (hash !== '') yield invalidValue(at, text, 'URL must not contain a fragment');
}

function* audienceFaults(
  { audiences = [], audienceMatchPolicy: policy = '' }: IssuerConfiguration,
  at: string,
): Generator<FieldError> {
  const field = `${at}.audiences`;
  if (audiences.length === 0) {
    yield required(field, `at least one ${field} is required`);
    return;
  }
  for (const [index, audience] of audiences.entries()) {
    if (audience === '') yield required(`${field}[${index}]`);
    if (audiences.indexOf(audience) < index) yield duplicate(`${field}[${index}]`, audience);
  }
  if (policy === 'MatchAny') return;
  if (audiences.length > 1) {
    yield invalidValue(
      `${at}.audienceMatchPolicy`,
      policy,
      'audienceMatchPolicy must be MatchAny for multiple audiences',
    );
  } else if (policy !== '') {
    const detail = 'audienceMatchPolicy must be empty or MatchAny for single audience';
    yield invalidValue(`${at}.audienceMatchPolicy`, policy, detail);
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** One certificate at least, and none that cannot be read. */
function isPem(text: string): boolean {
  const certificates = text.match(CERTIFICATE) ?? [];
  try {
    return certificates.map((pem) => new X509Certificate(pem)).length > 0;
  } catch {
    // What is wrong with it is not told: it is no more than that it is none.
    return false;
  }
}
