import { invalidValue, type FieldError } from '../../../apimachinery/index.ts';
import type { UserInfo } from '../../resource-definition.ts';
import { CREDENTIAL_ID } from '../users.ts';
import { userMapping } from './claim-mappings.ts';
import type { Claims } from './claims.ts';
import type { IssuerConfiguration, JwtConfiguration } from './configuration.ts';
import type { Expressions } from './expressions.ts';
import { issuerFaults } from './issuer-faults.ts';
import { claimRules, userRules } from './rules.ts';

/** An issuer whose tokens are believed, and what is made of them. */
export interface TrustedIssuer {
  readonly url: string;
  /** Where its discovery document is. */
  readonly discoveryUrl: string;
  /** PEM; what the system trusts when absent. */
  readonly certificateAuthority?: string;
  /** A token must be for one of them. */
  readonly audiences: readonly string[];
  /** The user that verified claims speak of. Throws an `Error` that says why there is none. */
  readonly userOf: (claims: Claims) => UserInfo;
}

export interface IssuerDeps {
  readonly expressions: Expressions;
  readonly report: (fault: FieldError) => void;
}

const WELL_KNOWN = '/.well-known/openid-configuration';

/** Compiles an issuer. What is wrong with it is reported; then what comes back is of no use. */
export function trustedIssuer(configuration: JwtConfiguration, at: string, deps: IssuerDeps): TrustedIssuer {
  const { issuer = {}, claimMappings = {}, claimValidationRules = [], userValidationRules = [] } = configuration;
  for (const fault of issuerFaults(issuer, `${at}.issuer`)) deps.report(fault);
  const checkClaims = claimRules(claimValidationRules, `${at}.claimValidationRules`, deps);
  const mapped = userMapping(claimMappings, `${at}.claimMappings`, deps);
  if (trustsUnverifiedEmail(configuration, deps.expressions)) {
    const expression = claimMappings.username?.expression;
    deps.report(invalidValue(`${at}.claimMappings.username.expression`, expression, EMAIL_UNVERIFIED));
  }
  const checkUser = userRules(userValidationRules, `${at}.userValidationRules`, deps);
  return {
    ...placeOf(issuer),
    userOf: (claims) => {
      const user = withCredentialId(mapped(claims), claims);
      checkClaims(claims);
      checkUser(user);
      return user;
    },
  };
}

function withCredentialId(user: UserInfo, { jti }: Claims): UserInfo {
  if (typeof jti !== 'string' || jti === '') return user;
  return { ...user, extra: { ...user.extra, [CREDENTIAL_ID]: [`JTI=${jti}`] } };
}

function placeOf(issuer: IssuerConfiguration): Omit<TrustedIssuer, 'userOf'> {
  const { url = '', discoveryURL = '', certificateAuthority = '', audiences = [] } = issuer;
  return {
    url,
    discoveryUrl: discoveryURL === '' ? `${url.replace(/\/$/, '')}${WELL_KNOWN}` : discoveryURL,
    ...(certificateAuthority === '' ? {} : { certificateAuthority }),
    audiences,
  };
}

const EMAIL_UNVERIFIED =
  'claims.email_verified must be used in claimMappings.username.expression or claimMappings.extra[*].valueExpression or claimValidationRules[*].expression when claims.email is used in claimMappings.username.expression';

/** Whoever can claim any address at an issuer could be anybody, unless an expression asks whether it was verified. */
function trustsUnverifiedEmail(
  { claimMappings: { username, extra = [] } = {}, claimValidationRules = [] }: JwtConfiguration,
  { readsClaim }: Expressions,
): boolean {
  const expression = username?.expression ?? '';
  if (!readsClaim(expression, 'email')) return false;
  const looking = [
    expression,
    ...extra.map(({ valueExpression = '' }) => valueExpression),
    ...claimValidationRules.map((rule) => rule.expression ?? ''),
  ];
  return !looking.some((text) => readsClaim(text, 'email_verified'));
}
