import { dnsLabelProblems, dnsSubdomainProblems } from '../../apimachinery/index.ts';
import { opaque, type CelType } from '../cel-type.ts';
import { CelError, noSuchOverload } from '../values/cel-error.ts';
import type { CelValue } from '../values/cel-value.ts';
import { overload, type CallContext, type Overload } from './overload.ts';
import * as receive from './receive.ts';

/** A question to the authorizer. */
export interface CelAuthorizationCheck {
  readonly verb: string;
  /** Of a request that is not for a resource; the other fields are empty then. */
  readonly path?: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
  readonly fieldSelector?: string;
  readonly labelSelector?: string;
  /** Asked for this account instead of the user of the request. */
  readonly serviceAccount?: { readonly namespace: string; readonly name: string };
}

export interface CelAuthorizationDecision {
  readonly allowed: boolean;
  readonly reason: string;
  /** What kept the authorizer from deciding. */
  readonly error?: string;
}

/** Answers what is known. Throws a `CelError` for what is not known yet. */
export type Decide = (check: CelAuthorizationCheck) => CelAuthorizationDecision;

type Account = CelAuthorizationCheck['serviceAccount'];

/** The variable `authorizer`. */
export class AuthorizerValue {
  readonly celType: CelType = AUTHORIZER_TYPE;
  readonly decide: Decide;
  readonly serviceAccount: Account;

  constructor(decide: Decide, serviceAccount?: Account) {
    this.decide = decide;
    this.serviceAccount = serviceAccount;
  }
}

/** A check being put together, and the variable `authorizer.requestResource`. */
export class CheckValue {
  readonly celType: CelType;
  readonly authorizer: AuthorizerValue;
  readonly check: Omit<CelAuthorizationCheck, 'verb'>;

  constructor(type: CelType, authorizer: AuthorizerValue, check: Omit<CelAuthorizationCheck, 'verb'>) {
    this.celType = type;
    this.authorizer = authorizer;
    this.check = check;
  }
}

class DecisionValue {
  readonly celType: CelType = DECISION_TYPE;
  readonly decision: CelAuthorizationDecision;

  constructor(decision: CelAuthorizationDecision) {
    this.decision = decision;
  }
}

export const AUTHORIZER_TYPE = opaque('kubernetes.authorization.Authorizer');
export const RESOURCE_CHECK_TYPE = opaque('kubernetes.authorization.ResourceCheck');
const GROUP_CHECK_TYPE = opaque('kubernetes.authorization.GroupCheck');
const PATH_CHECK_TYPE = opaque('kubernetes.authorization.PathCheck');
const DECISION_TYPE = opaque('kubernetes.authorization.Decision');

const K = 'kubernetes.authorization';

/** Dear on purpose: an expression gets two. */
const COST_OF_CHECK = 350_000;

const NOTHING = { group: '', resource: '', subresource: '', namespace: '', name: '' };

const builders: readonly Overload[] = [
  overload(`path`, `${K}.Authorizer.(string): ${K}.PathCheck`, ([value, path]) => {
    const from = authorizer(value);
    const text = notBlank(path, 'path');
    return new CheckValue(PATH_CHECK_TYPE, from, { ...NOTHING, path: text, ...account(from) });
  }),
  overload('group', `${K}.Authorizer.(string): ${K}.GroupCheck`, ([value, group]) => {
    const from = authorizer(value);
    return new CheckValue(GROUP_CHECK_TYPE, from, { ...NOTHING, group: receive.string(group), ...account(from) });
  }),
  overload('serviceAccount', `${K}.Authorizer.(string, string): ${K}.Authorizer`, ([value, namespace, name]) =>
    forServiceAccount(authorizer(value), receive.string(namespace), receive.string(name)),
  ),
  overload('resource', `${K}.GroupCheck.(string): ${K}.ResourceCheck`, ([value, resource]) => {
    const { authorizer: from, check } = checkOf(value);
    return new CheckValue(RESOURCE_CHECK_TYPE, from, { ...check, resource: notBlank(resource, 'resource') });
  }),
  ...(['subresource', 'namespace', 'name', 'fieldSelector', 'labelSelector'] as const).map((part) =>
    overload(part, `${K}.ResourceCheck.(string): ${K}.ResourceCheck`, ([value, text]) => {
      const { authorizer: from, check } = checkOf(value);
      return new CheckValue(RESOURCE_CHECK_TYPE, from, { ...check, [part]: receive.string(text) });
    }),
  ),
];

const decisions: readonly Overload[] = [
  overload('check', `${K}.ResourceCheck.(string): ${K}.Decision`, decide, { cost: () => 0 }),
  overload('check', `${K}.PathCheck.(string): ${K}.Decision`, decide, { cost: () => 0 }),
  overload('allowed', `${K}.Decision.(): bool`, ([value]) => decision(value).allowed),
  overload('reason', `${K}.Decision.(): string`, ([value]) => decision(value).reason),
  overload('errored', `${K}.Decision.(): bool`, ([value]) => decision(value).error !== undefined),
  overload('error', `${K}.Decision.(): string`, ([value]) => decision(value).error ?? ''),
];

export const AUTHORIZATION: readonly Overload[] = [...builders, ...decisions];

/** Charged before asking: a check that is not decided yet has to count too, or one expression could ask without end. */
function decide([value, verb]: readonly CelValue[], context: CallContext): DecisionValue {
  const { authorizer: from, check } = checkOf(value);
  context.charge(COST_OF_CHECK);
  return new DecisionValue(from.decide({ ...check, verb: receive.string(verb) }));
}

function forServiceAccount(from: AuthorizerValue, namespace: string, name: string): AuthorizerValue {
  const [namespaceProblem] = dnsLabelProblems(namespace);
  if (namespaceProblem !== undefined) throw new CelError(`Invalid service account namespace: ${namespaceProblem}`);
  const [nameProblem] = dnsSubdomainProblems(name);
  if (nameProblem !== undefined) throw new CelError(`Invalid service account name: ${nameProblem}`);
  return new AuthorizerValue(from.decide, { namespace, name });
}

function account({ serviceAccount }: AuthorizerValue): { readonly serviceAccount?: NonNullable<Account> } {
  return serviceAccount === undefined ? {} : { serviceAccount };
}

function notBlank(value: CelValue | undefined, what: string): string {
  const text = receive.string(value);
  if (text.trim() === '') throw new CelError(`${what} must not be empty`);
  return text;
}

function authorizer(value: CelValue | undefined): AuthorizerValue {
  if (value instanceof AuthorizerValue) return value;
  throw noSuchOverload();
}

function checkOf(value: CelValue | undefined): CheckValue {
  if (value instanceof CheckValue) return value;
  throw noSuchOverload();
}

function decision(value: CelValue | undefined): CelAuthorizationDecision {
  if (value instanceof DecisionValue) return value.decision;
  throw noSuchOverload();
}
