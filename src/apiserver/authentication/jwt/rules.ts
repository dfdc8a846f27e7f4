import { duplicate, invalidValue, required } from '../../../apimachinery/index.ts';
import type { UserInfo } from '../../resource-definition.ts';
import { hasClaim, textClaim, type Claims } from './claims.ts';
import type { ClaimRule, ExpressionRule } from './configuration.ts';
import type { Subject } from './expressions.ts';
import { within, type MappingDeps } from './mapping.ts';

/** Throws an `Error` that says which rule does not hold. */
export type Rule<T> = (subject: T) => void;

/** What must hold of the claims of a token. */
export function claimRules(rules: readonly ClaimRule[], at: string, deps: MappingDeps): Rule<Claims> {
  const seen = { claims: new Seen(), expressions: new Seen() };
  return allOf(rules.flatMap((rule, index) => claimRule(rule, { at: `${at}[${index}]`, seen }, deps)));
}

interface Place {
  readonly at: string;
  readonly seen: { readonly claims: Seen; readonly expressions: Seen };
}

function claimRule(rule: ClaimRule, place: Place, deps: MappingDeps): readonly Rule<Claims>[] {
  const { claim = '', expression = '' } = rule;
  if (claim !== '' && expression !== '') {
    deps.report(invalidValue(place.at, claim, "claim and expression can't both be set"));
    return [];
  }
  if (claim !== '') return [ruleOfClaim(rule, place, deps)];
  if (expression !== '') return ruleOfExpression(rule, place, deps);
  deps.report(required(place.at, 'claim or expression is required'));
  return [];
}

function ruleOfClaim(rule: ClaimRule, { at, seen }: Place, { report }: MappingDeps): Rule<Claims> {
  const { claim = '', requiredValue: wanted = '', message = '' } = rule;
  if (message !== '') report(invalidValue(`${at}.message`, message, 'may not be specified when claim is set'));
  if (seen.claims.add(claim)) report(duplicate(`${at}.claim`, claim));
  return requiredValue(claim, wanted);
}

function ruleOfExpression(rule: ClaimRule, { at, seen }: Place, deps: MappingDeps): readonly Rule<Claims>[] {
  const { expression = '', requiredValue: wanted = '' } = rule;
  if (wanted !== '') {
    deps.report(invalidValue(`${at}.requiredValue`, wanted, 'may not be specified when expression is set'));
  }
  if (seen.expressions.add(expression)) deps.report(duplicate(`${at}.expression`, expression));
  return condition(rule, { at, subject: 'claims' }, deps);
}

/** What must hold of the user that was made of a token. */
export function userRules(rules: readonly ExpressionRule[], at: string, deps: MappingDeps): Rule<UserInfo> {
  const seen = new Seen();
  const checks = rules.flatMap((rule, index): readonly Rule<unknown>[] => {
    const { expression = '' } = rule;
    const field = `${at}[${index}]`;
    if (expression === '') {
      deps.report(required(`${field}.expression`));
      return [];
    }
    if (seen.add(expression)) deps.report(duplicate(`${field}.expression`, expression));
    return condition(rule, { at: field, subject: 'user' }, deps);
  });
  const check = allOf(checks);
  return ({ username, uid = '', groups, extra = {} }) => {
    check({ username, uid, groups, extra });
  };
}

class Seen {
  readonly #texts = new Set<string>();

  /** Whether it was there before. */
  add(text: string): boolean {
    const isKnown = this.#texts.has(text);
    this.#texts.add(text);
    return isKnown;
  }
}

function requiredValue(claim: string, wanted: string): Rule<Claims> {
  return (claims) => {
    if (!hasClaim(claims, claim)) throw new Error(`oidc: required claim ${claim} not present in ID token`);
    const value = within(`oidc: parse claim ${claim}`, (all: Claims) => textClaim(all, claim))(claims);
    if (value !== wanted) {
      throw new Error(`oidc: required claim ${claim} value does not match. Got = ${value}, want = ${wanted}`);
    }
  };
}

const WHAT: Readonly<Record<Subject, string>> = {
  claims: 'oidc: error evaluating claim validation expression',
  user: 'oidc: error evaluating user info validation rule',
};

function condition(
  { expression = '', message = '' }: ExpressionRule,
  { at, subject }: { readonly at: string; readonly subject: Subject },
  { expressions, report }: MappingDeps,
): readonly Rule<unknown>[] {
  const result = expressions.compile(expression, { subject, isCondition: true });
  if ('problem' in result) {
    report(invalidValue(`${at}.expression`, expression, result.problem));
    return [];
  }
  const because = message === '' ? '' : `: ${message}`;
  const check = within(WHAT[subject], (value: unknown) => {
    if (result.evaluate(value) !== true) throw new Error(`validation expression '${expression}' failed${because}`);
  });
  return [check];
}

function allOf<T>(rules: readonly Rule<T>[]): Rule<T> {
  return (subject) => {
    for (const check of rules) check(subject);
  };
}
