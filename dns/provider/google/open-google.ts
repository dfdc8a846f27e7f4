import type { OpenProvider, ProviderConfig } from '../config/provider-config.ts';
import { loadPackage } from '../remote/load-package.ts';
import { Pace } from '../remote/pace.ts';
import { parsePlaces } from '../remote/places.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { withinDeadline } from '../remote/within-deadline.ts';
import { createSender } from './google-sender.ts';
import { createManagedZone, findManagedZone } from './managed-zone.ts';
import { placeTerms, type RoutingOptions } from './routing-policy.ts';

/** The quota of a project is 600 writes in a minute. */
const REQUESTS_PER_SECOND = 10;
const DEADLINE = { ms: 60_000, what: 'Cloud DNS' };

/**
 * Google Cloud DNS. Credentials are those that the SDK finds by default: `GOOGLE_APPLICATION_CREDENTIALS` or `keyFile`, of
 * a service account or of workload identity; those of `gcloud`; those of the machine or pod.
 */
export async function openGoogle({ settings, zoneId, clock }: ProviderConfig): Promise<OpenProvider> {
  const { DNS } = await loadPackage('@google-cloud/dns', () => import('@google-cloud/dns'));
  const keyFilename = settings.path('keyFile');
  const projectId = settings.text('projectId');
  const healthCheck = settings.text('healthCheck');
  const perSecond = settings.integer('requestsPerSecond', { min: 1, max: 1000 }) ?? REQUESTS_PER_SECOND;
  const routing: RoutingOptions = {
    places: parsePlaces(settings, placeTerms),
    ...(healthCheck === undefined ? {} : { healthCheck }),
  };
  const { authClient } = new DNS({
    ...(keyFilename === undefined ? {} : { keyFilename }),
    ...(projectId === undefined ? {} : { projectId }),
  });
  const send = createSender({
    client: { projectId: () => authClient.getProjectId(), request: (request) => authClient.request(request) },
    endpoint: (settings.text('endpoint') ?? 'https://dns.googleapis.com').replace(/\/$/, ''),
    pace: new Pace(clock, { perSecond, burst: perSecond }),
    ...(projectId === undefined ? {} : { projectId }),
  });
  return {
    zone: async (name, signal) => {
      const wanted = { name, ...(zoneId === undefined ? {} : { id: zoneId }) };
      const id = await withinDeadline(DEADLINE, (deadline) => findManagedZone(send, wanted, deadline), signal);
      return new RemoteZone(createManagedZone({ name, id, send, routing }), clock);
    },
  };
}
