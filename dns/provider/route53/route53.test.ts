import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance, type ProviderUnderTest } from '../../../test/conformance/dns-provider.ts';
import { sharedZoneConformance } from '../../../test/conformance/shared-zone.ts';
import { cloudUnderTest } from '../../../test/harness/cloud/cloud-under-test.ts';
import { route53Error, startRoute53, type Route53Server } from '../../../test/harness/cloud/route53-server.ts';
import type { Route53Record } from '../../../test/harness/cloud/route53-zone.ts';
import type { OpenProvider } from '../config/provider-config.ts';
import { ProviderSettings, type SettingValue } from '../config/provider-settings.ts';
import type { DnsZone, RecordSet } from '../dns-provider.ts';
import { openRoute53 } from './open-route53.ts';

const credentials = { accessKeyId: 'AKIAEXAMPLE', secretAccessKey: 'a secret/of+nobody', sessionToken: 'a token' };
const origin = 'example.com';

beforeEach(() => {
  // Where the SDK finds its credentials, and nothing of this machine.
  vi.stubEnv('AWS_ACCESS_KEY_ID', credentials.accessKeyId);
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', credentials.secretAccessKey);
  vi.stubEnv('AWS_SESSION_TOKEN', credentials.sessionToken);
  vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
  vi.stubEnv('AWS_CONFIG_FILE', '/nowhere');
  vi.stubEnv('AWS_SHARED_CREDENTIALS_FILE', '/nowhere');
});

afterEach(() => {
  vi.unstubAllEnvs();
});

interface Start {
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly pageSize?: number;
  readonly zones?: Readonly<Record<string, string>>;
  readonly zoneId?: string;
}

interface Started extends AsyncDisposable {
  readonly server: Route53Server;
  readonly provider: OpenProvider;
  readonly zone: () => Promise<DnsZone>;
}

async function start({
  settings: more = {},
  zones = { Z1: origin, Z2: 'other.test' },
  ...rest
}: Start = {}): Promise<Started> {
  const { pageSize, zoneId } = rest;
  const server = await startRoute53({ credentials, zones, ...(pageSize === undefined ? {} : { pageSize }) });
  const provider = await open({ endpoint: server.url, requestsPerSecond: 1000, ...more }, zoneId);
  return {
    server,
    provider,
    zone: () => provider.zone(origin),
    [Symbol.asyncDispose]: async () => {
      await provider[Symbol.asyncDispose]?.();
      await server[Symbol.asyncDispose]();
    },
  };
}

async function open(values: Readonly<Record<string, SettingValue>>, zoneId?: string): Promise<OpenProvider> {
  const settings = new ProviderSettings({ values, where: 'test', directory: '/' });
  const provider = await openRoute53({ settings, clock, log, ...(zoneId === undefined ? {} : { zoneId }) });
  settings.assertAllAsked();
  return provider;
}

const underTest = async (): Promise<ProviderUnderTest> =>
  cloudUnderTest(await start(), ({ server }) => open({ endpoint: server.url, requestsPerSecond: 1000 }), origin);

dnsProviderConformance('Route 53', underTest);
sharedZoneConformance('Route 53', underTest);

const address = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });
const upsert = (...sets: RecordSet[]) => ({ upsert: sets, remove: [] });
const isChange = ({ method, url }: { readonly method: string; readonly url: URL }) =>
  method === 'POST' && url.pathname.endsWith('/rrset');

/** What was published of `name`, without what it is by default. */
const at = (server: Route53Server, name: string): readonly Route53Record[] =>
  server.records('Z1').filter((record) => record.name === `${name}.` && record.type === 'A');

describe('Route 53', () => {
  it('wants to be told which of several zones of one name is meant', async () => {
    const zones = { Z1: origin, Z9: origin };
    await using started = await start({ zones });
    await expect(started.zone()).rejects.toThrow('2 hosted zones example.com (Z1, Z9): say by its id');
    await using told = await start({ zones, zoneId: '/hostedzone/Z9' });
    const zone = await told.zone();
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(told.server.records('Z9')).toHaveLength(3);
    expect(told.server.records('Z1')).toHaveLength(2);
  });

  it.each([
    ['a zone that is not there', 'Z7', 'NoSuchZone'],
    ['a zone of another name', 'Z2', 'NoSuchZone'],
  ])('refuses the id of %s', async (_, zoneId, code) => {
    await using started = await start({ zoneId });
    await expect(started.zone()).rejects.toMatchObject({ code });
  });

  it('reads page by page, a name that begins on one page and ends on the next too', async () => {
    const weights = {
      policy: 'weighted' as const,
      candidates: ['a', 'b', 'c'].map((name, i) => ({ name, data: [`192.0.2.${i}`] })),
    };
    await using started = await start({ pageSize: 2 });
    const zone = await started.zone();
    const sets = Array.from({ length: 5 }, (_, i) => ({
      ...address(`n${i}.${origin}`, '192.0.2.0', '192.0.2.1', '192.0.2.2'),
      choice: weights,
    }));
    await zone.apply(upsert(...sets));
    const listed = [...(await zone.list())].sort((a, b) => (a.name < b.name ? -1 : 1));
    expect(listed).toEqual(sets.map((set) => zone.asPublished?.(set)));
  });

  it('asks for single names of a zone that is large, and still sees what is beside', async () => {
    await using started = await start({ pageSize: 5 });
    const zone = await started.zone();
    await zone.apply(upsert(...Array.from({ length: 30 }, (_, i) => address(`n${i}.${origin}`, '192.0.2.1'))));
    await zone.list();
    const before = started.server.requests.length;
    const alias: RecordSet = { name: `n7.${origin}`, type: 'CNAME', ttlSeconds: 60, data: [`n8.${origin}`] };
    await expect(zone.apply(upsert(alias))).rejects.toMatchObject({ code: 'CnameConflict' });
    expect(started.server.requests.length - before).toBe(1);
  });

  it('leaves alone what somebody else has changed since it looked, and looks again', async () => {
    await using started = await start();
    const zone = await started.zone();
    const name = `a.${origin}`;
    await zone.apply(upsert(address(name, '192.0.2.1')));
    started.server.answerNext(
      isChange,
      route53Error(
        400,
        'InvalidChangeBatch',
        `[Tried to delete resource record set [name='${name}.', type='A'] but the values provided do not match the current values]`,
      ),
    );
    await zone.apply(upsert(address(name, '192.0.2.2')));
    expect(at(started.server, name)).toMatchObject([{ values: ['192.0.2.2'] }]);
    expect(started.server.requests.filter(isChange)).toHaveLength(3);
  });

  it('tells of what was not decided, and makes no change of one beside another that is in the way', async () => {
    await using started = await start();
    const zone = await started.zone();
    const long: RecordSet = { name: `l.${origin}`, type: 'NS', ttlSeconds: 60, data: ['ns.other.test'] };
    started.server.answerNext(
      isChange,
      route53Error(400, 'InvalidChangeBatch', '[something that only Route 53 knows]'),
    );
    const refused = route53Error(400, 'InvalidChangeBatch', '[something that only Route 53 knows]');
    started.server.answerNext((request) => isChange(request) && request.body.includes('ns.other.test'), refused);
    const results = await Promise.allSettled([
      zone.apply(upsert(address(`a.${origin}`, '192.0.2.1'))),
      zone.apply(upsert(long)),
    ]);
    expect(results).toMatchObject([
      { status: 'fulfilled' },
      {
        status: 'rejected',
        reason: { code: 'Invalid', message: 'Route 53: InvalidChangeBatch: [something that only Route 53 knows]' },
      },
    ]);
    expect(await zone.list()).toEqual([address(`a.${origin}`, '192.0.2.1')]);
  });

  it.each([
    ['Throttling', 'Rate exceeded'],
    ['PriorRequestNotComplete', 'The request was rejected because Route 53 was still processing a prior request.'],
  ])('asks again after %s', async (code, message) => {
    await using started = await start();
    const zone = await started.zone();
    started.server.answerNext(isChange, route53Error(400, code, message));
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(at(started.server, `a.${origin}`)).toHaveLength(1);
  });

  it('says so where it goes on being refused for asking too often', async () => {
    await using started = await start();
    const zone = await started.zone();
    started.server.answerNext(
      isChange,
      ...Array.from({ length: 9 }, () => route53Error(400, 'Throttling', 'Rate exceeded')),
    );
    const failure = zone.apply(upsert(address(`a.${origin}`, '192.0.2.2')));
    await expect(failure).rejects.toMatchObject({
      code: 'Unavailable',
      message: 'Route 53: Throttling: Rate exceeded',
    });
  });

  it('has no credentials in what it tells of a refusal', async () => {
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another secret');
    await using started = await start();
    const failure = await started.zone().then(
      () => undefined,
      (err: unknown) => err,
    );
    expect(failure).toMatchObject({ code: 'Denied' });
    const told = inspect(failure, { depth: 9, showHidden: true });
    for (const secret of ['another secret', credentials.sessionToken, 'Signature=']) expect(told).not.toContain(secret);
  });

  it('says that it has no credentials', async () => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    await using started = await start();
    await expect(started.zone()).rejects.toMatchObject({ code: 'Denied' });
  });

  it.each<[string, Readonly<Record<string, string>>]>([
    ['"regions" has "eu", not "region=place"', { regions: 'eu' }],
    ['"regions" has "eu-west-77", which is no region of AWS and no latitude/longitude', { regions: 'eu=eu-west-77' }],
    ['"regions" has "91/0", which is no', { regions: 'pole=91/0' }],
    ['"healthCheck" is not like', { healthCheck: 'UDP:53' }],
    ['"healthCheck" is not like', { healthCheck: 'TCP:70000' }],
  ])('refuses settings: %s', async (message, settings) => {
    await expect(open(settings)).rejects.toThrow(message);
  });

  it('leaves alone records that were made otherwise', async () => {
    await using started = await start();
    const name = `a.${origin}`;
    started.server.put('Z1', { name: `${name}.`, type: 'A', values: [], alias: 'lb.aws.test.', routing: {} });
    const zone = await started.zone();
    expect(await zone.list()).toEqual([]);
    const refusal = { code: 'Invalid', message: `${name} A is left alone: it is an alias, which was made otherwise` };
    await expect(zone.apply(upsert(address(name, '192.0.2.1')))).rejects.toMatchObject(refusal);
    await expect(zone.apply({ upsert: [], remove: [{ name, type: 'A' }] })).rejects.toMatchObject(refusal);
    const own: RecordSet = { name: origin, type: 'NS', ttlSeconds: 60, data: ['ns.test'] };
    await expect(zone.apply(upsert(own))).rejects.toMatchObject({ code: 'Invalid' });
  });

  it('keeps a health check an address and one for them together, and deletes them with the records', async () => {
    await using started = await start({ settings: { healthCheck: 'HTTP:8080/healthz' }, pageSize: 1 });
    const { healthChecks } = started.server;
    const zone = await started.zone();
    const candidates = [
      { name: 'a', data: ['192.0.2.1'] },
      { name: 'b', data: ['192.0.2.2', '192.0.2.3'], order: 1 },
    ];
    const set = address(`a.${origin}`, '192.0.2.1', '192.0.2.2', '192.0.2.3');
    const chosen: RecordSet = { ...set, choice: { policy: 'failover', candidates } };
    await zone.apply(upsert(chosen));
    expect(await zone.list()).toEqual([zone.asPublished?.(chosen)]);
    const [primary, secondary] = at(started.server, set.name).map(({ healthCheckId = '' }) =>
      healthChecks.get(healthCheckId),
    );
    expect(primary?.one('HealthCheckConfig').textOf('IPAddress')).toBe('192.0.2.1');
    expect(primary?.one('HealthCheckConfig').textOf('ResourcePath')).toBe('/healthz');
    expect(secondary?.one('HealthCheckConfig').textOf('Type')).toBe('CALCULATED');
    expect(healthChecks.size).toBe(4);

    // Whoever comes after a restart finds them again.
    const again = await started.zone();
    await again.apply(upsert({ ...chosen, ttlSeconds: 30 }));
    expect(healthChecks.size).toBe(4);

    const rest = address(`b.${origin}`, '192.0.2.1', '192.0.2.4');
    const other = [candidates[0], { name: 'b', data: ['192.0.2.4'], order: 1 }].flatMap((one) => one ?? []);
    await again.apply(upsert({ ...rest, choice: { policy: 'weighted', candidates: other } }));
    expect(healthChecks.size).toBe(5);
    await again.apply({ upsert: [], remove: [set] });
    const looked = [...healthChecks.values()].map((check) => check.one('HealthCheckConfig').textOf('IPAddress'));
    expect(looked.sort()).toEqual(['192.0.2.1', '192.0.2.4']);
    await again.apply({ upsert: [], remove: [rest] });
    expect(healthChecks.size).toBe(0);
  });

  it('makes anew what somebody else has changed by hand', async () => {
    await using started = await start();
    const zone = await started.zone();
    const data = ['192.0.2.1', '192.0.2.2'];
    const candidates = data.map((item) => ({ name: item, data: [item] }));
    const set: RecordSet = { ...address(`a.${origin}`, ...data), choice: { policy: 'weighted', candidates } };
    started.server.put('Z1', { name: `a.${origin}.`, type: 'A', ttl: 60, values: data, routing: {} });
    await zone.apply(upsert(set));
    expect(at(started.server, `a.${origin}`)).toHaveLength(2);
    await zone.apply(upsert(address(`a.${origin}`, ...data)));
    expect(at(started.server, `a.${origin}`)).toHaveLength(1);
  });
});
