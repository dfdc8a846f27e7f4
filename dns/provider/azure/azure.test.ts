import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance, type ProviderUnderTest } from '../../../test/conformance/dns-provider.ts';
import { sharedZoneConformance } from '../../../test/conformance/shared-zone.ts';
import { AZURE_HOSTS, azureError, startAzure, type AzureServer } from '../../../test/harness/cloud/azure-server.ts';
import { cloudUnderTest } from '../../../test/harness/cloud/cloud-under-test.ts';
import { startHostProxy } from '../../../test/harness/cloud/host-proxy.ts';
import type { OpenProvider } from '../config/provider-config.ts';
import { ProviderSettings, type SettingValue } from '../config/provider-settings.ts';
import type { DnsZone, RecordSet } from '../dns-provider.ts';
import { openAzure } from './open-azure.ts';

const origin = 'example.com';
const zoneKey = `group/${origin}`;
const account = {
  subscriptionId: '10000000-0000-0000-0000-000000000001',
  tenantId: '20000000-0000-0000-0000-000000000002',
  clientId: '30000000-0000-0000-0000-000000000003',
  clientSecret: 'a secret of nobody',
};
const trusted = getCACertificates('default');

afterAll(() => {
  setDefaultCACertificates(trusted);
  vi.unstubAllEnvs();
});

interface Start {
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly pageSize?: number;
  readonly zones?: readonly string[];
  readonly zoneId?: string;
}

interface Started extends AsyncDisposable {
  readonly server: AzureServer;
  readonly endpoint: string;
  readonly provider: OpenProvider;
  readonly zone: () => Promise<DnsZone>;
}

const { subscriptionId, tenantId, clientId, clientSecret } = account;
const given = { subscriptionId, resourceGroup: 'group', requestsPerSecond: 1000, tenantId, clientId, clientSecret };

async function open(values: Readonly<Record<string, SettingValue>>, zoneId?: string): Promise<OpenProvider> {
  const settings = new ProviderSettings({ values, where: 'test', directory: '/' });
  const provider = await openAzure({ settings, clock, log, ...(zoneId === undefined ? {} : { zoneId }) });
  settings.assertAllAsked();
  return provider;
}

async function start({ settings = given, zones = [zoneKey], pageSize, zoneId }: Start = {}): Promise<Started> {
  const server = await startAzure({ ...account, zones, ...(pageSize === undefined ? {} : { pageSize }) });
  const proxy = await startHostProxy(AZURE_HOSTS, server);
  setDefaultCACertificates([...trusted, proxy.ca]);
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  const endpoint = proxy.direct;
  const provider = await open({ endpoint, ...settings }, zoneId);
  return {
    server,
    endpoint,
    provider,
    zone: () => provider.zone(origin),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

const underTest = async (): Promise<ProviderUnderTest> => ({
  ...(await cloudUnderTest(await start(), ({ endpoint }) => open({ ...given, endpoint }), origin)),
  large: 200,
});

dnsProviderConformance('Azure DNS', underTest);
sharedZoneConformance('Azure DNS', underTest);

const address = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });
const upsert = (...sets: RecordSet[]) => ({ upsert: sets, remove: [] });
const isWrite = ({ method }: { readonly method: string }) => method === 'PUT' || method === 'DELETE';

describe('Azure DNS', () => {
  it('writes each set only if it is what was seen, and looks again where it is not', async () => {
    await using started = await start();
    const zone = await started.zone();
    const name = `a.${origin}`;
    await zone.apply(upsert(address(name, '192.0.2.1')));
    const [first] = started.server.recordSets(zoneKey).slice(-1);
    started.server.answerNext(isWrite, azureError(412, 'PreconditionFailed', 'not satisfied'));
    await zone.apply(upsert(address(name, '192.0.2.2')));
    await zone.apply({ upsert: [], remove: [{ name, type: 'A' }] });
    const conditions = started.server.requests
      .filter(isWrite)
      .map(({ method, headers }) => [method, headers['if-none-match'] ?? headers['if-match']]);
    expect(conditions).toEqual([
      ['PUT', '*'],
      ['PUT', first?.etag],
      ['PUT', first?.etag],
      ['DELETE', expect.not.stringMatching(first?.etag ?? '') as unknown],
    ]);
  });

  it('keeps what others noted on a set, and leaves aliases alone', async () => {
    await using started = await start();
    const noted = { TTL: 60, ARecords: [{ ipv4Address: '192.0.2.1' }], metadata: { owner: 'somebody' } };
    started.server.put(zoneKey, 'noted', 'A', noted);
    started.server.put(zoneKey, 'alias', 'A', { TTL: 60, ARecords: [], targetResource: { id: '/subscriptions/x' } });
    const zone = await started.zone();
    expect(await zone.list()).toEqual([address(`noted.${origin}`, '192.0.2.1')]);
    await zone.apply(upsert(address(`noted.${origin}`, '192.0.2.2')));
    expect(started.server.recordSets(zoneKey).at(-1)?.properties).toMatchObject({ metadata: { owner: 'somebody' } });
    await expect(zone.apply(upsert(address(`alias.${origin}`, '192.0.2.2')))).rejects.toThrow('it is an alias');
  });

  it('removes what is in the way before it puts a CNAME', async () => {
    await using started = await start();
    const zone = await started.zone();
    const name = `a.${origin}`;
    await zone.apply(upsert(address(name, '192.0.2.1'), { name, type: 'TXT', ttlSeconds: 60, data: ['x'] }));
    const alias: RecordSet = { name, type: 'CNAME', ttlSeconds: 60, data: [`b.${origin}`] };
    await zone.apply({
      upsert: [alias],
      remove: [
        { name, type: 'A' },
        { name, type: 'TXT' },
      ],
    });
    expect(await zone.list()).toEqual([alias]);
  });

  it('reads page by page, and of a large zone only what is beside a name', async () => {
    await using started = await start({ pageSize: 7 });
    const zone = await started.zone();
    const sets = Array.from({ length: 40 }, (_, index) =>
      address(`n${index}.${index % 10}.svc.${origin}`, '192.0.2.1'),
    );
    await zone.apply(upsert(...sets));
    expect(await zone.list()).toHaveLength(40);
    const before = started.server.requests.length;
    await zone.apply(upsert(address(`n3.3.svc.${origin}`, '192.0.2.1')));
    expect(started.server.requests.length - before).toBe(1);
  });

  it('tells everybody what goes first in order', async () => {
    await using started = await start();
    const zone = await started.zone();
    const candidates = ['192.0.2.2', '192.0.2.1'].map((item, order) => ({ name: item, data: [item], order }));
    const set = address(`a.${origin}`, '192.0.2.1', '192.0.2.2');
    await zone.apply(upsert({ ...set, ttlSeconds: 0, choice: { policy: 'failover', candidates } }));
    expect(await zone.list()).toEqual([{ ...set, ttlSeconds: 1, data: ['192.0.2.2'] }]);
  });

  it.each([
    [400, 'BadRequest', 'Invalid'],
    [403, 'AuthorizationFailed', 'Denied'],
    [409, 'Conflict', undefined],
    [429, 'TooManyRequests', undefined],
  ])('tells %i %s as %s, or tries again', async (status, reason, code) => {
    await using started = await start();
    const zone = await started.zone();
    const answer = azureError(status, reason, 'so it is');
    started.server.answerNext(isWrite, { ...answer, headers: { ...answer.headers, 'retry-after': '0' } });
    const applied = zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    if (code === undefined) await applied;
    else await expect(applied).rejects.toMatchObject({ code, message: 'Azure DNS: so it is' });
  });

  it('finds the zone in the subscription, and wants to be told which of several', async () => {
    const settings = { subscriptionId, tenantId, clientId, clientSecret };
    const zones = [zoneKey, `other/${origin}`, 'other/only.test'];
    await using started = await start({ zones, settings });
    expect((await started.provider.zone('only.test')).name).toBe('only.test');
    await expect(started.zone()).rejects.toThrow('2 zones example.com (/subscriptions/');
    await expect(started.provider.zone('no.test')).rejects.toMatchObject({ code: 'NoSuchZone' });
    const id = (group: string) =>
      `/subscriptions/${subscriptionId}/resourceGroups/${group}/providers/Microsoft.Network/dnszones/${origin}`;
    const values = { ...settings, endpoint: started.endpoint };
    await (await (await open(values, id('other'))).zone(origin)).apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(started.server.recordSets(`other/${origin}`)).toHaveLength(3);
    await expect((await open(values, id('none'))).zone(origin)).rejects.toMatchObject({ code: 'NoSuchZone' });
    await expect((await open(values, id('other'))).zone('only.test')).rejects.toMatchObject({ code: 'NoSuchZone' });
    await expect((await open(values, origin)).zone(origin)).rejects.toMatchObject({ code: 'Invalid' });
  });

  it('takes credentials from the environment', async () => {
    vi.stubEnv('AZURE_TENANT_ID', tenantId);
    vi.stubEnv('AZURE_CLIENT_ID', clientId);
    vi.stubEnv('AZURE_CLIENT_SECRET', clientSecret);
    await using started = await start({ settings: { subscriptionId, resourceGroup: 'group' } });
    expect((await started.zone()).name).toBe(origin);
  });

  it('says that credentials are not taken, without the secret', async () => {
    await using started = await start({ settings: { ...given, clientSecret: 'another secret' } });
    const failure: unknown = await started.zone().catch((err: unknown) => err);
    expect(failure).toMatchObject({
      code: 'Denied',
      message: expect.stringContaining('Invalid client secret') as unknown,
    });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('another secret');
  });

  it('refuses a secret of nobody', async () => {
    await expect(open({ subscriptionId, clientSecret })).rejects.toThrow(
      '"clientSecret" wants "tenantId" and "clientId"',
    );
    await expect(open({})).rejects.toThrow('"subscriptionId" is missing');
  });
});
