export { createApiServer } from './create-api-server.ts';
export { dynamicAdmission, type DynamicAdmission, type DynamicAdmissionDeps } from './admission/dynamic-admission.ts';
export {
  createWebhookTransport,
  type ResolveService,
  type WebhookTransport,
} from './admission/webhooks/webhook-transport.ts';
export { policyTypeWarnings } from './admission/policies/policy-type-check.ts';
export { isChosen, pluginChoiceProblems, type PluginChoice } from './admission/plugin-choice.ts';
export { namespaceLifecycle } from './admission/namespace-lifecycle.ts';
export { discoveryAuthorizer, mastersAuthorizer, unionAuthorizer } from './authorization/authorizers.ts';
export { answerAccessReview, answerRulesReview, answerSelfAccessReview } from './authorization/access-review.ts';
export { rbacEscalation } from './authorization/escalation.ts';
export { rbacAuthorizer, ruleAllows, type RbacSource } from './authorization/rbac.ts';
export { uncovered } from './authorization/rule-cover.ts';
export { bootstrapTokenAuthenticator } from './authentication/bootstrap-tokens.ts';
export {
  ConfiguredAuthentication,
  type AuthenticationOptions,
  type AuthenticationSource,
} from './authentication/configured-authentication.ts';
export {
  AuthenticationConfigurationError,
  type AuthenticationConfiguration,
} from './authentication/jwt/configuration.ts';
export {
  compileAuthentication,
  readAuthenticationConfiguration,
  type AuthenticationRules,
} from './authentication/jwt/read-configuration.ts';
export { SIGNING_ALGORITHMS } from './authentication/jwt/verify-token.ts';
export { issuerDiscovery } from './authentication/issuer-discovery.ts';
export { serviceAccountAuthenticator } from './authentication/service-account.ts';
export { tokenRequestHandler } from './authentication/token-request.ts';
export {
  createServiceAccountTokens,
  type BoundObject,
  type ServiceAccountTokens,
  type TokenSubject,
} from './authentication/service-account-tokens.ts';
export { TOKEN_ISSUER } from './authentication/token-issuer.ts';
export { parseTokenFile, tokenFileAuthenticator } from './authentication/token-file.ts';
export { answerSelfSubjectReview, answerTokenReview } from './authentication/token-review.ts';
export type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
export { openApiPart } from './aggregation/remote-open-api.ts';
export { RemoteApis, type RemoteApi, type RemoteResource } from './aggregation/remote-apis.ts';
export { AuditPolicyError, parseAuditPolicy } from './audit/parse-policy.ts';
export type { AuditOptions } from './audit/auditor.ts';
export type { AuditPolicy } from './audit/policy.ts';
export type { FlowControlSource, FlowSchemaLike, PriorityLevelLike } from './flow-control/contract.ts';
export { ResourceCatalog } from './catalog.ts';
export { storedResources, type StoredResources } from './stored-resources.ts';
export type { ApiServer, ApiServerOptions, HttpsListener, SecureServing } from './api-server.ts';
export type {
  ChangeObject,
  Column,
  ConnectRequest,
  FieldValue,
  JsonSchema,
  ReadContent,
  ReadSource,
  ResourceDefinition,
  ScaleView,
  StoredAs,
  StoredVersions,
  Strategy,
  Subresource,
  SubresourceRequest,
  UserInfo,
  Verb,
  WriteContext,
} from './resource-definition.ts';
export type { CommandSession, CommandStreams, Connection, ProxyTarget, TerminalSize } from './streaming/connection.ts';
export type {
  Authenticator,
  AuthorizationAttributes,
  AuthorizationDecision,
  Authorizer,
  Credentials,
} from './security.ts';
