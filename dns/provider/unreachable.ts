import { DnsProviderError } from './dns-provider.ts';

/**
 * Why a call of a provider failed: `Unavailable`, and where the caller has gone the caller's own reason. `limit` is the
 * signal of the call, `caller` the one it was made of.
 */
export function unreachable(
  what: string,
  err: unknown,
  { caller, limit }: { readonly caller: AbortSignal | undefined; readonly limit: AbortSignal },
): unknown {
  if (caller?.aborted === true && !isTimeout(caller.reason)) return caller.reason;
  const why = limit.aborted && isTimeout(limit.reason) ? 'no answer in time' : messageOf(err);
  return new DnsProviderError('Unavailable', `${what}: ${why}`, { cause: err });
}

const isTimeout = (reason: unknown) => reason instanceof DOMException && reason.name === 'TimeoutError';

/** Of several addresses that were tried none may have a message of the whole. */
function messageOf(err: unknown): string {
  if (err instanceof AggregateError) return err.errors.map(messageOf).join(', ');
  return err instanceof Error ? err.message : String(err);
}
