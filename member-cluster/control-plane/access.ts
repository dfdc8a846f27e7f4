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
  bootstrapTokenAuthenticator,
  discoveryAuthorizer,
  mastersAuthorizer,
  rbacAuthorizer,
  rbacEscalation,
  parseTokenFile,
  serviceAccountAuthenticator,
  tokenFileAuthenticator,
  unionAuthorizer,
  type AdmissionPlugin,
  type Authenticator,
  type Authorizer,
  type ConfiguredAuthentication,
  type RbacSource,
  type ResourceDefinition,
  type ServiceAccountTokens,
} from '../../src/apiserver/index.ts';
import type { Client } from '../../src/client/index.ts';
import type { Clock } from '../../src/component-base/index.ts';
import type { InformerSet } from '../../src/controller/index.ts';
import { nodeAuthorizer, nodeRelations, rulesUnknownOf } from '../node-access/index.ts';

/** Who is believed, and who may do what. */
export interface Access {
  readonly authenticators: readonly Authenticator[];
  readonly authorizer: Authorizer;
  /** Keeps those who may write roles and bindings from granting themselves more. */
  readonly admission: AdmissionPlugin;
  /** Kinds that ask about the two. */
  readonly reviews: readonly ResourceDefinition[];
}

export interface AccessDeps {
  readonly tokens: ServiceAccountTokens;
  readonly tokenFile?: string;
  /** Who is believed beside those whom the cluster itself knows. */
  readonly authentication: ConfiguredAuthentication | undefined;
  readonly clock: Clock;
  /** A client of the very server that this is for. */
  readonly own: () => Client;
  /** Where roles and bindings are known from. */
  readonly informers: () => InformerSet;
}

export function createAccess(deps: AccessDeps): Access {
  const { tokens, informers } = deps;
  const source = rbacSource(informers);
  const authorizer = unionAuthorizer(
    mastersAuthorizer,
    nodeAuthorizer(nodeRelations(deps)),
    discoveryAuthorizer,
    rbacAuthorizer(source),
  );
  const authenticators = authenticatorsOf(deps);
  return {
    authenticators,
    authorizer,
    admission: rbacEscalation(source),
    reviews: [
      withAnswer(
        tokenReviews,
        answerTokenReview(() => authenticators, tokens.issuer),
      ),
      withAnswer(selfSubjectReviews, answerSelfSubjectReview),
      withAnswer(subjectAccessReviews, answerAccessReview(authorizer)),
      withAnswer(localSubjectAccessReviews, answerAccessReview(authorizer)),
      withAnswer(selfSubjectAccessReviews, answerSelfAccessReview(authorizer)),
      withAnswer(selfSubjectRulesReviews, answerRulesReview(source, rulesUnknownOf)),
    ],
  };
}

function authenticatorsOf({ tokens, tokenFile, authentication, own, clock }: AccessDeps): readonly Authenticator[] {
  const file = tokenFile === undefined ? [] : [tokenFileAuthenticator(parseTokenFile(tokenFile))];
  return [
    ...file,
    onceAsked(() => serviceAccountAuthenticator({ tokens, own: own(), clock })),
    onceAsked(() => bootstrapTokenAuthenticator({ own: own(), clock })),
    ...(authentication === undefined ? [] : [authentication.authenticator]),
  ];
}

/** One that is made with the first question, when there is a server to read from. */
function onceAsked(make: () => Authenticator): Authenticator {
  let made: Authenticator | undefined;
  return (credentials, signal) => {
    made ??= make();
    return made(credentials, signal);
  };
}

/** Read anew from the informers with every question; they are looked up with the first. */
function rbacSource(informers: () => InformerSet): RbacSource {
  let found: RbacSource | undefined;
  const source = (): RbacSource => {
    const set = informers();
    found ??= {
      clusterRoles: set.of(clusterRoles).lister,
      roles: set.of(roles).lister,
      clusterRoleBindings: set.of(clusterRoleBindings).lister,
      roleBindings: set.of(roleBindings).lister,
    };
    return found;
  };
  return {
    clusterRoles: { get: (key) => source().clusterRoles.get(key) },
    roles: { get: (key) => source().roles.get(key) },
    clusterRoleBindings: { list: () => source().clusterRoleBindings.list() },
    roleBindings: { list: (namespace) => source().roleBindings.list(namespace) },
  };
}
