import { DnsProviderError } from '../../dns/provider/index.ts';
import { untilAborted, withDeadline } from '../../src/component-base/index.ts';

/** Longer than providers try by themselves. What one did that has not answered by then is read from the zone. */
const PROVIDER_TIMEOUT_MS = 150_000;

/** The provider understood and will say no again. */
export function isRefusal(err: unknown): err is DnsProviderError {
  if (!(err instanceof DnsProviderError)) return false;
  return err.code === 'OutsideZone' || err.code === 'CnameConflict' || err.code === 'Invalid';
}

/** Rejects when the provider takes too long. */
export async function inTime<R>(signal: AbortSignal, call: (deadline: AbortSignal) => Promise<R>): Promise<R> {
  const deadline = withDeadline(PROVIDER_TIMEOUT_MS, signal);
  return untilAborted(call(deadline), deadline);
}
