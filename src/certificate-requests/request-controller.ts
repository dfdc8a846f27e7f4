import { isConflict, isNotFound } from '../apimachinery/index.ts';
import { certificateSigningRequests, type CertificateSigningRequest } from '../apis/index.ts';
import type { Client } from '../client/index.ts';
import type { Clock, Logger, Runnable } from '../component-base/index.ts';
import { controller, WorkQueue, type InformerSet, type ReconcileResult } from '../controller/index.ts';

export interface RequestReconcilerDeps {
  readonly client: Client;
  readonly clock: Clock;
}

export interface RequestControllerDeps extends RequestReconcilerDeps {
  readonly informers: InformerSet;
  readonly log: Logger;
}

/** Does with a request what its state asks for. Whoever changed it meanwhile is heard of again. */
export type RequestReconciler = (request: CertificateSigningRequest, signal: AbortSignal) => Promise<ReconcileResult>;

/** Runs `reconcile` for every CertificateSigningRequest that is there, is made or changes. */
export function requestController(
  name: string,
  { informers, clock, log }: RequestControllerDeps,
  reconcile: RequestReconciler,
): Runnable {
  const requests = informers.of(certificateSigningRequests);
  const queue = new WorkQueue(clock);
  requests.onEvent(({ type, key }) => {
    if (type !== 'delete') queue.add(key);
  });
  return controller({
    name,
    queue,
    clock,
    log,
    synced: (signal) => informers.synced(signal),
    reconcile: async (key, signal) => {
      const request = requests.lister.get(key);
      if (request === undefined) return {};
      try {
        return await reconcile(request, signal);
      } catch (err) {
        if (isNotFound(err) || isConflict(err)) return {};
        throw err;
      }
    },
  });
}
