import { invalidValue, required } from '../../../apimachinery/index.ts';
import type { UserInfo } from '../../resource-definition.ts';
import { hasClaim, textClaim, textsClaim, type Claims } from './claims.ts';
import type { ClaimMappings, ClaimOrExpression, PrefixedClaim } from './configuration.ts';
import type { Evaluate } from './expressions.ts';
import { extraOf } from './extra-mapping.ts';
import { compiled, textOf, textsOf, within, type Mapping, type MappingDeps } from './mapping.ts';

/** Whom a token speaks of. What is wrong with the mappings is reported; then what comes back is of no use. */
export function userMapping(mappings: ClaimMappings, at: string, deps: MappingDeps): Mapping<UserInfo> {
  const username = usernameOf(mappings.username ?? {}, `${at}.username`, deps);
  const groups = groupsOf(mappings.groups ?? {}, `${at}.groups`, deps);
  const uid = uidOf(mappings.uid ?? {}, `${at}.uid`, deps);
  const extra = extraOf(mappings.extra ?? [], `${at}.extra`, deps);
  return (claims) => {
    const user = { username: username(claims), groups: groups(claims) };
    const found = { uid: uid(claims), extra: extra(claims) };
    return {
      ...user,
      ...(found.uid === '' ? {} : { uid: found.uid }),
      ...(Object.keys(found.extra).length === 0 ? {} : { extra: found.extra }),
    };
  };
}

function usernameOf(mapping: PrefixedClaim, at: string, deps: MappingDeps): Mapping<string> {
  const { claim = '', prefix = '' } = mapping;
  if (claim === '' && (mapping.expression ?? '') === '') deps.report(required(at, 'claim or expression is required'));
  const evaluate = prefixedExpression(mapping, at, deps);
  if (evaluate !== undefined) {
    return within('oidc: error evaluating username claim expression', (claims) => {
      const username = textOf(evaluate(claims), 'username claim expression must return a string');
      if (username === '') throw new Error('username is empty');
      return username;
    });
  }
  const read = within(`oidc: parse username claims ${JSON.stringify(claim)}`, (claims: Claims) =>
    textClaim(claims, claim),
  );
  return (claims) => {
    const username = read(claims);
    if (claim === 'email') checkVerified(claims);
    if (username === '') throw new Error(`oidc: username claim ${JSON.stringify(claim)} is empty`);
    return `${prefix}${username}`;
  };
}

/** An address that the issuer says it has not verified is nobody's. */
function checkVerified(claims: Claims): void {
  if (!hasClaim(claims, 'email_verified')) return;
  const isVerified = claims['email_verified'];
  if (typeof isVerified !== 'boolean') throw new Error("oidc: parse 'email_verified' claim: it is no boolean");
  if (!isVerified) throw new Error('oidc: email not verified');
}

function groupsOf(mapping: PrefixedClaim, at: string, deps: MappingDeps): Mapping<readonly string[]> {
  const { claim = '', prefix = '' } = mapping;
  const evaluate = prefixedExpression(mapping, at, deps);
  if (evaluate !== undefined) {
    return within('oidc: error evaluating group claim expression', (claims) => textsOf(evaluate(claims)));
  }
  if (claim === '') return () => [];
  const read = within(`oidc: parse groups claim ${JSON.stringify(claim)}`, (claims: Claims) =>
    textsClaim(claims, claim),
  );
  return (claims) => {
    if (hasClaim(claims, claim)) return read(claims).map((group) => `${prefix}${group}`);
    refuseDistributed(claims, claim);
    return [];
  };
}

/** A user whose groups are told elsewhere must not be taken for one who has none. */
function refuseDistributed(claims: Claims, claim: string): void {
  const { _claim_names: elsewhere } = claims;
  if (typeof elsewhere !== 'object' || elsewhere === null || !Object.hasOwn(elsewhere, claim)) return;
  throw new Error(
    `oidc: could not expand distributed claims: the claim ${JSON.stringify(claim)} is not in the token, and sources of distributed claims are not asked`,
  );
}

function uidOf({ claim = '', expression = '' }: ClaimOrExpression, at: string, deps: MappingDeps): Mapping<string> {
  if (claim !== '' && expression !== '') {
    deps.report(invalidValue(at, '', "claim and expression can't both be set"));
  }
  if (claim !== '') {
    return within(`oidc: parse uid claim ${JSON.stringify(claim)}`, (claims: Claims) => textClaim(claims, claim));
  }
  const evaluate = expression === '' ? undefined : compiled(expression, `${at}.expression`, deps);
  if (evaluate === undefined) return () => '';
  return within('oidc: error evaluating uid claim expression', (claims) =>
    textOf(evaluate(claims), 'uid claim expression must return a string'),
  );
}

/** `undefined` when there is none. */
function prefixedExpression(mapping: PrefixedClaim, at: string, deps: MappingDeps): Evaluate | undefined {
  const { claim = '', expression = '', prefix } = mapping;
  if (claim !== '' && expression !== '') {
    deps.report(invalidValue(at, '', "claim and expression can't both be set"));
    return undefined;
  }
  if (expression === '') {
    if (claim !== '' && prefix === undefined) deps.report(required(`${at}.prefix`, PREFIX_REQUIRED));
    return undefined;
  }
  if (prefix !== undefined) {
    deps.report(invalidValue(`${at}.prefix`, prefix, 'may not be specified when expression is set'));
  }
  return compiled(expression, `${at}.expression`, deps);
}

const PREFIX_REQUIRED = 'prefix is required when claim is set. It can be set to an empty string to disable prefixing';
