import { withDeadline } from '../../../src/component-base/index.ts';
import { DnsProviderError } from '../dns-provider.ts';

export interface DeadlineOptions {
  readonly ms: number;
  /** Begins the message. */
  readonly what: string;
}

/** As `work` does; rejects with `Unavailable` when it took too long, and with the signal's reason when that aborts. */
export async function withinDeadline<T>(
  { ms, what }: DeadlineOptions,
  work: (signal: AbortSignal) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  signal?.throwIfAborted();
  const deadline = withDeadline(ms, signal);
  try {
    return await work(deadline);
  } catch (err) {
    signal?.throwIfAborted();
    if (!deadline.aborted) throw err;
    throw new DnsProviderError('Unavailable', `${what} has not answered within ${ms / 1000} seconds`, { cause: err });
  }
}
