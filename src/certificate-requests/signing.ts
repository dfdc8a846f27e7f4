import { formatTime } from '../apimachinery/index.ts';
import { certificateSigningRequests, type CertificateSigningRequest } from '../apis/index.ts';
import type { Clock } from '../component-base/index.ts';
import { requestedNames, signRequest, type CertificateAuthority } from '../pki/index.ts';
import { conditionOf, isIssued, requestPem } from './request-state.ts';
import type { RequestReconcilerDeps, RequestReconciler } from './request-controller.ts';
import { signers } from './signers.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Signs the requests that were approved. */
export function signing({ client, clock }: RequestReconcilerDeps, authority: CertificateAuthority): RequestReconciler {
  return async (request, signal) => {
    if (!isWaiting(request)) return {};
    const status = await answerTo(request, authority, clock);
    const answered = { ...request, status: { ...request.status, ...status } };
    await client.updateStatus(certificateSigningRequests, answered, { signal });
    return {};
  };
}

function isWaiting(request: CertificateSigningRequest): boolean {
  const has = (type: string) => conditionOf(request, type) !== undefined;
  const isOurs = Object.hasOwn(signers, request.spec.signerName);
  return isOurs && has('Approved') && !has('Denied') && !has('Failed') && !isIssued(request);
}

async function answerTo(
  request: CertificateSigningRequest,
  authority: CertificateAuthority,
  clock: Clock,
): Promise<NonNullable<CertificateSigningRequest['status']>> {
  const { usages = [], expirationSeconds = YEAR_SECONDS, signerName } = request.spec;
  const pem = requestPem(request);
  const problem = signers[signerName]?.(await requestedNames(pem), usages);
  if (problem !== undefined) {
    const lastUpdateTime = formatTime(clock.now());
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: problem,
      lastUpdateTime,
    };
    return { conditions: [...(request.status?.conditions ?? []), failed] };
  }
  const validSeconds = Math.min(expirationSeconds, YEAR_SECONDS);
  const certificate = await signRequest(authority, pem, { usages, validSeconds, clock });
  return { certificate: Buffer.from(certificate).toString('base64') };
}
