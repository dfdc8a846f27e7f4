import type { FieldRequirement, KubeObject } from '../../apimachinery/index.ts';
import type { SubresourceRequest, UserInfo } from '../resource-definition.ts';
import type { AuthorizationAttributes, Authorizer } from '../security.ts';
import { mastersAuthorizer } from './authorizers.ts';
import { rulesFor, type PolicyRule, type RbacSource } from './rbac.ts';
import { selectedBy, type Selected } from './selected.ts';

interface ResourceAttributes {
  readonly namespace?: string;
  readonly verb?: string;
  readonly group?: string;
  readonly version?: string;
  readonly resource?: string;
  readonly subresource?: string;
  readonly name?: string;
  readonly fieldSelector?: {
    readonly rawSelector?: string;
    readonly requirements?: readonly {
      readonly key: string;
      readonly operator: string;
      readonly values?: readonly string[];
    }[];
  };
}

interface AccessSpec {
  readonly resourceAttributes?: ResourceAttributes;
  readonly nonResourceAttributes?: { readonly path?: string; readonly verb?: string };
  readonly user?: string;
  readonly groups?: readonly string[];
  readonly uid?: string;
  readonly extra?: Readonly<Record<string, readonly string[]>>;
}

interface AccessReview extends KubeObject {
  readonly spec: AccessSpec;
  readonly status?: { readonly allowed: boolean; readonly reason?: string };
}

type Answer<T> = (review: T, request: SubresourceRequest) => Promise<T>;

/** Answers SubjectAccessReview and LocalSubjectAccessReview: may this user do that? */
export function answerAccessReview<T extends AccessReview>(authorizer: Authorizer): Answer<T> {
  return async (review) => {
    const { user = '', groups = [], uid, extra } = review.spec;
    const subject: UserInfo = {
      username: user,
      groups,
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
    };
    return { ...review, status: await authorizer(attributesOf(review.spec, subject)) };
  };
}

/** Answers SelfSubjectAccessReview: may I do that? */
export function answerSelfAccessReview<T extends AccessReview>(authorizer: Authorizer): Answer<T> {
  return async (review, { user }) => ({ ...review, status: await authorizer(attributesOf(review.spec, user)) });
}

function attributesOf(
  { resourceAttributes, nonResourceAttributes }: AccessSpec,
  user: UserInfo,
): AuthorizationAttributes {
  if (resourceAttributes === undefined) {
    return { user, verb: nonResourceAttributes?.verb ?? '', path: nonResourceAttributes?.path ?? '' };
  }
  const { group = '', version = '', resource = '', verb = '' } = resourceAttributes;
  return {
    user,
    verb,
    resource: {
      group,
      version,
      plural: resource,
      ...given('subresource', resourceAttributes),
      ...given('namespace', resourceAttributes),
      ...given('name', resourceAttributes),
      ...selectedIn(resourceAttributes),
    },
  };
}

/** Requirements that cannot be understood count for nothing, which allows less. */
function selectedIn({ verb = '', fieldSelector }: ResourceAttributes): Pick<Selected, 'fieldSelector'> {
  if (fieldSelector === undefined) return {};
  const { rawSelector, requirements } = fieldSelector;
  if (requirements === undefined) {
    const { name: _name, ...selected } = selectedBy(verb, rawSelector);
    return selected;
  }
  return {
    fieldSelector: requirements.flatMap(({ key, operator, values = [] }): FieldRequirement[] => {
      const [value, ...others] = values;
      const known = OPERATORS.get(operator);
      if (value === undefined || others.length > 0 || known === undefined) return [];
      return [{ field: key, operator: known, value }];
    }),
  };
}

const OPERATORS: ReadonlyMap<string, FieldRequirement['operator']> = new Map([
  ['In', '='],
  ['NotIn', '!='],
]);

/** An empty string means the same as none. */
function given<K extends 'subresource' | 'namespace' | 'name'>(
  field: K,
  attributes: ResourceAttributes,
): Partial<Record<K, string>> {
  const value = attributes[field];
  // @NOTE a computed key widens to `string`; it is K.
  return value === undefined || value === '' ? {} : ({ [field]: value } as Record<K, string>);
}

interface RulesReview extends KubeObject {
  readonly spec: { readonly namespace?: string };
  readonly status?: {
    readonly resourceRules: readonly PolicyRule[];
    readonly nonResourceRules: readonly PolicyRule[];
    readonly incomplete: boolean;
    readonly evaluationError?: string;
  };
}

const EVERYTHING: readonly PolicyRule[] = [
  { verbs: ['*'], apiGroups: ['*'], resources: ['*'] },
  { verbs: ['*'], nonResourceURLs: ['*'] },
];

/**
 * Answers SelfSubjectRulesReview: what may I do in this namespace? `unknownOf` says why of some users not everything
 * that they may do can be told.
 */
export function answerRulesReview<T extends RulesReview>(
  source: RbacSource,
  unknownOf: (user: UserInfo) => string | undefined = () => undefined,
): Answer<T> {
  return async (review, { user }) => {
    const { allowed } = await mastersAuthorizer({ user, verb: '*' });
    const rules = allowed ? EVERYTHING : [...rulesFor(source, user, review.spec.namespace)];
    const evaluationError = unknownOf(user);
    const isForPaths = ({ nonResourceURLs = [] }: PolicyRule) => nonResourceURLs.length > 0;
    return {
      ...review,
      status: {
        resourceRules: rules.filter((rule) => !isForPaths(rule)),
        nonResourceRules: rules.filter(isForPaths),
        ...(evaluationError === undefined ? { incomplete: false } : { incomplete: true, evaluationError }),
      },
    };
  };
}
