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
  parseTokenFile,
  rbacAuthorizer,
  rbacEscalation,
  tokenFileAuthenticator,
  unionAuthorizer,
  type AdmissionPlugin,
  type Authenticator,
  type Authorizer,
  type RbacSource,
  type ResourceDefinition,
} from '../../src/apiserver/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';

/** Who is believed beside those with client certificates, and who may do what: RBAC over the federation's own roles. */
export interface Access {
  readonly authenticators: readonly Authenticator[];
  readonly authorizer: Authorizer;
  /** Keeps those who may write roles and bindings from granting themselves more. */
  readonly admission: AdmissionPlugin;
  /** Kinds that ask about it. */
  readonly reviews: readonly ResourceDefinition[];
}

/** `informers` is first called with the first request, and before they run. */
export function createAccess(informers: () => InformerSet, tokenFile?: string): Access {
  const source: RbacSource = {
    clusterRoles: { get: (key) => informers().of(clusterRoles).lister.get(key) },
    roles: { get: (key) => informers().of(roles).lister.get(key) },
    clusterRoleBindings: { list: () => informers().of(clusterRoleBindings).lister.list() },
    roleBindings: { list: (namespace) => informers().of(roleBindings).lister.list(namespace) },
  };
  const authorizer = unionAuthorizer(mastersAuthorizer, discoveryAuthorizer, rbacAuthorizer(source));
  return {
    authenticators: tokenFile === undefined ? [] : [tokenFileAuthenticator(parseTokenFile(tokenFile))],
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
