import type * as Package from '@aws-sdk/client-route-53';
import type { Pace } from '../remote/pace.ts';
import { translateError } from './translate-error.ts';

/** The package, once it is loaded. */
export type Route53Package = typeof Package;

type Request<T> = (client: Package.Route53Client, signal: AbortSignal) => Promise<T>;

/** How requests are sent: at a pace of their own, with errors in the words of the contract. */
export interface Route53Sender {
  readonly sdk: Route53Package;
  /** Rejects with `DnsProviderError` or `ChangedMeanwhile`; with the signal's reason when that aborts. */
  readonly send: <T>(request: Request<T>, signal: AbortSignal) => Promise<T>;
}

export function createSender(sdk: Route53Package, client: Package.Route53Client, pace: Pace): Route53Sender {
  return {
    sdk,
    send: async (request, signal) => {
      try {
        await pace.turn(signal);
        return await request(client, signal);
      } catch (err) {
        throw translateError(err, signal);
      }
    },
  };
}
