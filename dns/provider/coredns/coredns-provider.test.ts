import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../../src/component-base/index.ts';
import { dnsProviderConformance, type ProviderUnderTest } from '../../../test/conformance/dns-provider.ts';
import { sharedZoneConformance } from '../../../test/conformance/shared-zone.ts';
import { EtcdCluster, withoutEtcd } from '../../../test/harness/etcd.ts';
import { startTcpProxy } from '../../../test/harness/tcp-proxy.ts';
import type { RecordSet } from '../dns-provider.ts';
import { createCoreDnsProvider } from './coredns-provider.ts';
import { readKeys, transact } from './etcd-keys.ts';
import { gathered } from '../../../test/harness/coredns-etcd-plugin.ts';
import { createEtcdGateway } from './etcd-gateway.ts';

describe.skipIf(withoutEtcd())('CoreDNS', () => {
  let etcd: EtcdCluster;
  let tests = 0;

  beforeAll(async () => {
    etcd = await EtcdCluster.start();
  });

  afterAll(() => etcd[Symbol.asyncDispose]());

  const endpoint = () => new URL(etcd.endpoints[0]!);
  const signal = new AbortController().signal;

  const create = async (): Promise<ProviderUnderTest> => {
    const { hostname: host, port } = endpoint();
    // An address that nobody connects from: its port is free when it is taken again.
    const proxy = await startTcpProxy({ host, port: Number(port) }, { host: '127.0.0.3' });
    const endpoints = [new URL(`http://${proxy.host}:${proxy.port}`)] as const;
    const options = { zones: ['example.com'], path: `/skydns${tests++}`, clock };
    return {
      provider: createCoreDnsProvider({ endpoints, ...options }),
      rival: createCoreDnsProvider({ endpoints: [endpoint()], ...options }),
      zone: 'example.com',
      refuses: ['wildcards'],
      interrupt: async () => {
        await proxy.set('cut');
        return () => proxy.set('up');
      },
      [Symbol.asyncDispose]: () => proxy[Symbol.asyncDispose](),
    };
  };
  dnsProviderConformance('CoreDNS on etcd', create);
  sharedZoneConformance('CoreDNS on etcd', create);

  async function withKeys(keys: Readonly<Record<string, unknown>>) {
    const path = `/skydns${tests++}`;
    const gateway = createEtcdGateway({ endpoints: [endpoint()] });
    const operations = Object.entries(keys).map(([key, value]) => ({ put: path + key, value: JSON.stringify(value) }));
    await transact(gateway, { unchanged: [], kept: [], operations }, signal);
    const provider = createCoreDnsProvider({ endpoints: [endpoint()], zones: ['example.com'], path, clock });
    const values = async () => {
      const { keys: all } = await readKeys(gateway, path, signal);
      return Object.fromEntries(all.map(({ key, value }) => [key.slice(path.length), JSON.parse(value) as unknown]));
    };
    return { zone: await provider.zone('example.com'), values };
  }

  it('writes what the plugin reads', async () => {
    const { zone, values } = await withKeys({});
    await zone.apply({
      upsert: [
        { name: 'a.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] },
        { name: 'b.a.example.com', type: 'CNAME', ttlSeconds: 30, data: ['a.example.com'] },
        { name: '_http._tcp.example.com', type: 'SRV', ttlSeconds: 60, data: ['1 5 80 a.example.com'] },
        { name: 'a.example.com', type: 'TXT', ttlSeconds: 60, data: ['x "y"'] },
      ],
      remove: [],
    });
    const label = expect.stringMatching(/^[0-9a-f]{12}$/) as unknown;
    const found = Object.entries(await values()).map(([key, value]) => {
      return { path: key.slice(0, key.lastIndexOf('/')), label: key.slice(key.lastIndexOf('/') + 1), value };
    });
    expect(found).toHaveLength(4);
    expect(found).toEqual(
      expect.arrayContaining([
        {
          path: '/com/example/a',
          label,
          value: { host: '192.0.2.1', targetstrip: 1, ttl: 60, group: 'a.example.com' },
        },
        { path: '/com/example/a', label, value: { text: 'x "y"', ttl: 60, group: 'a.example.com' } },
        { path: '/com/example/a/b', label, value: { host: 'a.example.com', ttl: 30, group: 'b.a.example.com' } },
        {
          path: '/com/example/_tcp/_http',
          label,
          value: { host: 'a.example.com', priority: 1, weight: 5, port: 80, ttl: 60, group: '_http._tcp.example.com' },
        },
      ]),
    );
  });

  it('has each name answered with its own records, although the plugin looks at all that is below', async () => {
    const { zone, values } = await withKeys({ '/com/example/plain': { host: '192.0.2.9' } });
    const at = (name: string, type: 'A' | 'TXT', item: string): RecordSet => ({
      name,
      type,
      ttlSeconds: 60,
      data: [item],
    });
    const sets = [
      at('example.com', 'A', '192.0.2.1'),
      at('web.example.com', 'A', '192.0.2.2'),
      at('web.example.com', 'TXT', 'of web'),
      at('eu.web.example.com', 'A', '192.0.2.3'),
      at('_owner.web.example.com', 'TXT', 'heritage=koinon'),
      at('a.b.c.example.com', 'A', '192.0.2.4'),
    ];
    await zone.apply({ upsert: sets, remove: [] });
    const keys = await values();
    // Who has no group is part of every group above: SkyDNS knows no better.
    expect(gathered(keys, 'example.com', 'A')).toEqual(['192.0.2.1', '192.0.2.9']);
    for (const { name, type, data } of sets.slice(1)) expect(gathered(keys, name, type as 'A')).toEqual(data);
    expect(gathered(keys, 'plain.example.com', 'A')).toEqual(['192.0.2.9']);
  });

  it('reads what others wrote: plain keys, those of external-dns, and nothing that is no record', async () => {
    const { zone, values } = await withKeys({
      '/com/example/plain': { host: '192.0.2.1' },
      '/com/example/many/x1': { host: '192.0.2.2', ttl: 60, targetstrip: 1 },
      '/com/example/many/x2': { host: '192.0.2.3', ttl: 30, targetstrip: 1 },
      '/com/example/many/x3': { text: 'heritage=external-dns', ttl: 60, targetstrip: 1 },
      '/com/example/both': { host: '192.0.2.4', text: 'said besides' },
      '/com/example/other': 'nothing',
      '/com/example-not/other': { host: '192.0.2.5' },
    });
    const sets: RecordSet[] = [
      { name: 'plain.example.com', type: 'A', ttlSeconds: 300, data: ['192.0.2.1'] },
      { name: 'many.example.com', type: 'A', ttlSeconds: 30, data: ['192.0.2.2', '192.0.2.3'] },
      { name: 'many.example.com', type: 'TXT', ttlSeconds: 60, data: ['heritage=external-dns'] },
    ];
    const listed = await zone.list();
    expect(listed).toHaveLength(3);
    expect(listed).toEqual(expect.arrayContaining(sets));
    const plain: RecordSet = { name: 'plain.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.9'] };
    await zone.apply({ upsert: [plain], remove: [{ name: 'many.example.com', type: 'A' }] });
    expect(Object.keys(await values()).filter((key) => !/plain/.test(key))).toEqual([
      '/com/example-not/other',
      '/com/example/both',
      '/com/example/many/x3',
      '/com/example/other',
    ]);
    expect(await zone.list()).toEqual(expect.arrayContaining([plain]));
    const both: RecordSet = { name: 'both.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.9'] };
    await expect(zone.apply({ upsert: [both], remove: [] })).rejects.toThrow(/left alone: its key says something else/);
  });

  it('says that a set has more records than etcd changes at once, and publishes what came with it', async () => {
    const { zone } = await withKeys({});
    const data = Array.from({ length: 200 }, (_, index) => `192.0.2.${index}`);
    const large: RecordSet = { name: 'large.example.com', type: 'A', ttlSeconds: 60, data };
    const small: RecordSet = { ...large, name: 'small.example.com', data: ['192.0.2.1'] };
    const [first, second] = await Promise.allSettled(
      [large, small].map((set) => zone.apply({ upsert: [set], remove: [] })),
    );
    expect(first).toMatchObject({ status: 'rejected', reason: { code: 'Invalid' } });
    expect(second).toMatchObject({ status: 'fulfilled' });
    expect(await zone.list()).toEqual([small]);
  });

  it.each<[string, RecordSet]>([
    ['no NS', { name: 'a.example.com', type: 'NS', ttlSeconds: 60, data: ['ns.example.com'] }],
    ['no wildcards', { name: '*.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] }],
    ['CNAME there', { name: 'a.example.com', type: 'PTR', ttlSeconds: 60, data: ['b.example.com'] }],
  ])('says that the plugin serves %s', async (what, set) => {
    const { zone } = await withKeys({});
    const applied = zone.apply({ upsert: [set], remove: [] });
    await expect(applied).rejects.toMatchObject({ code: 'Invalid', message: expect.stringContaining(what) as unknown });
    expect(await zone.list()).toEqual([]);
  });

  it('asks the next member where one does not answer', async () => {
    const proxy = await startTcpProxy({ host: '127.0.0.1', port: 1 });
    await proxy.set('cut');
    const dead = new URL(`http://${proxy.host}:${proxy.port}`);
    const provider = createCoreDnsProvider({
      endpoints: [dead, endpoint()],
      zones: ['example.com'],
      path: '/x',
      clock,
    });
    expect(await (await provider.zone('example.com')).list()).toEqual([]);
    await proxy[Symbol.asyncDispose]();
  });
});
