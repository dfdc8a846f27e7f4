import type { MemberCluster } from '../../member-cluster/control-plane/index.ts';
import { issueClientCertificate } from '../../src/pki/index.ts';
import type { KubectlServer } from './kubectl.ts';
import { memberCertificates, reserveBlock, startTestMember } from './member-cluster.ts';

export interface KubectlMember extends KubectlServer, AsyncDisposable {
  readonly cluster: MemberCluster;
}

/** A whole member cluster with two nodes, on a block of loopback of its own, for kubectl to administrate. */
export async function startKubectlMember(): Promise<KubectlMember> {
  const block = await reserveBlock();
  const certificates = await memberCertificates(block);
  const [cluster, admin] = await Promise.all([
    startTestMember({ network: { block }, certificates, nodes: 2 }),
    issueClientCertificate(certificates.ca, { commonName: 'kubernetes-admin', organizations: ['system:masters'] }),
  ]);
  return {
    cluster,
    url: cluster.url,
    certificates: { ca: certificates.ca.certificate, admin },
    [Symbol.asyncDispose]: () => cluster[Symbol.asyncDispose](),
  };
}
