import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { issueClientCertificate, type KeyPairPem } from '../../src/pki/index.ts';
import type { KubectlServer } from './kubectl.ts';
import { memberCertificates, reserveBlock, startTestMember, type TestMemberOptions } from './member-cluster.ts';

export interface KubectlMember extends KubectlServer, AsyncDisposable {
  readonly cluster: MemberCluster;
  /** Signs certificates of clients that it believes. */
  readonly authority: KeyPairPem;
}

/** A whole member cluster with two nodes, on a block of loopback of its own, for kubectl to administrate. */
export async function startKubectlMember(
  options: Omit<TestMemberOptions, 'network' | 'certificates'> = {},
): Promise<KubectlMember> {
  const block = await reserveBlock();
  const certificates = await memberCertificates(block);
  const [cluster, admin] = await Promise.all([
    startTestMember({ nodes: 2, ...options, network: { block }, certificates }),
    issueClientCertificate(certificates.ca, { commonName: 'kubernetes-admin', organizations: ['system:masters'] }),
  ]);
  return {
    cluster,
    authority: certificates.ca,
    url: cluster.url,
    certificates: { ca: certificates.ca.certificate, admin },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
