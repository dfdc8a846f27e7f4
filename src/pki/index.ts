export { followCertificateFiles, type CertificateFilesOptions } from './certificate-files.ts';
export { CertificateLifetimes } from './certificate-lifetimes.ts';
export {
  createCertificateAuthority,
  issueClientCertificate,
  issueServingCertificate,
  type CertificateAuthority,
} from './authority.ts';
export { inspectCertificate, isIssuedBy, needsRenewal } from './inspect.ts';
export { requestedNames, signRequest, type RequestedNames } from './sign-request.ts';
export type { KeyPairPem } from './keys.ts';
