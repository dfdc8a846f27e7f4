import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { systemClock as clock } from '../../../src/component-base/index.ts';
import { hasOpenssl } from '../../../test/harness/certificate-request.ts';
import { createEtcdCertificates } from '../../../test/harness/etcd-certificates.ts';
import { EtcdCluster, etcdVersions, withoutEtcd } from '../../../test/harness/etcd.ts';
import { startTcpProxy } from '../../../test/harness/tcp-proxy.ts';
import type { RecordSet } from '../dns-provider.ts';
import { createCoreDnsProvider, type CoreDnsOptions } from './coredns-provider.ts';
import { createEtcdGateway } from './etcd-gateway.ts';

const set: RecordSet = { name: 'a.example.com', type: 'A', ttlSeconds: 60, data: ['192.0.2.1'] };

describe.skipIf(withoutEtcd()).each(etcdVersions())('etcd $version of CoreDNS', ({ program }) => {
  const zoneAt = async (etcd: EtcdCluster, options: Partial<CoreDnsOptions> = {}) => {
    const [first, ...others] = etcd.endpoints.map((endpoint) => new URL(endpoint));
    const provider = createCoreDnsProvider({
      endpoints: [first!, ...others],
      zones: ['example.com'],
      clock,
      ...options,
    });
    return provider.zone('example.com');
  };

  it('knows its users, asks for a new token when the old one is gone, and says who may not', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const gateway = createEtcdGateway({ endpoints: [new URL(etcd.endpoints[0]!)] });
    const call = (path: string, body: unknown) => gateway(path, body, AbortSignal.timeout(10_000));
    await call('/auth/user/add', { name: 'root', password: 'r' });
    await call('/auth/user/grant', { user: 'root', role: 'root' });
    await call('/auth/user/add', { name: 'dns', password: 'secret' });
    await call('/auth/role/add', { name: 'dns' });
    const base64 = (text: string) => Buffer.from(text).toString('base64');
    const perm = {
      permType: 'READWRITE',
      key: base64('/skydns/com/example'),
      range_end: base64('/skydns/com/example0'),
    };
    await call('/auth/role/grant', { name: 'dns', perm });
    await call('/auth/user/grant', { user: 'dns', role: 'dns' });
    await call('/auth/enable', {});

    const user = { name: 'dns', password: 'secret' };
    const zone = await zoneAt(etcd, { user });
    await zone.apply({ upsert: [set], remove: [] });
    // Its tokens are forgotten with the process.
    await etcd.killMember(0);
    etcd.startMember(0);
    await etcd.answers();
    expect(await zone.list()).toEqual([set]);

    const denied = { name: 'DnsProviderError', code: 'Denied' };
    await expect((await zoneAt(etcd)).list()).rejects.toMatchObject(denied);
    const stranger = (await zoneAt(etcd, { user: { ...user, password: 'wrong' } })).list();
    await expect(stranger).rejects.toMatchObject(denied);
    await expect(stranger).rejects.toThrow(expect.not.stringContaining('wrong'));
    await expect((await zoneAt(etcd, { user, path: '/elsewhere' })).list()).rejects.toMatchObject(denied);
  });

  it.skipIf(!hasOpenssl())('is spoken to by TLS in which both sides show certificates', async () => {
    await using stack = new AsyncDisposableStack();
    const directory = await mkdtemp(join(tmpdir(), 'koinon-coredns-tls-'));
    stack.defer(() => rm(directory, { recursive: true }));
    const { files, ca, client } = await createEtcdCertificates(directory);
    const etcd = stack.use(await EtcdCluster.start({ program, tls: files }));
    const zone = await zoneAt(etcd, { tls: { ca, cert: client.certificate, key: client.key } });
    // It begins to listen before there is a leader.
    await expect.poll(() => zone.apply({ upsert: [set], remove: [] }).then(() => 'done', String)).toBe('done');
    expect(await zone.list()).toEqual([set]);
    const other = await createEtcdCertificates(directory);
    const distrusting = await zoneAt(etcd, {
      tls: { ca: other.ca, cert: client.certificate, key: client.key },
    });
    await expect(distrusting.list()).rejects.toMatchObject({ code: 'Unavailable' });
  });

  it('is given up when it says nothing, and another member is asked', async () => {
    await using etcd = await EtcdCluster.start({ program });
    const { hostname: host, port } = new URL(etcd.endpoints[0]!);
    await using proxy = await startTcpProxy({ host, port: Number(port) }, { host: '127.0.0.3' });
    await proxy.set('silent');
    const silent = new URL(`http://${proxy.host}:${proxy.port}`);
    const alone = await zoneAt(etcd, { endpoints: [silent], timeoutMs: 100 });
    await expect(alone.list()).rejects.toMatchObject({ code: 'Unavailable' });
    await expect(alone.list()).rejects.toThrow('no answer in time');
    const endpoints = [silent, new URL(etcd.endpoints[0]!)] as const;
    const both = await zoneAt(etcd, { endpoints, timeoutMs: 1_000 });
    await expect.poll(() => both.apply({ upsert: [set], remove: [] }).then(() => 'done', String)).toBe('done');
  });
});
