import { inspect } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance, type ProviderUnderTest } from '../../../test/conformance/dns-provider.ts';
import { sharedZoneConformance } from '../../../test/conformance/shared-zone.ts';
import { cloudUnderTest } from '../../../test/harness/cloud/cloud-under-test.ts';
import {
  cloudflareError,
  startCloudflare,
  type CloudflareServer,
} from '../../../test/harness/cloud/cloudflare-server.ts';
import type { OpenProvider } from '../config/provider-config.ts';
import { ProviderSettings, type SettingValue } from '../config/provider-settings.ts';
import type { DnsZone, RecordSet } from '../dns-provider.ts';
import { openCloudflare } from './open-cloudflare.ts';

const token = 'a token of nobody';
const origin = 'example.com';

interface Start {
  readonly settings?: Readonly<Record<string, SettingValue>>;
  readonly pageSize?: number;
  readonly zones?: Readonly<Record<string, string>>;
  readonly zoneId?: string;
}

interface Started extends AsyncDisposable {
  readonly server: CloudflareServer;
  readonly provider: OpenProvider;
  readonly zone: () => Promise<DnsZone>;
}

async function start({
  settings: more,
  zones = { z1: origin, z2: 'other.test' },
  ...rest
}: Start = {}): Promise<Started> {
  const { pageSize, zoneId } = rest;
  const server = await startCloudflare({ token, zones, ...(pageSize === undefined ? {} : { pageSize }) });
  const provider = await open({ endpoint: server.url, ...fast, ...(more ?? { apiToken: token }) }, zoneId);
  return {
    server,
    provider,
    zone: () => provider.zone(origin),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

const fast = { requestsPerSecond: 1000 };

async function open(values: Readonly<Record<string, SettingValue>>, zoneId?: string): Promise<OpenProvider> {
  const settings = new ProviderSettings({ values, where: 'test', directory: '/' });
  const provider = await openCloudflare({ settings, clock, log, ...(zoneId === undefined ? {} : { zoneId }) });
  settings.assertAllAsked();
  return provider;
}

const underTest = async (): Promise<ProviderUnderTest> =>
  cloudUnderTest(await start(), ({ server }) => open({ endpoint: server.url, apiToken: token, ...fast }), origin);

dnsProviderConformance('Cloudflare', underTest);
sharedZoneConformance('Cloudflare', underTest);

const address = (name: string, ...data: string[]): RecordSet => ({ name, type: 'A', ttlSeconds: 60, data });
const upsert = (...sets: RecordSet[]) => ({ upsert: sets, remove: [] });
const isBatch = ({ method }: { readonly method: string }) => method === 'POST';

describe('Cloudflare', () => {
  it('keeps records that stay, and changes only their TTL where that is all', async () => {
    await using started = await start();
    const zone = await started.zone();
    const name = `a.${origin}`;
    await zone.apply(upsert(address(name, '192.0.2.1', '192.0.2.2')));
    const ids = new Map(started.server.records('z1').map(({ id, content }) => [content, id]));
    await zone.apply(upsert(address(name, '192.0.2.2', '192.0.2.3')));
    await zone.apply(upsert({ ...address(name, '192.0.2.2', '192.0.2.3'), ttlSeconds: 120 }));
    expect(started.server.records('z1')).toMatchObject([
      { content: '192.0.2.2', id: ids.get('192.0.2.2'), ttl: 120, proxied: false },
      { content: '192.0.2.3', ttl: 120 },
    ]);
    const sent = started.server.requests.filter(isBatch).map(({ body }): unknown => JSON.parse(body));
    expect(sent.at(-1)).toMatchObject({ deletes: [], patches: [{ ttl: 120 }, { ttl: 120 }], posts: [] });
  });

  it('reads page by page, and asks for single names of a large zone', async () => {
    await using started = await start({ pageSize: 7 });
    const zone = await started.zone();
    const sets = Array.from({ length: 50 }, (_, index) => address(`n${index}.${origin}`, '192.0.2.1'));
    await zone.apply(upsert(...sets));
    expect(await zone.list()).toHaveLength(50);
    const before = started.server.requests.length;
    const alias: RecordSet = { name: `n7.${origin}`, type: 'CNAME', ttlSeconds: 60, data: [`n8.${origin}`] };
    await expect(zone.apply(upsert(alias))).rejects.toMatchObject({ code: 'CnameConflict' });
    expect(started.server.requests.length - before).toBe(1);
  });

  it('leaves alone what is proxied or kept by others, and mends what was changed by hand', async () => {
    await using started = await start();
    const zone = await started.zone();
    started.server.put('z1', { id: 'p', name: `p.${origin}`, type: 'A', ttl: 1, content: '192.0.2.1', proxied: true });
    started.server.put('z1', {
      id: 'r',
      name: `r.${origin}`,
      type: 'A',
      ttl: 1,
      content: '192.0.2.1',
      meta: { read_only: true },
    });
    for (const name of [`p.${origin}`, `r.${origin}`]) {
      await expect(zone.apply(upsert(address(name, '192.0.2.2')))).rejects.toThrow(`${name} A is left alone`);
    }
    const mixed = { name: `m.${origin}`, type: 'A' };
    started.server.put(
      'z1',
      { ...mixed, id: 'm1', ttl: 60, content: '192.0.2.1' },
      { ...mixed, id: 'm2', ttl: 300, content: '192.0.2.2' },
    );
    const set = address(mixed.name, '192.0.2.1', '192.0.2.2');
    expect(await zone.list()).not.toContainEqual(set);
    await zone.apply(upsert(set));
    expect(await zone.list()).toEqual([set]);
  });

  it('looks again when a record has gone since it looked', async () => {
    await using started = await start();
    const zone = await started.zone();
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    started.server.answerNext(isBatch, cloudflareError(400, 81044, 'Record does not exist.'));
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.2')));
    expect(await zone.list()).toEqual([address(`a.${origin}`, '192.0.2.2')]);
  });

  it('asks again when it asks too often, and tells what is refused', async () => {
    await using started = await start();
    const zone = await started.zone();
    const tooMany = {
      ...cloudflareError(429, 971, 'Please wait and consider throttling your request speed'),
      headers: { 'retry-after': '0' },
    };
    started.server.answerNext(isBatch, tooMany);
    await zone.apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    started.server.answerNext(isBatch, cloudflareError(400, 1004, 'DNS Validation Error'));
    const refusal = { code: 'Invalid', message: 'Cloudflare: DNS Validation Error (1004)' };
    await expect(zone.apply(upsert(address(`b.${origin}`, '192.0.2.1')))).rejects.toMatchObject(refusal);
  });

  it('wants to be told which of several zones of one name is meant', async () => {
    const zones = { z1: origin, z9: origin };
    await using started = await start({ zones });
    await expect(started.zone()).rejects.toThrow('2 zones example.com (z1, z9): say by its id');
    await using told = await start({ zones, zoneId: 'z9' });
    await (await told.zone()).apply(upsert(address(`a.${origin}`, '192.0.2.1')));
    expect(told.server.records('z9')).toHaveLength(1);
    await using wrong = await start({ zoneId: 'z2' });
    await expect(wrong.zone()).rejects.toMatchObject({ code: 'NoSuchZone' });
    await using missing = await start({ zoneId: 'z7' });
    await expect(missing.zone()).rejects.toMatchObject({ code: 'NoSuchZone' });
  });

  it('takes the token from the environment, and has it in nothing that it tells', async () => {
    vi.stubEnv('CLOUDFLARE_API_TOKEN', token);
    await using started = await start({ settings: {} });
    expect((await started.zone()).name).toBe(origin);
    vi.stubEnv('CLOUDFLARE_API_TOKEN', 'another token');
    await using refused = await start({ settings: {} });
    const failure: unknown = await refused.zone().catch((err: unknown) => err);
    expect(failure).toMatchObject({ code: 'Denied', message: 'Cloudflare: Invalid access token (9109)' });
    expect(inspect(failure, { depth: 9, showHidden: true })).not.toContain('another token');
    vi.stubEnv('CLOUDFLARE_API_TOKEN', undefined);
    await using nobody = await start({ settings: {} });
    await expect(nobody.zone()).rejects.toMatchObject({ code: 'Denied' });
    vi.unstubAllEnvs();
  });
});
