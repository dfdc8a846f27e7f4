import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProvider, providers, type DnsProvider } from '../../../dns/provider/index.ts';
import { previewPublishing } from '../../../federation/control-plane/index.ts';
import { publishingProblems } from '../../../federation/publishing/index.ts';
import type { PublishTarget } from '../../../federation/service-dns/index.ts';
import { events, namespaces, services } from '../../../src/apis/index.ts';
import { silentLogger as log, systemClock as clock } from '../../../src/component-base/index.ts';
import { clusters } from '../../../federation/apis/index.ts';
import type { DnsProcess } from '../../harness/dns-process.ts';
import { withoutDnsServers } from '../../harness/dns-servers.ts';
import { powerDnsApi, startPowerDns } from '../../harness/powerdns.ts';
import { startTcpProxy, type TcpProxy } from '../../harness/tcp-proxy.ts';
import { balance, DOMAIN, endpoints, nginx, NAME, startTestFederation, type TestFederation } from './fixture.ts';

const soon = { timeout: 30_000, interval: 50 };
const asia = 'gce-asia-east1';
const europe = 'gce-europe-west1';
const GLOBAL = `nginx.shop.${NAME}.svc.${DOMAIN}`;
const apiKey = 'a key';
const uncached = {
  'cache-ttl': '0',
  'query-cache-ttl': '0',
  'negquery-cache-ttl': '0',
  'zone-cache-refresh-interval': '0',
};
const people = `$ORIGIN ${DOMAIN}.
$TTL 300
@ SOA ns1 admin 1 3600 600 86400 300
@ NS ns1
ns1 A 127.0.0.1
www A 192.0.2.80
db.shop.${NAME}.svc A 192.0.2.81
`;

describe.skipIf(withoutDnsServers('pdns_server'))('A zone at a provider that federations and people share', () => {
  let server: DnsProcess;
  let proxy: TcpProxy;

  beforeAll(async () => {
    const zones = [{ name: DOMAIN, text: people }];
    server = await startPowerDns({ zones, apiKey, settings: uncached });
    const api = powerDnsApi(server);
    proxy = await startTcpProxy({ host: api.hostname, port: Number(api.port) });
  });

  afterAll(async () => {
    await proxy[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const provider = (): Promise<DnsProvider> =>
    openProvider(
      { provider: 'powerdns', config: { url: `http://${proxy.host}:${proxy.port}`, apiKey, timeoutSeconds: 2 } },
      { factories: providers, clock, log },
    );
  const target = async (owner: string): Promise<PublishTarget> => ({
    name: 'shared',
    provider: await provider(),
    zoneName: DOMAIN,
    owner,
    resyncMs: 1_000,
  });
  const federation = async (owner: string, cluster: string) =>
    startTestFederation({ names: [cluster], federation: { targets: [await target(owner)] } });
  const answers = async (name: string) => {
    const resolver = new Resolver({ timeout: 1_000 });
    resolver.setServers([`127.0.0.1:${server.port}`]);
    try {
      return (await resolver.resolve4(name)).sort();
    } catch (err) {
      return err instanceof Error && 'code' in err ? err.code : err;
    }
  };
  const listed = async () =>
    (await (await (await provider()).zone(DOMAIN)).list()).map(({ name, type }) => `${name} ${type}`).sort();

  it('has the shards of both, what people wrote, and in the end nothing else', async () => {
    const before = await listed();
    await using blue = await federation('blue', asia);
    await using green = await federation('green', europe);
    await serve(blue, asia, '203.0.113.1');
    await expect.poll(() => answers(GLOBAL), soon).toEqual(['203.0.113.1']);
    await serve(green, europe, '203.0.113.2');
    await expect.poll(() => answers(GLOBAL), soon).toEqual(['203.0.113.1', '203.0.113.2']);
    await balance(blue.member(asia), 'shop', 'nginx', '203.0.113.3');
    await expect.poll(() => answers(GLOBAL), soon).toEqual(['203.0.113.2', '203.0.113.3']);

    const signal = AbortSignal.timeout(30_000);
    await expect
      .poll(async () => {
        const deps = { federation: blue.admin, targets: [await target('blue')], clock, log };
        return previewPublishing(deps, { name: NAME }, signal);
      }, soon)
      .toEqual([{ target: 'shared', zone: DOMAIN, changes: { phases: [], conflicts: [], isShared: false } }]);

    // The type is no load balancer's any longer; the cluster is in the federation no longer.
    const service = await blue.admin.get(services, { namespace: 'shop', name: 'nginx' });
    await blue.admin.update(services, { ...service, spec: { ...service.spec, type: 'ClusterIP' } });
    await expect.poll(() => answers(GLOBAL), soon).toEqual(['203.0.113.2']);
    await green.admin.delete(clusters, { name: europe });
    await expect.poll(listed, soon).toEqual(before);
    expect(await answers(`www.${DOMAIN}`)).toEqual(['192.0.2.80']);
  });

  it('is not waited for while it is out of reach, which is told, and is right when it is back', async () => {
    await using fleet = await federation('blue', asia);
    await serve(fleet, asia, '203.0.113.1');
    await expect.poll(() => answers(GLOBAL), soon).toEqual(['203.0.113.1']);
    await proxy.set('cut');
    await balance(fleet.member(asia), 'shop', 'nginx', '203.0.113.9');
    await expect.poll(async () => Object.values(await fleet.records()), soon).toContain('203.0.113.9');
    const problems = () => publishingProblems(fleet.admin, clock.now(), AbortSignal.timeout(5_000));
    await expect.poll(problems, soon).toEqual([expect.stringMatching(/^DNS provider shared, zone example\.com: /)]);
    expect(await answers(GLOBAL)).toEqual(['203.0.113.1']);
    await fleet.restart(async () => {
      await proxy.set('up');
    });
    await expect.poll(() => answers(GLOBAL), soon).toEqual(['203.0.113.9']);
    await expect.poll(problems, soon).toEqual([]);
    await fleet.admin.delete(services, { namespace: 'shop', name: 'nginx' });
    await expect.poll(() => answers(GLOBAL), soon).toBe('ENOTFOUND');
  });

  it('keeps what people have where a Service should be, and the Service is told', async () => {
    await using fleet = await federation('blue', asia);
    await serve(fleet, asia, '203.0.113.1', 'db');
    const told = async () => (await fleet.admin.list(events, { namespace: 'shop' })).items.map(({ reason }) => reason);
    await expect.poll(told, soon).toContain('DNSNameConflict');
    expect(await answers(`db.shop.${NAME}.svc.${DOMAIN}`)).toEqual(['192.0.2.81']);
    await expect.poll(() => answers(`db.shop.${NAME}.svc.asia-east1.${DOMAIN}`), soon).toEqual(['203.0.113.1']);
  });
});

async function serve(fleet: TestFederation, cluster: string, address: string, name = 'nginx'): Promise<void> {
  const member = fleet.member(cluster);
  await fleet.admin.create(namespaces, { metadata: { name: 'shop' } });
  const service = nginx('shop');
  await fleet.admin.create(services, { ...service, metadata: { ...service.metadata, name } });
  await expect.poll(async () => (await member.admin.list(services, { namespace: 'shop' })).items.length, soon).toBe(1);
  await balance(member, 'shop', name, address);
  await endpoints(member, 'shop', name, [true]);
}
