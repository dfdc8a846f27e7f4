import { DnsProviderError } from '../dns-provider.ts';
import { plainError } from '../remote/plain-error.ts';
import { ChangedMeanwhile } from '../remote/held.ts';

const DENIED = new Set([
  'AccessDenied',
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredToken',
  'ExpiredTokenException',
  'IncompleteSignature',
  'InvalidClientTokenId',
  'InvalidSignatureException',
  'MissingAuthenticationToken',
  'NotAuthorizedException',
  'OptInRequired',
  'SignatureDoesNotMatch',
  'TokenProviderError',
  'UnrecognizedClientException',
]);

const INVALID = new Set(['InvalidArgument', 'InvalidChangeBatch', 'InvalidDomainName', 'InvalidInput']);
const STALE = /was not found|do not match the current values|already exists(?! in zone)/;

/** Everything else may come right by itself: throttling, failures of the service or on the way there. */
export function translateError(err: unknown, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  const cause = plainError(err);
  const { name, message } = cause;
  const told = `Route 53: ${name}: ${message}`;
  if (name === 'InvalidChangeBatch' && STALE.test(changeBatchMessage(err)))
    return new ChangedMeanwhile(told, { cause });
  if (name === 'NoSuchHostedZone') return new DnsProviderError('NoSuchZone', told, { cause });
  if (INVALID.has(name))
    return new DnsProviderError('Invalid', `Route 53: ${name}: ${changeBatchMessage(err)}`, { cause });
  if (DENIED.has(name)) return new DnsProviderError('Denied', told, { cause });
  return new DnsProviderError('Unavailable', told, { cause });
}

/** What is wrong with a batch is said in the message or in a list beside it. */
function changeBatchMessage(err: unknown): string {
  if (!(err instanceof Error)) return '';
  const messages: unknown = 'messages' in err ? err.messages : undefined;
  return Array.isArray(messages) ? `${err.message} ${messages.join(' ')}`.trim() : err.message;
}
