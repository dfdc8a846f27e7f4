import { badRequest } from '../../apimachinery/index.ts';
import type { ResourceDefinition } from '../../apiserver/index.ts';
import { unanswered } from '../compose.ts';
import type { SelfSubjectReview, TokenReview } from '../generated/wire-types.ts';
import { sent } from '../sent.ts';
import { withoutStatus } from '../status-rules.ts';

const group = { group: 'authentication.k8s.io', version: 'v1', namespaced: false } as const;

/** Whose token is this? */
export const tokenReviews: ResourceDefinition<TokenReview> = {
  ...group,
  kind: 'TokenReview',
  plural: 'tokenreviews',
  singular: 'tokenreview',
  schema: 'k8s.io/api/authentication/v1.TokenReview',
  verbs: ['create'],
  strategy: {
    prepareForCreate: (review) => {
      const { token = '' } = sent(review).spec ?? {};
      if (token === '') throw badRequest('token is required for TokenReview in authentication');
      return withoutStatus(review);
    },
  },
  answer: unanswered({ kind: 'TokenReview' }),
};

/** Who am I? */
export const selfSubjectReviews: ResourceDefinition<SelfSubjectReview> = {
  ...group,
  kind: 'SelfSubjectReview',
  plural: 'selfsubjectreviews',
  singular: 'selfsubjectreview',
  schema: 'k8s.io/api/authentication/v1.SelfSubjectReview',
  verbs: ['create'],
  strategy: { prepareForCreate: withoutStatus },
  answer: unanswered({ kind: 'SelfSubjectReview' }),
};

/** What `serviceaccounts/token` is asked with. */
export const tokenRequestBody = {
  group: 'authentication.k8s.io',
  version: 'v1',
  kind: 'TokenRequest',
  schema: 'k8s.io/api/authentication/v1.TokenRequest',
} as const;
