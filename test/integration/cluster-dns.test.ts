import { Resolver } from 'node:dns/promises';
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it, vi } from 'vitest';
import { createLocalDns } from '../../dns/provider/index.ts';
import { createClusterDns } from '../../member-cluster/cluster-dns/index.ts';
import { configMaps, endpointSlices, namespaces, nodes, services } from '../../src/apis/index.ts';
import { createLogger, silentLogger as log, start, systemClock as clock } from '../../src/component-base/index.ts';
import { createInformerSet } from '../../src/controller/index.ts';
import { FakeClient } from '../harness/fake-client.ts';
import { dig, digMissing } from './dig.ts';

const host = '127.252.96.10';
const PORT_START = '/proc/sys/net/ipv4/ip_unprivileged_port_start';
const remote = 'nginx.mynamespace.myfederation.svc';

/** A cluster with one Service, and the DNS of the federation that it is in. */
async function cluster() {
  const federation = createLocalDns({ zones: [{ name: 'example.com' }], host: '127.0.0.1', port: 0, clock, log });
  const outside = await start([federation]);
  const zone = await federation.zone('example.com');
  await zone.apply({
    upsert: [
      { name: `${remote}.example.com`, type: 'A', ttlSeconds: 180, data: ['127.12.200.1'] },
      { name: `${remote}.us.example.com`, type: 'CNAME', ttlSeconds: 180, data: [`${remote}.example.com`] },
      { name: `${remote}.us-1.us.example.com`, type: 'CNAME', ttlSeconds: 180, data: [`${remote}.us.example.com`] },
    ],
    remove: [],
  });

  const client = new FakeClient();
  await client.create(namespaces, { metadata: { name: 'mynamespace' } });
  await client.create(nodes, {
    metadata: {
      name: 'n1',
      labels: { 'topology.kubernetes.io/zone': 'us-1', 'topology.kubernetes.io/region': 'us' },
    },
  });
  await client.create(configMaps, {
    metadata: { name: 'kube-dns', namespace: 'kube-system' },
    data: {
      federations: 'myfederation=example.com',
      stubDomains: JSON.stringify({ 'example.com': [`127.0.0.1:${federation.address.port}`] }),
    },
  });
  await client.create(services, {
    metadata: { name: 'nginx', namespace: 'mynamespace' },
    spec: { clusterIP: '127.252.96.20', ports: [{ port: 80 }] },
  });
  const informers = createInformerSet(client, { clock, log });
  const dns = createClusterDns({ informers, clusterDomain: 'cluster.local', address: { host, port: 0 }, clock, log });
  const inside = await start([informers, dns]);
  const resolver = new Resolver();
  resolver.setServers([`${host}:${dns.address.port}`]);
  return {
    client,
    resolver,
    address: dns.address,
    [Symbol.asyncDispose]: async () => {
      await inside.stop();
      await outside.stop();
    },
  };
}

const slice = (ready: boolean) => ({
  metadata: {
    name: 'nginx-x',
    namespace: 'mynamespace',
    labels: { 'kubernetes.io/service-name': 'nginx' },
  },
  addressType: 'IPv4',
  endpoints: [{ addresses: ['127.252.129.1'], conditions: { ready } }],
});

describe('DNS of a cluster', () => {
  it('follows Services, and refuses what nobody told it about', async () => {
    await using under = await cluster();
    const name = 'nginx.mynamespace.svc.cluster.local';
    expect(await under.resolver.resolve4(name)).toEqual(['127.252.96.20']);
    expect(await under.resolver.reverse('127.252.96.20')).toEqual([name]);
    await under.client.delete(services, { namespace: 'mynamespace', name: 'nginx' });
    await vi.waitFor(async () => {
      await expect(under.resolver.resolve4(name)).rejects.toMatchObject({ code: 'ENOTFOUND' });
    });
    await expect(under.resolver.resolve4('www.example.org')).rejects.toMatchObject({ code: 'EREFUSED' });
  });

  it('gives the shard here while it is ready, and else the nearest, in one answer', async () => {
    await using under = await cluster();
    for (const name of ['nginx.mynamespace.myfederation', 'nginx.mynamespace.myfederation.svc.cluster.local']) {
      expect(await under.resolver.resolve4(name)).toEqual(['127.12.200.1']);
    }
    const created = await under.client.create(endpointSlices, slice(true));
    await vi.waitFor(async () => {
      expect(await under.resolver.resolve4('nginx.mynamespace.myfederation')).toEqual(['127.252.96.20']);
    });
    await under.client.update(endpointSlices, { ...created, ...slice(false) });
    await vi.waitFor(async () => {
      expect(await under.resolver.resolve4('nginx.mynamespace.myfederation')).toEqual(['127.12.200.1']);
    });
  });

  it('asks those that the config map names, and minds when it changes', async () => {
    await using under = await cluster();
    expect(await under.resolver.resolve4(`${remote}.example.com`)).toEqual(['127.12.200.1']);
    await under.client.update(configMaps, {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      data: { federations: 'other=example.com' },
    });
    await vi.waitFor(async () => {
      await expect(under.resolver.resolve4(`${remote}.example.com`)).rejects.toMatchObject({ code: 'EREFUSED' });
    });
  });

  it('minds what a Corefile says, and asks nobody who leads back to it', async () => {
    await using under = await cluster();
    const corefile = (text: string) => ({
      metadata: { name: 'coredns', namespace: 'kube-system' },
      data: { Corefile: text },
    });
    const hosts = 'hosts {\n 192.0.2.9 db.example.org\n}';
    const made = await under.client.create(configMaps, corefile(`.:53 {\n ${hosts}\n}`));
    await vi.waitFor(async () => {
      expect(await under.resolver.resolve4('db.example.org')).toEqual(['192.0.2.9']);
    });
    const itself = `${host}:${under.address.port}`;
    await under.client.update(configMaps, { ...made, ...corefile(`.:53 {\n forward . ${itself}\n}`) });
    await vi.waitFor(async () => {
      await expect(under.resolver.resolve4('db.example.org')).rejects.toMatchObject({ code: 'ESERVFAIL' });
    }, 20_000);
    expect(await under.resolver.resolve4(`${remote}.example.com`)).toEqual(['127.12.200.1']);
  });

  it.skipIf(digMissing)('shows the whole chain to dig', async () => {
    await using under = await cluster();
    const answer = await dig(under.address, ['nginx.mynamespace.myfederation', '+noall', '+answer', '+comments']);
    expect(answer).toMatch(/status: NOERROR/);
    expect(answer.match(/CNAME/g)).toHaveLength(3);
    expect(answer).toMatch(/IN\s+A\s+127\.12\.200\.1$/);
    const text = await dig(under.address, ['dns-version.cluster.local', 'TXT', '+short']);
    expect(text).toBe('"1.1.0"');
  });
});

/** Below this only those with the right may listen; on other systems nobody is asked. */
const firstFreePort = existsSync(PORT_START) ? Number(readFileSync(PORT_START, 'utf8')) : 0;

it.skipIf(firstFreePort <= 53)('takes another port where 53 is not permitted, and says so', async () => {
  const informers = createInformerSet(new FakeClient(), { clock, log });
  const lines: string[] = [];
  const dns = createClusterDns({
    informers,
    clusterDomain: 'cluster.local',
    address: { host, port: 53 },
    clock,
    log: createLogger({ destination: { write: (line) => lines.push(line) } }),
  });
  using _ = withoutRights();
  await using _running = await start([informers, dns]);
  expect(dns.address).toEqual({ host, port: 10_053 });
  expect(lines.filter((line) => line.includes('"level":"warn"'))).toHaveLength(1);
});

/** As somebody else than root, until disposed. */
function withoutRights(): Disposable {
  const nobody = 65_534;
  const before = process.geteuid?.();
  if (before === 0) process.seteuid?.(nobody);
  return {
    [Symbol.dispose]: () => {
      if (before === 0) process.seteuid?.(before);
    },
  };
}
