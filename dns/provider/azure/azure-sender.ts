import type { DnsManagementClient } from '@azure/arm-dns';
import { withDeadline } from '../../../src/component-base/index.ts';
import type { Pace } from '../remote/pace.ts';
import { translateError } from './translate-error.ts';

/** Rejects with `DnsProviderError` or `ChangedMeanwhile`; with the signal's reason when that aborts. */
export type AzureSender = <T>(
  request: (client: DnsManagementClient, options: { readonly abortSignal: AbortSignal }) => Promise<T>,
  signal: AbortSignal,
) => Promise<T>;

const DEADLINE_MS = 60_000;

export function createSender(client: DnsManagementClient, pace: Pace): AzureSender {
  return async (request, outer) => {
    const abortSignal = withDeadline(DEADLINE_MS, outer);
    try {
      await pace.turn(abortSignal);
      return await request(client, { abortSignal });
    } catch (err) {
      throw translateError(err, outer);
    }
  };
}
