import type { Route53ClientConfig } from '@aws-sdk/client-route-53';
import type { OpenProvider, ProviderConfig } from '../config/provider-config.ts';
import { loadPackage } from '../remote/load-package.ts';
import { Pace } from '../remote/pace.ts';
import { parsePlaces } from '../remote/places.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { withinDeadline } from '../remote/within-deadline.ts';
import { HealthChecks } from './health-checks.ts';
import { parseHealthProbe } from './health-probe.ts';
import { findHostedZone } from './hosted-zone.ts';
import { createHostedZoneApi } from './hosted-zone-api.ts';
import { locationTerms } from './locations.ts';
import { createSender } from './route53-client.ts';

/** What the service allows an account, all its users together. */
const REQUESTS_PER_SECOND = 5;
const DEADLINE = { ms: 60_000, what: 'Route 53' };
const CONNECT_TIMEOUT_MS = 5000;
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Amazon Route 53. Credentials come from wherever the SDK finds them: environment, shared files, web identity of a pod,
 * role of a container or machine.
 */
export async function openRoute53({ settings, zoneId, clock, log }: ProviderConfig): Promise<OpenProvider> {
  const sdk = await loadPackage('@aws-sdk/client-route-53', () => import('@aws-sdk/client-route-53'));
  const locations = parsePlaces(settings, locationTerms(Object.values(sdk.ResourceRecordSetRegion)));
  const probe = parseHealthProbe(settings);
  const perSecond = settings.integer('requestsPerSecond', { min: 1, max: 1000 }) ?? REQUESTS_PER_SECOND;
  const profile = settings.text('profile');
  const endpoint = settings.text('endpoint');
  const options: Route53ClientConfig = {
    // The service is global and this the region that signatures name, unless the SDK was told of a partition of its own.
    region: settings.text('region') ?? 'us-east-1',
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, requestTimeout: REQUEST_TIMEOUT_MS },
    ...(profile === undefined ? {} : { profile }),
    ...(endpoint === undefined ? {} : { endpoint }),
  };
  const client = new sdk.Route53Client(options);
  const sender = createSender(sdk, client, new Pace(clock, { perSecond, burst: perSecond }));

  return {
    zone: async (name, signal) => {
      const wanted = { name, ...(zoneId === undefined ? {} : { id: zoneId }) };
      const id = await withinDeadline(DEADLINE, (deadline) => findHostedZone(sender, wanted, deadline), signal);
      const checks = probe === undefined ? undefined : new HealthChecks({ sender, zoneId: id, probe, clock, log });
      const api = createHostedZoneApi({ name, id, sender, locations, ...(checks === undefined ? {} : { checks }) });
      return new RemoteZone(api, clock);
    },
    [Symbol.asyncDispose]: async () => {
      client.destroy();
    },
  };
}
