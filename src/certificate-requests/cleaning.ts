import { parseTime } from '../apimachinery/index.ts';
import { certificateSigningRequests, type CertificateSigningRequest } from '../apis/index.ts';
import { inspectCertificate } from '../pki/index.ts';
import type { RequestReconciler, RequestReconcilerDeps } from './request-controller.ts';
import { conditionOf, isIssued } from './request-state.ts';

const HOUR_MS = 60 * 60_000;
const DAY_MS = 24 * HOUR_MS;

/** Deletes requests that nobody needs any more: an hour after they were answered, a day after nobody did. */
export function cleaning({ client, clock }: RequestReconcilerDeps): RequestReconciler {
  return async (request, signal) => {
    const restMs = endOf(request) - clock.now();
    // Timers hold no more than 2^31 milliseconds.
    if (restMs > 0) return { requeueAfterMs: Math.min(restMs, DAY_MS) };
    const { name = '', uid = '', resourceVersion = '' } = request.metadata;
    // Only as it was seen: it may have been approved or signed meanwhile.
    const preconditions = { uid, resourceVersion };
    await client.delete(certificateSigningRequests, { name }, { preconditions, signal });
    return {};
  };
}

/** When nobody needs it any more, in milliseconds since the epoch. */
function endOf(request: CertificateSigningRequest): number {
  const [approved, denied, failed] = ['Approved', 'Denied', 'Failed'].map((type) => changedAt(request, type));
  const issued = isIssued(request);
  return Math.min(
    (issued ? approved : undefined) ?? Infinity,
    denied ?? Infinity,
    failed ?? Infinity,
    issued ? expiryOf(request) : Infinity,
    issued ? Infinity : answerDue(request, approved),
  );
}

function changedAt(request: CertificateSigningRequest, type: string): number | undefined {
  const condition = conditionOf(request, type);
  if (condition === undefined) return undefined;
  const { lastUpdateTime = '', lastTransitionTime = '' } = condition;
  return (parseTime(lastUpdateTime) ?? parseTime(lastTransitionTime) ?? createdAt(request)) + HOUR_MS;
}

/** Requests that were approved wait for their signer as long as others wait to be approved. */
function answerDue(request: CertificateSigningRequest, approvedUntil: number | undefined): number {
  return (approvedUntil === undefined ? createdAt(request) : approvedUntil - HOUR_MS) + DAY_MS;
}

function createdAt({ metadata }: CertificateSigningRequest): number {
  return parseTime(metadata.creationTimestamp ?? '') ?? 0;
}

/** Whatever certificates they may be, of some signer: what cannot be read does not expire. */
function expiryOf({ status }: CertificateSigningRequest): number {
  try {
    return inspectCertificate(Buffer.from(status?.certificate ?? '', 'base64').toString('utf8')).notAfter;
  } catch {
    return Infinity;
  }
}
