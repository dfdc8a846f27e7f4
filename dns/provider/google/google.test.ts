import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { inspect } from 'node:util';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance, type ProviderUnderTest } from '../../../test/conformance/dns-provider.ts';
import { sharedZoneConformance } from '../../../test/conformance/shared-zone.ts';
import {
  GOOGLE_TOKEN_HOST,
  googleError,
  startGoogle,
  type GoogleServer,
} from '../../../test/harness/cloud/google-server.ts';
import { cloudUnderTest } from '../../../test/harness/cloud/cloud-under-test.ts';
import { startHostProxy, type HostProxy } from '../../../test/harness/cloud/host-proxy.ts';
import type { OpenProvider } from '../config/provider-config.ts';
import { ProviderSettings, type SettingValue } from '../config/provider-settings.ts';
import type { DnsZone, RecordSet } from '../dns-provider.ts';
import { openGoogle } from './open-google.ts';

const origin = 'example.com';
const projectId = 'a-project';
const trusted = getCACertificates('default');
const directory = await mkdtemp(join(tmpdir(), 'koinon-google-'));

afterAll(async () => {
  await rm(directory, { recursive: true });
  setDefaultCACertificates(trusted);
  vi.unstubAllEnvs();
});

interface Start {
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly pageSize?: number;
  readonly zones?: Readonly<Record<string, string>>;
  readonly zoneId?: string;
}

interface Started extends AsyncDisposable {
  readonly server: GoogleServer;
  readonly proxy: HostProxy;
  readonly provider: OpenProvider;
  readonly zone: () => Promise<DnsZone>;
}

/** Credentials come from where the SDK looks for them, and nothing of this machine. */
async function stubEnvironment(server: GoogleServer, proxy: HostProxy): Promise<void> {
  const keyFile = join(directory, 'key.json');
  await writeFile(keyFile, JSON.stringify(server.keyFile));
  setDefaultCACertificates([...trusted, proxy.ca]);
  vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', keyFile);
  vi.stubEnv('HTTPS_PROXY', proxy.url);
  vi.stubEnv('NO_PROXY', '127.0.0.1');
  vi.stubEnv('METADATA_SERVER_DETECTION', 'none');
  vi.stubEnv('CLOUDSDK_CONFIG', directory);
  vi.stubEnv('GOOGLE_CLOUD_PROJECT', undefined);
}

async function start({
  settings: more = {},
  zones = { first: origin, second: 'other.test' },
  ...rest
}: Start = {}): Promise<Started> {
  const { pageSize, zoneId } = rest;
  const server = await startGoogle({ projectId, zones, ...(pageSize === undefined ? {} : { pageSize }) });
  const proxy = await startHostProxy([GOOGLE_TOKEN_HOST], server);
  await stubEnvironment(server, proxy);
  const provider = await open({ endpoint: server.url, requestsPerSecond: 1000, ...more }, zoneId);
  return {
    server,
    proxy,
    provider,
    zone: () => provider.zone(origin),
    [Symbol.asyncDispose]: async () => {
      await proxy[Symbol.asyncDispose]();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function open(values: Readonly<Record<string, SettingValue>>, zoneId?: string): Promise<OpenProvider> {
  const settings = new ProviderSettings({ values, where: 'test', directory });
  const provider = await openGoogle({ settings, clock, log, ...(zoneId === undefined ? {} : { zoneId }) });
  settings.assertAllAsked();
  return provider;
}

const underTest = async (): Promise<ProviderUnderTest> =>
  cloudUnderTest(await start(), ({ server }) => open({ endpoint: server.url, requestsPerSecond: 1000 }), origin);

dnsProviderConformance('Cloud DNS', underTest);
sharedZoneConformance('Cloud DNS', underTest);

const address = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });
const upsert = (...sets: RecordSet[]) => ({ upsert: sets, remove: [] });
const isChange = ({ url, method }: { readonly url: URL; readonly method: string }) =>
  method === 'POST' && url.pathname.endsWith('/changes');

/** What is there of a name. */
const at = (server: GoogleServer, name: string) => server.rrsets('first').filter((rrset) => rrset.name === `${name}.`);

function chosen(policy: 'weighted' | 'nearest' | 'failover'): RecordSet {
  const candidates = [
    { name: 'b', data: ['192.0.2.2'], region: 'europe', weight: 1, order: 1 },
    { name: 'a', data: ['192.0.2.1'], region: 'us-east1', weight: 2.5 },
    { name: 'c', data: ['192.0.2.3'], region: 'europe-west1', weight: 0, order: 2 },
  ];
  return { ...address(`a.${origin}`, '192.0.2.1', '192.0.2.2', '192.0.2.3'), choice: { policy, candidates } };
}

describe('Cloud DNS', () => {
  const regions = ['europe=europe-west1'];

  it.each<[string, RecordSet, unknown]>([
    [
      'weights',
      chosen('weighted'),
      {
        wrr: {
          items: [
            { weight: 2.5, rrdatas: ['192.0.2.1'] },
            { weight: 1, rrdatas: ['192.0.2.2'] },
            { weight: 0, rrdatas: ['192.0.2.3'] },
          ],
        },
      },
    ],
    [
      'regions',
      chosen('nearest'),
      {
        geo: {
          items: [
            { location: 'europe-west1', rrdatas: ['192.0.2.2', '192.0.2.3'] },
            { location: 'us-east1', rrdatas: ['192.0.2.1'] },
          ],
        },
      },
    ],
  ])('makes a routing policy of %s', async (_, set, routingPolicy) => {
    await using started = await start({ settings: { regions } });
    const zone = await started.zone();
    await zone.apply(upsert(set));
    expect(at(started.server, set.name)).toEqual([{ name: `${set.name}.`, type: 'A', ttl: 60, routingPolicy }]);
    expect(await zone.list()).toEqual([zone.asPublished?.(set)]);
    await zone.apply(upsert(address(set.name, '192.0.2.9')));
    expect(at(started.server, set.name)).toMatchObject([{ rrdatas: ['192.0.2.9'] }]);
  });

  it('has addresses looked at by a health check that is named, and sees where they are not', async () => {
    await using started = await start();
    await (await started.zone()).apply(upsert(chosen('weighted')));
    const healthCheck = 'https://www.googleapis.com/compute/v1/projects/a-project/global/healthChecks/web';
    const zone = await (await open({ endpoint: started.server.url, healthCheck })).zone(origin);
    const wanted = zone.asPublished?.(chosen('weighted'));
    expect(await zone.list()).not.toEqual([wanted]);
    await zone.apply(upsert(chosen('weighted')));
    expect(at(started.server, `a.${origin}`)).toMatchObject([
      {
        routingPolicy: {
          healthCheck,
          wrr: { items: [{ healthCheckedTargets: { externalEndpoints: ['192.0.2.1'] } }, {}, {}] },
        },
      },
    ]);
    expect(await zone.list()).toEqual([wanted]);
  });

  it('has the next in order answered when a health check says that the first is not well', async () => {
    const healthCheck = 'https://www.googleapis.com/compute/v1/projects/a-project/global/healthChecks/web';
    await using started = await start({ settings: { regions, healthCheck } });
    const zone = await started.zone();
    const set = chosen('failover');
    await zone.apply(upsert(set));
    const backup = { location: 'europe-west1', healthCheckedTargets: { externalEndpoints: ['192.0.2.2'] } };
    const primaryBackup = {
      primaryTargets: { externalEndpoints: ['192.0.2.1'] },
      backupGeoTargets: { items: [backup] },
    };
    expect(at(started.server, set.name)).toMatchObject([{ routingPolicy: { healthCheck, primaryBackup } }]);
    expect(await zone.list()).toEqual([
      {
        ...address(set.name, '192.0.2.1', '192.0.2.2'),
        choice: {
          policy: 'failover',
          candidates: [
            { name: '192.0.2.1', data: ['192.0.2.1'] },
            { name: 'europe-west1', data: ['192.0.2.2'], region: 'europe', order: 1 },
          ],
        },
      },
    ]);
    expect((await zone.list()).map((one) => zone.asPublished?.(one))).toEqual(await zone.list());
  });

  it.each<[string, RecordSet, readonly string[]]>([
    ['what goes first in order', chosen('failover'), ['192.0.2.1']],
    ['all where nobody said the place of a region', chosen('nearest'), ['192.0.2.1', '192.0.2.2', '192.0.2.3']],
  ])('tells everybody %s', async (_, set, data) => {
    await using started = await start();
    const zone = await started.zone();
    await zone.apply(upsert(set));
    expect(await zone.list()).toEqual([address(set.name, ...data)]);
  });

  it('refuses a place that is none', async () => {
    await expect(open({ regions: 'europe=eu-west-1' })).rejects.toThrow(
      '"eu-west-1", which is no region of Google Cloud',
    );
  });

  it('reads page by page, and asks for single names of a large zone', async () => {
    await using started = await start({ pageSize: 7 });
    const zone = await started.zone();
    await zone.apply(upsert(...Array.from({ length: 50 }, (_, index) => address(`n${index}.${origin}`, '192.0.2.1'))));
    expect(await zone.list()).toHaveLength(50);
    const before = started.server.requests.length;
    const alias: RecordSet = { name: `n7.${origin}`, type: 'CNAME', ttlSeconds: 60, data: [`n8.${origin}`] };
    await expect(zone.apply(upsert(alias))).rejects.toMatchObject({ code: 'CnameConflict' });
    expect(started.server.requests.length - before).toBe(1);
  });

  it('leaves alone what was made otherwise', async () => {
    await using started = await start();
    const name = `a.${origin}`;
    started.server.put('first', { name: `${name}.`, type: 'A', ttl: 60, routingPolicy: { primaryBackup: {} } });
    const zone = await started.zone();
    expect(await zone.list()).toEqual([]);
    await expect(zone.apply(upsert(address(name, '192.0.2.1')))).rejects.toThrow(
      `${name} A is left alone: its routing policy was made otherwise`,
    );
  });

  it.each([
    ['conditionNotMet', 412, "Precondition not met for 'entity.change.deletions[a.example.com.][A]'"],
    ['alreadyExists', 409, "The resource 'entity.change.additions[a.example.com.][A]' already exists"],
    ['notFound', 404, "The 'entity.change.deletions[a.example.com.][A]' resource does not exist."],
  ])('looks again after %s', async (reason, status, message) => {
    await using started = await start();
    const zone = await started.zone();
    started.server.answerNext(isChange, googleError(status, reason, message));
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(await zone.list()).toEqual([address(`a.${origin}`, '192.0.2.1')]);
  });

  it.each([
    [400, 'invalid', 'Invalid'],
    [403, 'forbidden', 'Denied'],
    [403, 'rateLimitExceeded', 'Unavailable'],
  ])('tells %i %s as %s', async (status, reason, code) => {
    await using started = await start();
    const zone = await started.zone();
    started.server.answerNext(isChange, googleError(status, reason, 'so it is'));
    const failure = zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    await expect(failure).rejects.toMatchObject({ code, message: 'Cloud DNS: so it is' });
  });

  it('asks again when the service is busy', async () => {
    await using started = await start();
    const zone = await started.zone();
    started.server.answerNext(isChange, googleError(503, 'backendError', 'Backend Error'));
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(await zone.list()).toHaveLength(1);
  });

  it('wants to be told which of several zones of one name is meant', async () => {
    const zones = { public: origin, private: origin, other: 'other.test' };
    await using started = await start({ zones });
    await expect(started.zone()).rejects.toThrow('2 zones example.com (public, private): say by its id');
    const endpoint = started.server.url;
    await (await (await open({ endpoint }, '2')).zone(origin)).apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(started.server.rrsets('private')).toHaveLength(3);
    await expect((await open({ endpoint }, 'other')).zone(origin)).rejects.toMatchObject({ code: 'NoSuchZone' });
    await expect((await open({ endpoint }, 'none')).zone(origin)).rejects.toMatchObject({ code: 'NoSuchZone' });
  });

  it('says that its key is not taken, without the key', async () => {
    await using started = await start();
    await using other = await startGoogle({ projectId, zones: {} });
    await writeFile(join(directory, 'other.json'), JSON.stringify(other.keyFile));
    const provider = await open({ endpoint: started.server.url, keyFile: 'other.json' });
    const failure: unknown = await provider.zone(origin).catch((err: unknown) => err);
    expect(failure).toMatchObject({
      code: 'Denied',
      message: expect.stringContaining('Invalid JWT Signature') as unknown,
    });
    const told = inspect(failure, { depth: 9, showHidden: true });
    for (const secret of ['PRIVATE KEY', 'assertion', 'Bearer']) expect(told).not.toContain(secret);
  });

  it('says that it has no credentials', async () => {
    await using started = await start();
    vi.stubEnv('GOOGLE_APPLICATION_CREDENTIALS', undefined);
    await expect(started.zone()).rejects.toMatchObject({ code: 'Denied' });
  });
});
