import { DnsProviderError, type DnsProviderErrorCode } from '../dns-provider.ts';
import { ChangedMeanwhile } from '../remote/held.ts';
import { plainError } from '../remote/plain-error.ts';

/** Reasons of a 403 that have nothing to do with rights. */
const THROTTLED = new Set(['rateLimitExceeded', 'userRateLimitExceeded', 'quotaExceeded', 'dailyLimitExceeded']);
const MAX_MESSAGE_LENGTH = 300;

/** Everything else may come right by itself. */
export function translateError(err: unknown, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  const cause = plainError(err);
  const { status, message = cause.message, reasons } = faultOf(err);
  const told = `Cloud DNS: ${message.slice(0, MAX_MESSAGE_LENGTH)}`;
  const isOfChange = message.includes('entity.change');
  if (status === 409 || status === 412 || (status === 404 && isOfChange)) return new ChangedMeanwhile(told, { cause });
  if (isWithoutCredentials(cause)) return new DnsProviderError('Denied', told, { cause });
  if (reasons.some((reason) => THROTTLED.has(reason))) return new DnsProviderError('Unavailable', told, { cause });
  return new DnsProviderError(codeOf(status), told, { cause });
}

function codeOf(status = 500): DnsProviderErrorCode {
  if (status === 401 || status === 403) return 'Denied';
  if (status === 404) return 'NoSuchZone';
  return status >= 500 || status === 408 || status === 429 ? 'Unavailable' : 'Invalid';
}

/** The SDK and its token service tell these in words only. */
const isWithoutCredentials = ({ message }: Error) =>
  /default credentials|invalid_grant|invalid_client|unauthorized_client|Unable to detect a Project Id/.test(message);

interface Fault {
  readonly status?: number;
  readonly message?: string;
  readonly reasons: readonly string[];
}

function faultOf(err: unknown): Fault {
  const response = fieldOf(err, 'response');
  const status = fieldOf(response, 'status');
  const error = fieldOf(fieldOf(response, 'data'), 'error');
  const message = fieldOf(error, 'message');
  const errors = fieldOf(error, 'errors');
  const reasons = Array.isArray(errors) ? errors.map((one) => fieldOf(one, 'reason')) : [];
  return {
    ...(typeof status === 'number' ? { status } : {}),
    ...(typeof message === 'string' ? { message } : {}),
    reasons: reasons.filter((reason) => typeof reason === 'string'),
  };
}

// @NOTE fields of any object may be asked for by name; each is looked at before it is used.
const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined;
