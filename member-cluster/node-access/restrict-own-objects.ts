import type { CertificateSigningRequest, ResourceSlice } from '../../src/apis/index.ts';
import { quoted, type NodeWrite } from './node-write.ts';

const LEASE_NAMESPACE = 'kube-node-lease';
const KUBELET_SIGNERS: readonly string[] = [
  'kubernetes.io/kubelet-serving',
  'kubernetes.io/kube-apiserver-client-kubelet',
];

export function checkLease({ node, request, refuse }: NodeWrite): void {
  if (request.namespace !== LEASE_NAMESPACE) {
    throw refuse(`can only access leases in the ${quoted(LEASE_NAMESPACE)} system namespace`);
  }
  if (request.name !== node) {
    throw refuse('can only access node lease with the same name as the requesting node');
  }
}

export function checkCsiNode({ node, request, refuse }: NodeWrite): void {
  if (request.name !== node) throw refuse('can only access CSINode with the same name as the requesting node');
}

/** Whose a new slice is, and which ones of many are to be deleted, authorization does not see. */
export function checkResourceSlice({ node, request, refuse }: NodeWrite): void {
  // @NOTE the resource was checked.
  const [slice, old] = [request.object, request.oldObject] as (ResourceSlice | undefined)[];
  if (request.operation === 'CREATE' && slice?.spec.nodeName !== node) {
    throw refuse('can only create ResourceSlice with the same NodeName as the requesting node');
  }
  if (request.operation === 'DELETE' && old?.spec.nodeName !== node) {
    throw refuse('can only delete ResourceSlice with the same NodeName as the requesting node');
  }
}

/** A node asks for certificates in its own name alone. */
export async function checkCertificateRequest({ node, request, refuse }: NodeWrite): Promise<void> {
  if (request.operation !== 'CREATE') return;
  // @NOTE the resource was checked, and a create has an object.
  const { spec } = request.object as CertificateSigningRequest;
  if (!KUBELET_SIGNERS.includes(spec.signerName)) return;
  const { requestedNames } = await import('../../src/pki/index.ts');
  const names = await requestedNames(Buffer.from(spec.request, 'base64').toString('utf8')).catch((err: unknown) => {
    throw refuse(`unable to parse csr: ${err instanceof Error ? err.message : String(err)}`);
  });
  const own = `system:node:${node}`;
  if (names.commonName !== own) throw refuse(`can only create a node CSR with CN=${own}`);
}
