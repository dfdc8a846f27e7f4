import type { OpenProvider, ProviderConfig } from '../config/provider-config.ts';
import { loadPackage } from '../remote/load-package.ts';
import { Pace } from '../remote/pace.ts';
import { RemoteZone } from '../remote/remote-zone.ts';
import { withinDeadline } from '../remote/within-deadline.ts';
import { createSender } from './cloudflare-sender.ts';
import { createCloudflareZone, findZone } from './cloudflare-zone.ts';

/** The service allows a user 1200 requests in five minutes. */
const REQUESTS_PER_SECOND = 4;
const BURST = 100;
const BATCH_SIZE = 200;
const MAX_BATCH_SIZE = 3500;
const DEADLINE = { ms: 60_000, what: 'Cloudflare' };
const REQUEST_TIMEOUT_MS = 30_000;

/**
 * Cloudflare. Keys: `apiToken` or `apiTokenFile`, `endpoint`, `requestsPerSecond`, `batchSize`. Without a token the SDK
 * takes `CLOUDFLARE_API_TOKEN`, or `CLOUDFLARE_EMAIL` and `CLOUDFLARE_API_KEY`, from the environment.
 */
export async function openCloudflare({ settings, zoneId, clock }: ProviderConfig): Promise<OpenProvider> {
  const { createClient } = await loadPackage('cloudflare', () => import('cloudflare/tree-shakable'));
  const apiToken = await settings.secret('apiToken');
  const endpoint = settings.text('endpoint');
  const perSecond = settings.integer('requestsPerSecond', { min: 1, max: 1000 }) ?? REQUESTS_PER_SECOND;
  const batchSize = settings.integer('batchSize', { min: 1, max: MAX_BATCH_SIZE }) ?? BATCH_SIZE;
  const client = createClient({
    resources: [] as const,
    timeout: REQUEST_TIMEOUT_MS,
    // It would log requests, if somebody asks for that in the environment.
    logLevel: 'off',
    ...(apiToken === undefined ? {} : { apiToken }),
    ...(endpoint === undefined ? {} : { baseURL: endpoint }),
  });
  const send = createSender(client, new Pace(clock, { perSecond, burst: BURST }));
  return {
    zone: async (name, signal) => {
      const wanted = { name, ...(zoneId === undefined ? {} : { id: zoneId }) };
      const id = await withinDeadline(DEADLINE, (deadline) => findZone(send, wanted, deadline), signal);
      return new RemoteZone(createCloudflareZone({ name, id, send, batchSize }), clock);
    },
  };
}
