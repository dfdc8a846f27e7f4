import type { TokenCredential } from '@azure/identity';
import type { OpenProvider, ProviderConfig } from '../config/provider-config.ts';
import type { ProviderSettings } from '../config/provider-settings.ts';
import { loadPackage } from '../remote/load-package.ts';
import { Pace } from '../remote/pace.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { withinDeadline } from '../remote/within-deadline.ts';
import { createSender } from './azure-sender.ts';
import { createAzureZone, findResourceGroup } from './azure-zone.ts';

const REQUESTS_PER_SECOND = 10;
const BURST = 50;
const DEADLINE = { ms: 60_000, what: 'Azure DNS' };
const RETRY_DELAY_MS = 250;

/**
 * Azure DNS. Credentials are those of `tenantId`, `clientId` and `clientSecret` where they are given, else what the SDK
 * finds by default: environment, workload identity of a pod, managed identity of a machine, `az`.
 */
export async function openAzure({ settings, zoneId, clock }: ProviderConfig): Promise<OpenProvider> {
  const { DnsManagementClient } = await loadPackage('@azure/arm-dns', () => import('@azure/arm-dns'));
  const subscriptionId = settings.required('subscriptionId');
  const resourceGroup = settings.text('resourceGroup');
  const endpoint = settings.text('endpoint');
  const perSecond = settings.integer('requestsPerSecond', { min: 1, max: 1000 }) ?? REQUESTS_PER_SECOND;
  const credential = await openCredential(settings);
  const client = new DnsManagementClient(credential, subscriptionId, {
    retryOptions: { retryDelayInMs: RETRY_DELAY_MS },
    ...(endpoint === undefined ? {} : { endpoint }),
  });
  const send = createSender(client, new Pace(clock, { perSecond, burst: BURST }));
  return {
    zone: async (name, signal) => {
      const wanted = {
        name,
        ...(resourceGroup === undefined ? {} : { resourceGroup }),
        ...(zoneId === undefined ? {} : { id: zoneId }),
      };
      const group = await withinDeadline(DEADLINE, (deadline) => findResourceGroup(send, wanted, deadline), signal);
      return new RemoteZone(createAzureZone({ name, resourceGroup: group, send }), clock);
    },
  };
}

async function openCredential(settings: ProviderSettings): Promise<TokenCredential> {
  const { ClientSecretCredential, DefaultAzureCredential } = await loadPackage(
    '@azure/identity',
    () => import('@azure/identity'),
  );
  const tenantId = settings.text('tenantId');
  const clientId = settings.text('clientId');
  // The original called it so.
  const clientSecret = (await settings.secret('clientSecret')) ?? (await settings.secret('secret'));
  if (tenantId !== undefined && clientId !== undefined && clientSecret !== undefined) {
    return new ClientSecretCredential(tenantId, clientId, clientSecret);
  }
  if (clientSecret !== undefined) throw settings.problem('clientSecret', 'wants "tenantId" and "clientId" beside it');
  return new DefaultAzureCredential({
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(clientId === undefined ? {} : { managedIdentityClientId: clientId, workloadIdentityClientId: clientId }),
  });
}
