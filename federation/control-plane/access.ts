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
  tokenReviews,
  withAnswer,
} from '../../src/apis/index.ts';
import {
  answerAccessReview,
  answerRulesReview,
  answerSelfAccessReview,
  answerSelfSubjectReview,
  answerTokenReview,
  discoveryAuthorizer,
  mastersAuthorizer,
  parseTokenFile,
  rbacAuthorizer,
  rbacEscalation,
  TOKEN_ISSUER,
  tokenFileAuthenticator,
  unionAuthorizer,
  type AdmissionPlugin,
  type Authenticator,
  type Authorizer,
  type ConfiguredAuthentication,
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

export interface AccessDeps {
  /** First called with the first request, and before they run. */
  readonly informers: () => InformerSet;
  /** Lines of `token,user,uid,"groups"`. */
  readonly tokenFile?: string;
  /** Believed beside those of the token file. */
  readonly authentication?: ConfiguredAuthentication;
}

export function createAccess(deps: AccessDeps): Access {
  const { informers } = deps;
  const source: RbacSource = {
    clusterRoles: { get: (key) => informers().of(clusterRoles).lister.get(key) },
    roles: { get: (key) => informers().of(roles).lister.get(key) },
    clusterRoleBindings: { list: () => informers().of(clusterRoleBindings).lister.list() },
    roleBindings: { list: (namespace) => informers().of(roleBindings).lister.list(namespace) },
  };
  const authenticators = authenticatorsOf(deps);
  const authorizer = unionAuthorizer(mastersAuthorizer, discoveryAuthorizer, rbacAuthorizer(source));
  return {
    authenticators,
    authorizer,
    admission: rbacEscalation(source),
    reviews: [
      withAnswer(
        tokenReviews,
        answerTokenReview(() => authenticators, TOKEN_ISSUER),
      ),
      withAnswer(selfSubjectReviews, answerSelfSubjectReview),
      withAnswer(subjectAccessReviews, answerAccessReview(authorizer)),
      withAnswer(localSubjectAccessReviews, answerAccessReview(authorizer)),
      withAnswer(selfSubjectAccessReviews, answerSelfAccessReview(authorizer)),
      withAnswer(selfSubjectRulesReviews, answerRulesReview(source)),
    ],
  };
}

function authenticatorsOf({ tokenFile, authentication }: AccessDeps): readonly Authenticator[] {
  return [
    ...(tokenFile === undefined ? [] : [tokenFileAuthenticator(parseTokenFile(tokenFile))]),
    ...(authentication === undefined ? [] : [authentication.authenticator]),
  ];
}
