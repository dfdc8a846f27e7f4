import {
  clusterRoleBindings,
  clusterRoles,
  localSubjectAccessReviews,
  roleBindings,
  roles,
  selfSubjectAccessReviews,
  selfSubjectReviews,
  selfSubjectRulesReviews,
  subjectAccessReviews,
  withAnswer,
} from '../../src/apis/index.ts';
import {
  answerAccessReview,
  answerRulesReview,
  answerSelfAccessReview,
  answerSelfSubjectReview,
  discoveryAuthorizer,
  mastersAuthorizer,
  rbacAuthorizer,
  rbacEscalation,
  unionAuthorizer,
  type AdmissionPlugin,
  type Authorizer,
  type RbacSource,
  type ResourceDefinition,
} from '../../src/apiserver/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';

/** Who may do what: RBAC over the federation's own roles. Whoever is known is so by a client certificate. */
export interface Access {
  readonly authorizer: Authorizer;
  /** Keeps those who may write roles and bindings from granting themselves more. */
  readonly admission: AdmissionPlugin;
  /** Kinds that ask about it. */
  readonly reviews: readonly ResourceDefinition[];
}

/** `informers` is first called with the first request, and before they run. */
export function createAccess(informers: () => InformerSet): Access {
  const source: RbacSource = {
    clusterRoles: { get: (key) => informers().of(clusterRoles).lister.get(key) },
    roles: { get: (key) => informers().of(roles).lister.get(key) },
    clusterRoleBindings: { list: () => informers().of(clusterRoleBindings).lister.list() },
    roleBindings: { list: (namespace) => informers().of(roleBindings).lister.list(namespace) },
  };
  const authorizer = unionAuthorizer(mastersAuthorizer, discoveryAuthorizer, rbacAuthorizer(source));
  return {
    authorizer,
    admission: rbacEscalation(source),
    reviews: [
      withAnswer(selfSubjectReviews, answerSelfSubjectReview),
      withAnswer(subjectAccessReviews, answerAccessReview(authorizer)),
      withAnswer(localSubjectAccessReviews, answerAccessReview(authorizer)),
      withAnswer(selfSubjectAccessReviews, answerSelfAccessReview(authorizer)),
      withAnswer(selfSubjectRulesReviews, answerRulesReview(source)),
    ],
  };
}
