import type { SecureServing } from '../../src/apiserver/index.ts';
import {
  createCertificateAuthority,
  issueClientCertificate,
  issueServingCertificate,
  type KeyPairPem,
} from '../../src/pki/index.ts';

export interface TestCertificates {
  /** PEM of the CA that signed all of them. */
  readonly ca: string;
  readonly serving: SecureServing;
  /** Of a member of `system:masters`. */
  readonly admin: KeyPairPem;
  issue(commonName: string, organizations?: readonly string[]): Promise<KeyPairPem>;
}

export async function createTestCertificates(host = '127.0.0.1'): Promise<TestCertificates> {
  const ca = await createCertificateAuthority();
  const issue = (commonName: string, organizations: readonly string[] = []) =>
    issueClientCertificate(ca, { commonName, organizations });
  const serving = await issueServingCertificate(ca, { commonName: 'kube-apiserver', hosts: [host, 'localhost'] });
  return {
    ca: ca.certificate,
    serving: { host, port: 0, key: serving.key, cert: serving.certificate, clientCa: ca.certificate },
    admin: await issue('kubernetes-admin', ['system:masters']),
    issue,
  };
}
