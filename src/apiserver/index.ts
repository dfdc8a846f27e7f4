export type { AdmissionPlugin, AdmissionRequest } from './admission.ts';
export type { ApiServer, ApiServerOptions, HttpsListener, SecureServing } from './api-server.ts';
export type {
  Column,
  ResourceDefinition,
  ScaleView,
  Strategy,
  StreamAnswer,
  Subresource,
  SubresourceRequest,
  UserInfo,
  Verb,
  WriteContext,
} from './resource-definition.ts';
export type {
  Authenticator,
  AuthorizationAttributes,
  AuthorizationDecision,
  Authorizer,
  Credentials,
} from './security.ts';
