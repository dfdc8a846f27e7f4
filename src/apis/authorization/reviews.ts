import { badRequest, invalidValue, type FieldError, type KubeObject } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { unanswered } from '../compose.ts';
import type {
  LocalSubjectAccessReview,
  SelfSubjectAccessReview,
  SelfSubjectRulesReview,
  SubjectAccessReview,
  SubjectAccessReviewSpec,
} from '../generated/wire-types.ts';
import { sent, type Sent } from '../sent.ts';
import { withoutStatus } from '../status-rules.ts';

const group = { group: 'authorization.k8s.io', version: 'v1', verbs: ['create'] } as const;

/** May this user do that? */
export const subjectAccessReviews: ResourceDefinition<SubjectAccessReview> = {
  ...group,
  kind: 'SubjectAccessReview',
  plural: 'subjectaccessreviews',
  singular: 'subjectaccessreview',
  namespaced: false,
  schema: 'k8s.io/api/authorization/v1.SubjectAccessReview',
  strategy: {
    prepareForCreate: withoutStatus,
    validate: (review) => {
      const { spec = {} } = sent(review);
      return [...validateAttributes(spec), ...validateSubject(spec), ...validateMetadata(review)];
    },
  },
  answer: unanswered({ kind: 'SubjectAccessReview' }),
};

/** May I do that? */
export const selfSubjectAccessReviews: ResourceDefinition<SelfSubjectAccessReview> = {
  ...group,
  kind: 'SelfSubjectAccessReview',
  plural: 'selfsubjectaccessreviews',
  singular: 'selfsubjectaccessreview',
  namespaced: false,
  schema: 'k8s.io/api/authorization/v1.SelfSubjectAccessReview',
  strategy: {
    prepareForCreate: withoutStatus,
    validate: (review) => {
      const { spec = {} } = sent(review);
      return [...validateAttributes(spec), ...validateMetadata(review)];
    },
  },
  answer: unanswered({ kind: 'SelfSubjectAccessReview' }),
};

/** May this user do that in this namespace? Asked by who has rights there only. */
export const localSubjectAccessReviews: ResourceDefinition<LocalSubjectAccessReview> = {
  ...group,
  kind: 'LocalSubjectAccessReview',
  plural: 'localsubjectaccessreviews',
  singular: 'localsubjectaccessreview',
  namespaced: true,
  schema: 'k8s.io/api/authorization/v1.LocalSubjectAccessReview',
  strategy: { prepareForCreate: withoutStatus, validate: validateLocal, validateName: () => [] },
  answer: unanswered({ kind: 'LocalSubjectAccessReview' }),
};

/** What may I do in this namespace? */
export const selfSubjectRulesReviews: ResourceDefinition<SelfSubjectRulesReview> = {
  ...group,
  kind: 'SelfSubjectRulesReview',
  plural: 'selfsubjectrulesreviews',
  singular: 'selfsubjectrulesreview',
  namespaced: false,
  schema: 'k8s.io/api/authorization/v1.SelfSubjectRulesReview',
  strategy: {
    prepareForCreate: (review) => {
      const { namespace = '' } = sent(review).spec ?? {};
      if (namespace === '') throw badRequest('no namespace on request');
      return withoutStatus(review);
    },
  },
  answer: unanswered({ kind: 'SelfSubjectRulesReview' }),
};

type Attributes = Pick<Sent<SubjectAccessReviewSpec>, 'resourceAttributes' | 'nonResourceAttributes'>;

function validateAttributes({ resourceAttributes, nonResourceAttributes }: Attributes): readonly FieldError[] {
  const given = [resourceAttributes, nonResourceAttributes].filter((attributes) => attributes !== undefined);
  if (given.length === 1) return [];
  const field = given.length === 0 ? 'spec.resourceAttributes' : 'spec.nonResourceAttributes';
  const why =
    given.length === 0
      ? 'exactly one of nonResourceAttributes or resourceAttributes must be specified'
      : 'cannot be specified in combination with resourceAttributes';
  return [invalidValue(field, nonResourceAttributes ?? null, why)];
}

function validateSubject({ user = '', groups = [] }: Sent<SubjectAccessReviewSpec>): readonly FieldError[] {
  return user === '' && groups.length === 0
    ? [invalidValue('spec.user', user, 'at least one of user or group must be specified')]
    : [];
}

function validateLocal(review: LocalSubjectAccessReview): readonly FieldError[] {
  const { spec = {} } = sent(review);
  const errors = [...validateAttributes(spec), ...validateSubject(spec)];
  if (spec.nonResourceAttributes !== undefined) {
    errors.push(
      invalidValue('spec.nonResourceAttributes', spec.nonResourceAttributes, 'disallowed on this kind of request'),
    );
  }
  const namespace = spec.resourceAttributes?.namespace ?? '';
  const within = review.metadata.namespace ?? '';
  if (spec.resourceAttributes !== undefined && namespace !== within) {
    errors.push(invalidValue('spec.resourceAttributes.namespace', namespace, 'must match metadata.namespace'));
  }
  const { namespace: _within, ...metadata } = review.metadata;
  return [...errors, ...validateMetadata({ metadata }, 'must be empty except for namespace')];
}

/** What Go's clients may write of a field that is not set. */
function isZero(value: unknown): boolean {
  if (typeof value === 'object' && value !== null) return Object.keys(value).length === 0;
  return value === undefined || value === null || value === '' || value === 0;
}

/** A question has no name, nor anything else that objects have which are kept. */
function validateMetadata({ metadata }: Pick<KubeObject, 'metadata'>, why = 'must be empty'): readonly FieldError[] {
  const given = Object.entries(metadata).filter(([, value]) => !isZero(value));
  return given.length === 0 ? [] : [invalidValue('metadata', Object.fromEntries(given), why)];
}
