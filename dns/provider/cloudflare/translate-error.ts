import { DnsProviderError, type DnsProviderErrorCode } from '../dns-provider.ts';
import { ChangedMeanwhile } from '../remote/held.ts';
import { plainError } from '../remote/plain-error.ts';

interface Fault {
  readonly code: number;
  readonly message: string;
}

/** Of single records: there is none of this id, the same one already, or one that it cannot be beside. */
const STALE = new Set([81044, 81053, 81054, 81057, 81058]);
/** There is no such zone, or none that these credentials see. */
const NO_ZONE = new Set([7000, 7003]);
const DENIED = new Set([6003, 9103, 9106, 9109, 10000, 10001]);

export function translateError(err: unknown, signal: AbortSignal): Error {
  if (signal.aborted && signal.reason instanceof Error) return signal.reason;
  const cause = plainError(err);
  const faults = faultsOf(err);
  const said = faults.map(({ code, message }) => `${message} (${code})`).join('; ');
  const told = `Cloudflare: ${said === '' ? cause.message : said}`;
  const has = (codes: ReadonlySet<number>) => faults.some(({ code }) => codes.has(code));
  if (has(STALE)) return new ChangedMeanwhile(told, { cause });
  if (has(NO_ZONE)) return new DnsProviderError('NoSuchZone', told, { cause });
  if (has(DENIED) || isWithoutCredentials(cause)) return new DnsProviderError('Denied', told, { cause });
  return new DnsProviderError(codeOf(statusOf(err)), told, { cause });
}

/** What does not answer, or not at the moment, may come right by itself. */
function codeOf(status = 500): DnsProviderErrorCode {
  if (status === 401 || status === 403) return 'Denied';
  return status >= 500 || [408, 409, 429].includes(status) ? 'Unavailable' : 'Invalid';
}

/** The SDK tells it in words only. */
const isWithoutCredentials = ({ message }: Error) => message.includes('Could not resolve authentication method');

function statusOf(err: unknown): number | undefined {
  return err instanceof Error && 'status' in err && typeof err.status === 'number' ? err.status : undefined;
}

function faultsOf(err: unknown): readonly Fault[] {
  const faults: unknown = err instanceof Error && 'errors' in err ? err.errors : undefined;
  return Array.isArray(faults) ? faults.filter(isFault) : [];
}

const isFault = (value: unknown): value is Fault =>
  typeof value === 'object' &&
  value !== null &&
  'code' in value &&
  typeof value.code === 'number' &&
  'message' in value &&
  typeof value.message === 'string';
