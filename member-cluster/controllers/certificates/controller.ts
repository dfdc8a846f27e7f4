import { formatTime, isConflict, isNotFound } from '../../../src/apimachinery/index.ts';
import { certificateSigningRequests, type CertificateSigningRequest } from '../../../src/apis/index.ts';
import type { Client } from '../../../src/client/index.ts';
import type { Clock } from '../../../src/component-base/index.ts';
import type { CertificateAuthority } from '../../../src/pki/index.ts';
import type { ControllerDefinition } from '../controller-definition.ts';
import { signers } from './signers.ts';

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Signs the requests that were approved, where the cluster has an authority to sign with. */
export const certificateSigningController: ControllerDefinition = {
  name: 'csrsigning',
  build({ informers, client, clock, settings }, queue) {
    const { signingAuthority } = settings;
    if (signingAuthority === undefined) return async () => ({});
    const informer = informers.of(certificateSigningRequests);
    informer.onEvent(({ type, key }) => {
      if (type !== 'delete') queue.add(key);
    });
    return async (key, signal) => {
      const request = informer.lister.get(key);
      if (request === undefined || !isWaiting(request)) return {};
      const status = await answerTo(request, signingAuthority, clock);
      await write(client, { ...request, status: { ...request.status, ...status } }, signal);
      return {};
    };
  },
};

function isWaiting({ spec, status }: CertificateSigningRequest): boolean {
  const has = (type: string) => (status?.conditions ?? []).some((condition) => condition.type === type);
  const isSigned = (status?.certificate ?? '') !== '';
  return Object.hasOwn(signers, spec.signerName) && has('Approved') && !has('Denied') && !has('Failed') && !isSigned;
}

async function answerTo(
  { spec, status }: CertificateSigningRequest,
  authority: CertificateAuthority,
  clock: Clock,
): Promise<NonNullable<CertificateSigningRequest['status']>> {
  const { requestedNames, signRequest } = await import('../../../src/pki/index.ts');
  const pem = Buffer.from(spec.request, 'base64').toString('utf8');
  const { usages = [], expirationSeconds = YEAR_SECONDS } = spec;
  const problem = signers[spec.signerName]?.(await requestedNames(pem), usages);
  if (problem !== undefined) {
    const lastUpdateTime = formatTime(clock.now());
    const failed = {
      type: 'Failed',
      status: 'True',
      reason: 'SignerValidationFailure',
      message: problem,
      lastUpdateTime,
    };
    return { conditions: [...(status?.conditions ?? []), failed] };
  }
  const validSeconds = Math.min(expirationSeconds, YEAR_SECONDS);
  const certificate = await signRequest(authority, pem, { usages, validSeconds, clock });
  return { certificate: Buffer.from(certificate).toString('base64') };
}

async function write(client: Client, request: CertificateSigningRequest, signal: AbortSignal): Promise<void> {
  try {
    await client.updateStatus(certificateSigningRequests, request, { signal });
  } catch (err) {
    // Whoever changed it meanwhile is heard of too.
    if (!isNotFound(err) && !isConflict(err)) throw err;
  }
}
