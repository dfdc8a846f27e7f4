export {
  createCertificateAuthority,
  issueClientCertificate,
  issueServingCertificate,
  type AuthorityOptions,
  type CertificateAuthority,
  type ClientCertificateOptions,
  type ServingCertificateOptions,
} from './authority.ts';
export { inspectCertificate, isIssuedBy, needsRenewal, type CertificateFacts } from './inspect.ts';
export type { KeyPairPem } from './keys.ts';
