import { DnsProviderError, type DnsProviderErrorCode } from '../dns-provider.ts';
import { ChangedMeanwhile } from '../remote/held.ts';
import { plainError } from '../remote/plain-error.ts';

/** Of the package for credentials. */
const DENIED = new Set([
  'AggregateAuthenticationError',
  'AuthenticationError',
  'AuthenticationRequiredError',
  'ChainedTokenCredentialUnavailableError',
  'CredentialUnavailableError',
]);

/** Everything else may come right by itself. */
export function translateError(err: unknown, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  if (err instanceof DnsProviderError) return err;
  const cause = plainError(err);
  const status = numberAt(err, 'statusCode');
  const told = `Azure DNS: ${cause.message}`;
  // Conflicts are of what others are doing at the moment, and of a CNAME that came meanwhile.
  if (status === 412 || status === 409) return new ChangedMeanwhile(told, { cause });
  // A service of credentials that does not answer is no refusal.
  if (DENIED.has(cause.name) && (status === undefined || status < 500)) {
    return new DnsProviderError('Denied', told, { cause });
  }
  return new DnsProviderError(codeOf(status), told, { cause });
}

function codeOf(status = 500): DnsProviderErrorCode {
  if (status === 401 || status === 403) return 'Denied';
  if (status === 404) return 'NoSuchZone';
  return status >= 500 || status === 408 || status === 429 ? 'Unavailable' : 'Invalid';
}

function numberAt(err: unknown, field: 'statusCode'): number | undefined {
  const value: unknown = err instanceof Error && field in err ? Reflect.get(err, field) : undefined;
  return typeof value === 'number' ? value : undefined;
}
