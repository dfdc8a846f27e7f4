import { formatTime } from '../apimachinery/index.ts';
import { certificateSigningRequests, subjectAccessReviews, type CertificateSigningRequest } from '../apis/index.ts';
import { requestedNames, type RequestedNames } from '../pki/index.ts';
import type { RequestReconciler, RequestReconcilerDeps } from './request-controller.ts';
import { conditionOf, isIssued, requestPem } from './request-state.ts';
import { KUBELET_CLIENT, signers } from './signers.ts';

interface AutoApproval {
  /** The sub-resource of requests that whoever asks must be allowed to create. */
  readonly subresource: string;
  readonly message: string;
  readonly applies: (request: CertificateSigningRequest, names: RequestedNames) => boolean;
}

const approvals: readonly AutoApproval[] = [
  {
    subresource: 'selfnodeclient',
    message: 'Auto approving self kubelet client certificate after SubjectAccessReview.',
    applies: ({ spec }, { commonName }) => spec.username === commonName,
  },
  {
    subresource: 'nodeclient',
    message: 'Auto approving kubelet client certificate after SubjectAccessReview.',
    applies: () => true,
  },
];

/** Approves what kubelets ask to be known by, where those who ask may have that without being looked at. */
export function autoApproval(deps: RequestReconcilerDeps): RequestReconciler {
  const { client, clock } = deps;
  return async (request, signal) => {
    if (!isUndecided(request) || request.spec.signerName !== KUBELET_CLIENT) return {};
    const names = await requestedNames(requestPem(request));
    if (signers[KUBELET_CLIENT]?.(names, request.spec.usages ?? []) !== undefined) return {};
    for (const { subresource, message, applies } of approvals) {
      if (!applies(request, names) || !(await mayCreate(subresource, request, deps, signal))) continue;
      const [status, reason] = ['True', 'AutoApproved'];
      const approved = { type: 'Approved', status, reason, message, lastUpdateTime: formatTime(clock.now()) };
      const conditions = [...(request.status?.conditions ?? []), approved];
      const decided = { ...request, status: { ...request.status, conditions } };
      await client.update(certificateSigningRequests, decided, { subresource: 'approval', signal });
      break;
    }
    return {};
  };
}

function isUndecided(request: CertificateSigningRequest): boolean {
  const isDecided = ['Approved', 'Denied'].some((type) => conditionOf(request, type) !== undefined);
  return !isDecided && !isIssued(request);
}

async function mayCreate(
  subresource: string,
  { spec }: CertificateSigningRequest,
  { client }: RequestReconcilerDeps,
  signal: AbortSignal,
): Promise<boolean> {
  const { username = '', groups = [], uid, extra } = spec;
  const { group, plural: resource } = certificateSigningRequests;
  const review = {
    metadata: {},
    spec: {
      user: username,
      groups: [...groups],
      ...(uid === undefined ? {} : { uid }),
      ...(extra === undefined ? {} : { extra }),
      resourceAttributes: { group, resource, verb: 'create', subresource, version: '*' },
    },
  };
  const { status } = await client.create(subjectAccessReviews, review, { signal });
  return status?.allowed === true;
}
